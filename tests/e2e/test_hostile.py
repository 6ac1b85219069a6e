"""Story: nobody gets at anything through what they bring.

The full corpus is run against the media runtime in tests/media; these go through the cluster.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.e2e import work
from tests.e2e.platform import Platform, condition, transcode_job

FAILS_WITHIN_SECONDS = 240
"""All at once on two cores; each alone is done in seconds."""
NODE = "10.244.0.1"
"""The local cluster's own address on its bridge: every pod can route to it."""


class Canary(socketserver.ThreadingTCPServer):
    """Listens on all of the node's addresses, and counts whoever knocks."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.knocks: list[str] = []
        self.knocked = threading.Event()
        super().__init__(("0.0.0.0", 0), Knock)  # noqa: S104 - to be found is what it is for

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Knock(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Canary)
        self.server.knocks.append(f"{self.client_address}: {self.request.recv(200)!r}")
        self.server.knocked.set()


@contextmanager
def listening() -> Iterator[Canary]:
    with Canary() as canary:
        threading.Thread(target=canary.serve_forever, daemon=True).start()
        yield canary
        canary.shutdown()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with listening() as found:
        yield found


INTERNAL = {
    "node": NODE,
    "loopback": "127.0.0.1",
    "loopback-short": "127.1",
    "loopback-hex": "0x7f000001",
    "loopback-decimal": "2130706433",
    "loopback-octal": "0177.0.0.1",
    "loopback-six": "[::1]",
    "loopback-mapped": "[::ffff:127.0.0.1]",
    "localhost": "localhost",
    "unspecified": "0.0.0.0",  # noqa: S104 - an address to refuse
    "metadata": "169.254.169.254",
    "service": "kubernetes.default.svc.cluster.local",
}


def disguised(port: int) -> Mapping[str, bytes]:
    """Files that ask whoever opens them to open something else."""
    url = f"http://{NODE}:{port}/canary.ts"
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n"
    mpd = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        f'mediaPresentationDuration="PT5S"><Period><BaseURL>{url}</BaseURL></Period></MPD>'
    )
    texts = {
        "playlist-http": playlist.format(url),
        "playlist-file": playlist.format("file:///etc/passwd"),
        "playlist-concat": playlist.format("concat:/etc/passwd|/etc/hostname"),
        "playlist-subfile": playlist.format("subfile,,start,0,end,64,,:/etc/passwd"),
        "list-concat": "ffconcat version 1.0\nfile /etc/passwd\n",
        "manifest": mpd,
        "stream-description": f"v=0\no=- 0 0 IN IP4 {NODE}\nm=video {port} RTP/AVP 96\n",
    }
    return {name: text.encode() for name, text in texts.items()}


@pytest.fixture(scope="module")
def submitted(platform: Platform, tenant: str, canary: Canary) -> dict[str, str]:
    """Every hostile input applied at once: name of the job -> what it asks for."""
    uris = {
        f"address-{name}": f"https://{host}:{canary.port}/film.mp4"
        for name, host in INTERNAL.items()
    }
    bucket = platform.endpoints.bucket
    for name, content in disguised(canary.port).items():
        key = f"{tenant}/uploads/{name}.mp4"
        platform.bucket.put(key, content)
        uris[name] = f"s3://{bucket}/{key}"
    uris["other-tenant"] = f"s3://{bucket}/demo/uploads/film.mp4"
    uris["path-trick"] = f"s3://{bucket}/{tenant}/../demo/uploads/film.mp4"
    uris["other-bucket"] = f"s3://elsewhere/{tenant}/uploads/film.mp4"
    for name, uri in uris.items():
        platform.apply(transcode_job(name, tenant, uri))
    return uris


NAMES = (
    *(f"address-{name}" for name in INTERNAL),
    *disguised(0),
    *("other-tenant", "path-trick", "other-bucket"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_input_is_refused(
    platform: Platform, tenant: str, submitted: dict[str, str], name: str
) -> None:
    assert name in submitted
    job = platform.until_job_ended(name, tenant, FAILS_WITHIN_SECONDS)
    status, reason = condition(job, "Failed")
    assert status == "True"
    allowed = {"InputUnsafe", "InputCorrupt", "UnsupportedCodec", "NoMedia"}
    assert reason in (allowed if name in disguised(0) else {"InputUnsafe"}), reason
    told = str(job.model_dump())
    assert "root:" not in told, "the message quotes a file of the pod"


@pytest.mark.usefixtures("submitted")
def test_nobody_knocked_and_nothing_was_published(
    platform: Platform, tenant: str, canary: Canary
) -> None:
    for name in NAMES:
        platform.until_job_ended(name, tenant, FAILS_WITHIN_SECONDS)
    assert canary.knocks == []
    left = work.stored(platform, tenant)
    assert not [key for key in left if "/published/" in key or "/chunks/" in key], left


def test_the_canary_sings(canary: Canary) -> None:
    """A canary that nobody could reach would prove nothing."""
    before = len(canary.knocks)
    with socket.create_connection((NODE, canary.port), timeout=5) as knock:
        knock.sendall(b"hello")
    assert canary.knocked.wait(5)
    assert len(canary.knocks) == before + 1
    del canary.knocks[before:]
