"""Hostile uploads open no other file, reach no address, and show nothing of ours to anybody."""

import asyncio
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from media_runtime.failure import Refused
from media_runtime.ffmpeg import FFMPEG, FORMATS, Format, Limits, input_flags, run, url
from media_runtime.probe.step import probe
from media_runtime.store import Store
from tests.media.clips import Clips
from tests.media.hostile import SECRET, Canary, containers, pictures_and_archives, texts
from tests.media.probing import LAYOUT, order

_TYPED = {"InputUnsafe", "NoMedia", "InputCorrupt", "UnsupportedCodec"}
_REQUESTS: list[str] = []


class _Counting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _REQUESTS.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - as it is named there
        """Nothing."""


@pytest.fixture(scope="session")
def canary(clips: Clips) -> Iterator[Canary]:
    film = clips.film("canary.ts", "-metadata", f"service_name={SECRET}", seconds=1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Canary(film, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


@pytest.fixture(scope="session")
def corpus(clips: Clips, canary: Canary) -> dict[str, bytes]:
    film = clips.film("victim.mp4", seconds=1).read_bytes()
    return {**texts(canary), **pictures_and_archives(canary), **containers(film, canary)}


def _names() -> list[str]:
    nobody = Canary(Path("/nowhere"), "http://nowhere")
    return [*texts(nobody), *pictures_and_archives(nobody), *containers(b"", nobody)]


def test_the_corpus_is_large_enough() -> None:
    assert len(_names()) >= 30


def test_the_canary_sings_where_ffmpeg_is_left_to_itself(
    clips: Clips, canary: Canary, corpus: dict[str, bytes]
) -> None:
    """Else the other tests would prove nothing."""
    trap = clips.bytes_as("trap.mp4", corpus["playlist-of-a-file"])
    taken = clips.folder / "taken.ts"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", trap, "-c", "copy", "-y", taken],
        check=True,
    )
    assert taken.stat().st_size > 1000
    trap = clips.bytes_as("trap2.mp4", corpus["playlist-of-a-server"])
    before = len(_REQUESTS)
    subprocess.run(
        [
            "ffmpeg",
            "-nostdin",
            "-protocol_whitelist",
            "file,http,tcp",
            "-i",
            trap,
            "-f",
            "null",
            "-",
        ],
        check=False,
        capture_output=True,
    )
    assert len(_REQUESTS) > before
    assert canary.url


async def _said(store: Store, scratch: Path) -> str:
    try:
        return (await probe(order(), store, scratch)).model_dump_json()
    except Refused as e:
        refused = e
    assert refused.reason in _TYPED
    assert len(refused.message) <= 1024
    return str(refused)


@pytest.mark.parametrize("name", _names())
def test_a_hostile_upload_leaks_nothing(
    corpus: dict[str, bytes], name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = len(_REQUESTS)

    async def go(scratch: Path) -> tuple[str, list[bytes]]:
        store = Store.in_memory()
        await store.write(LAYOUT.upload("film"), corpus[name])
        said = await _said(store, scratch)
        kept = [await store.read(key) for key in await store.names("demo") if "uploads" not in key]
        return said, [content for content in kept if content is not None]

    with tempfile.TemporaryDirectory() as scratch:
        said, kept = asyncio.run(go(Path(scratch)))
        kept += [file.read_bytes() for file in Path(scratch).rglob("*") if file.is_file()]
    shown = "".join((said, *capfd.readouterr()))
    assert SECRET not in shown
    assert not [content for content in kept if SECRET.encode() in content]
    assert len(_REQUESTS) == before


@pytest.mark.parametrize("name", _names())
def test_the_wrapper_alone_would_hold(
    clips: Clips, corpus: dict[str, bytes], name: str, tmp_path: Path
) -> None:
    """Even if sniffing took it for a container: forced into each, it opens nothing else."""
    before = len(_REQUESTS)
    trap = clips.bytes_as("trap", corpus[name])
    demuxers: tuple[Format, ...] = ("mov", "matroska", "mpegts", "avi", "mp3")
    assert set(demuxers) <= FORMATS
    for demuxer in demuxers:
        taken = tmp_path / "taken.nut"
        argv = [
            *(*FFMPEG, *input_flags(demuxer, max_pixels=8192 * 4320), "-i", url(trap)),
            *("-t", "2", "-c", "copy", "-y", url(taken)),
        ]
        ended = asyncio.run(run(argv, Limits(wall_seconds=30)))
        assert SECRET not in " ".join(ended.messages.first)
        assert not taken.exists() or SECRET.encode() not in taken.read_bytes()
    assert len(_REQUESTS) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("playlist-of-a-file", "InputUnsafe"),
        ("playlist-after-bom", "InputUnsafe"),
        ("manifest", "InputUnsafe"),
        ("script", "InputUnsafe"),
        ("svg", "InputUnsafe"),
        ("terminal-art", "InputUnsafe"),
        ("film-elsewhere-by-alias", "InputUnsafe"),
        ("film-of-giants", "InputUnsafe"),
        ("zip", "NoMedia"),
        ("giant-png", "NoMedia"),
        ("plain-words", "NoMedia"),
    ],
)
def test_a_hostile_upload_is_refused_by_its_kind(
    corpus: dict[str, bytes], name: str, reason: str, tmp_path: Path
) -> None:
    async def go() -> None:
        store = Store.in_memory()
        await store.write(LAYOUT.upload("film"), corpus[name])
        await probe(order(), store, tmp_path)

    with pytest.raises(Refused) as refused:
        asyncio.run(go())
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["-i", "--help", "concat:a", "ä", "$(id)", "a;rm", "%d", "~root"])
def test_an_odd_name_is_only_a_name(clips: Clips, name: str, tmp_path: Path) -> None:
    async def go() -> int:
        store = Store.in_memory()
        film = clips.film("second.mp4", seconds=1)
        await store.upload(LAYOUT.upload(name), film)
        asked = order(f"s3://streamverse/{LAYOUT.upload(name)}")
        return (await probe(asked, store, tmp_path)).tasks

    assert asyncio.run(go()) > 0
