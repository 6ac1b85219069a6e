"""What is really at the end of an address: fetched, decoded and counted by others' code."""

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import m3u8


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str, method: str = "GET", **headers: str) -> Answer:
    """One request; names of headers are lower-case in the answer."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(url, method=method, headers=sent)  # noqa: S310 - our own origin
    try:
        with urlopen(request, timeout=20) as response:  # noqa: S310
            told = {k.lower(): v for k, v in response.headers.items()}
            return Answer(response.status, told, response.read())
    except HTTPError as e:
        return Answer(e.code, {k.lower(): v for k, v in e.headers.items()}, e.read())


@dataclass(frozen=True)
class Playlists:
    """The media playlists of a title: of each rung, and of each soundtrack."""

    video: tuple[str, ...]
    audio: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.video + self.audio


def playlists(master_url: str) -> Playlists:
    """Those that the master names now."""
    answer = get(master_url)
    assert answer.status == 200, f"{master_url} answers {answer.status}"
    return named(master_url, answer.body.decode())


def named(master_url: str, text: str) -> Playlists:
    """Read by the m3u8 package; a soundtrack without a picture counts as audio."""
    master = m3u8.loads(text)  # type: ignore[no-untyped-call]
    assert master.is_variant, "not a multivariant playlist"
    audio = [urljoin(master_url, m.uri) for m in master.media if m.type == "AUDIO" and m.uri]
    video = [
        urljoin(master_url, p.uri)
        for p in master.playlists
        if p.stream_info.resolution or not audio
    ]
    return Playlists(tuple(dict.fromkeys(video)), tuple(dict.fromkeys(audio)))


def complaints(url: str) -> str:
    """What ffmpeg says while it decodes all of it; empty when there is nothing to say."""
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "warning", "-i", url, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.stderr.strip() or ("" if done.returncode == 0 else f"status {done.returncode}")


def probe(url: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", *arguments, url],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{url}: {done.stderr}"
    return dict(json.loads(done.stdout))


def stream(url: str) -> dict[str, Any]:
    return dict(probe(url, "-show_streams")["streams"][0])


def key_frames(url: str) -> list[Fraction]:
    """Seconds at which a key frame is shown."""
    packets = probe(url, "-select_streams", "v", "-show_entries", "packet=pts_time,flags")
    return [Fraction(p["pts_time"]) for p in packets["packets"] if "K" in p["flags"]]


def frame_count(url: str) -> int:
    found = probe(
        url, "-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames"
    )
    return int(found["streams"][0]["nb_read_frames"])
