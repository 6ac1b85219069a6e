"""What is fetched instead of waited for: foreign streams, films, a called listener, slates."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from crds.live import ChannelInput
from media_runtime.store import Store
from media_runtime.title.index import AudioIndex, Index, Publication, Run, VideoIndex
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Segment
from media_runtime.title.plan import AudioRendition, VideoRung
from tests.media.live_stage import BLUE, GREEN, RED, SLATE, encoder, flashing, order, skews, stage

OUTSIDE = "127.0.0.2"
"""Plays the public internet: the order allows just that."""


def pulled(protocol: str, uri: str) -> ChannelInput:
    return ChannelInput.model_validate(
        {"name": "only", "protocol": protocol, "priority": 1, "uri": uri}
    )


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        file = folder / asked.lstrip("/")
        if await asyncio.to_thread(file.is_file):
            body = await asyncio.to_thread(file.read_bytes)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, OUTSIDE, 0)
    try:
        yield f"http://{OUTSIDE}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def running(argv: list[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*argv)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def service(folder: Path, kind: str) -> list[str]:
    """An encoder that packages what it shows for others to pull."""
    argv = flashing("flv")
    argv = argv[: argv.index("-flush_packets")]
    hls = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "6", "-hls_segment_type", kind]
    if kind == "fmp4":
        hls += ["-var_stream_map", "v:0,agroup:sound a:0,agroup:sound"]
        hls += ["-master_pl_name", "master.m3u8"]
        return [*argv, "-map", "0:v", "-map", "1:a", *hls, str(folder / "stream-%v.m3u8")]
    return [*argv, *hls, str(folder / "master.m3u8")]


@pytest.mark.parametrize("kind", ["mpegts", "fmp4"])
def test_another_services_stream_is_pulled_with_its_sound(tmp_path: Path, kind: str) -> None:
    async def story() -> None:
        folder = tmp_path / "service"
        folder.mkdir()
        async with served(folder) as url, running(service(folder, kind)) as publishing:
            wanted = order(
                pulled("HLS", f"{url}/master.m3u8"),
                allow_cidrs=(f"{OUTSIDE}/32",),
                input_loss_millis=1500,
            )
            async with stage(wanted, tmp_path) as live:
                await live.until(live.on_air, 25)
                await live.until(lambda: live.states()["only"].format, 10)
                since = live.frames + 25
                assert live.states()["only"].format.startswith("H.264 320x180 25 fps")
                started = len(live.switches)
                await live.until(lambda: live.frames > since + 100)
                assert len(live.switches) == started
                found = skews(live, since)
                assert len(found) >= 4
                assert max(found) <= 0.05, found
                publishing.kill()
                await live.shows(SLATE, 15)

    asyncio.run(story())


def test_a_stream_inside_is_not_pulled(tmp_path: Path) -> None:
    async def story() -> None:
        async with served(tmp_path) as url:
            wanted = order(pulled("HLS", f"{url}/master.m3u8"))
            async with stage(wanted, tmp_path) as live:
                await live.until(lambda: "http:" in live.states()["only"].problem)
                assert live.states()["only"].state == "Faulty"

    asyncio.run(story())


def clip(file: Path, colour: str, *flags: str) -> Path:
    argv = [one for one in encoder(colour, "flv", "-t", "2") if one != "-re"]
    argv = argv[: argv.index("-flush_packets")]
    subprocess.run([*argv, "-y", *flags, str(file)], check=True)
    return file


def test_a_film_is_played_again_and_again_once_it_is_there(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store.in_memory()
        wanted = order(pulled("File", f"s3://{store.bucket}/demo/uploads/film.mp4"))
        film = await asyncio.to_thread(clip, tmp_path / "film.mp4", "blue")
        await store.upload("demo/uploads/film.mp4", film)
        async with stage(wanted, tmp_path, store) as live:
            await live.shows(BLUE)
            await asyncio.sleep(3)
            assert [one.after.kind for one in live.switches] == ["Input"]
            assert live.switcher._intakes["only"].restarts == 0
            assert live.states()["only"].format.startswith("H.264 320x180 25 fps")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("s3://streamverse/other/uploads/film.mp4", "outside of this tenant"),
        ("s3://streamverse/demo/uploads/nothing.mp4", "there is no object"),
        ("https://media.example/film.mp4", "accepted is s3://"),
        ("file:///etc/passwd", "not a kind of input"),
    ],
)
def test_a_film_that_is_not_the_tenants_is_told_and_not_played(
    tmp_path: Path, uri: str, why: str
) -> None:
    async def story() -> None:
        async with stage(order(pulled("File", uri)), tmp_path) as live:
            await live.until(lambda: live.states()["only"].problem)
            assert why in live.states()["only"].problem
            assert live.states()["only"].state == "Faulty"

    asyncio.run(story())


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((OUTSIDE, 0))
        return int(one.getsockname()[1])


def test_a_listener_is_called_by_passphrase_and_again_when_it_hangs_up(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        address = f"srt://{OUTSIDE}:{free_port()}"
        argv = encoder("red", "mpegts")
        argv[-1] = f"{address}?mode=listener&passphrase=long-enough-1"
        wanted = order(pulled("SRT", f"{address}?latency=200"), allow_cidrs=(f"{OUTSIDE}/32",))
        (tmp_path / "keys" / "only").mkdir(parents=True)
        (tmp_path / "keys" / "only" / "passphrase").write_text("long-enough-1\n")
        async with stage(wanted, tmp_path) as live:
            for _ in range(2):
                async with running(argv):
                    await live.shows(RED, 20)
                    await live.until(lambda: live.states()["only"].format, 10)
                    assert live.states()["only"].peer == address.removeprefix("srt://")
                await live.shows(SLATE)

    asyncio.run(story())


async def published(store: Store, name: str, video: Path, audio: Path) -> None:
    """A title of one segment, as the publish step leaves it."""
    layout = Layout("demo")
    tracks = []
    for key, file in (("v", video), ("a", audio)):
        whole = await asyncio.to_thread(file.read_bytes)
        at = whole.index(b"moof") - 4
        header, media = whole[:at], whole[at:]
        init = sha256(header).hexdigest()
        await store.write(layout.init(init), header)
        await store.write(layout.media(key, 0), media)
        segment = Segment(duration=2, offset=0, size=len(media), sha256=sha256(media).hexdigest())
        tracks.append({
            "init": init, "codecs": "x", "timescale": 1, "peak_kbps": 1, "average_kbps": 1,
            "runs": (Run(key=key, run=0, segments=(segment,)),),
        })  # fmt: skip
    rung = VideoRung(
        name="180p", codec="H264", width=320, height=180, rate=Fraction(25), timescale=25,
        ticks_per_frame=1, gop_frames=25, segment_frames=50, frames=50, bitrate_kbps=1,
        max_bitrate_kbps=1,
    )  # fmt: skip
    sound = AudioRendition(
        name="stereo", codec="AAC", bitrate_kbps=64, channels=2, sample_rate=44100,
        start_seconds=Fraction(0),
    )  # fmt: skip
    index = Index(
        title="t1", name=name, complete=True, duration_seconds=Fraction(2),
        segment_seconds=Fraction(2), video=(VideoIndex(rung=rung, **tracks[0]),),
        audio=(AudioIndex(rendition=sound, **tracks[1]),),
    )  # fmt: skip
    await store.write(layout.index("t1"), index.to_json())
    await store.write(layout.publication(name), Publication(title="t1", complete=True).to_json())


def test_a_published_title_is_the_slate_with_its_own_sound(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store.in_memory()
        fragments = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof")
        video = await asyncio.to_thread(
            clip, tmp_path / "v.mp4", "green", "-map", "0:v", *fragments
        )
        audio = await asyncio.to_thread(
            clip, tmp_path / "a.mp4", "green", "-map", "1:a", *fragments
        )
        async with stage(order(slate="break"), tmp_path, store) as live:
            await live.shows(SLATE)
            await live.until(lambda: "nothing is published" in live.inputs.slate.problem)
        await published(store, "break", video, audio)
        async with stage(order(slate="break"), tmp_path, store) as live:
            await live.shows(GREEN)
            await asyncio.sleep(2.5)
            assert max(live.loud[-10:]) > 500
            assert live.inputs.slate.problem == ""

    asyncio.run(story())
