"""A crowd of viewers: `python -m bench.live_crowd URL --viewers N --seconds S [--parts]`.

Each blocks on the next part's playlist of one rendition, as RFC 8216bis section 6.2.5.2 has it, and
with --parts fetches the part as well. Prints JSON: for each part, when each viewer's answer was
whole. Many connections and few words: answers are not read further than they must be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import urlsplit

import uvloop

_PART = re.compile(r'^#EXT-X-PART:.*URI="[^"]*?(\d+)\.(\d+)\.m4s"', re.MULTILINE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, order=True)
class Place:
    msn: int
    part: int

    def next(self, parts: int) -> Place:
        return Place(self.msn, self.part + 1) if self.part + 1 < parts else Place(self.msn + 1, 0)


def newest(playlist: str) -> tuple[Place, int]:
    """The newest part that is told, and how many parts a segment has. Pure."""
    places = [Place(int(msn), int(part)) for msn, part in _PART.findall(playlist)]
    if not places:
        raise ValueError("the playlist tells no parts")
    whole = [place.part for place in places if place.msn < places[-1].msn]
    return places[-1], max(whole) + 1


@dataclass
class Crowd:
    host: str
    port: int
    path: str
    until: float
    parts: int
    with_parts: bool
    arrivals: dict[str, list[float]] = field(default_factory=dict)
    """Unix time at which each viewer had a playlist, by "msn.part"."""
    fetched: dict[str, list[float]] = field(default_factory=dict)
    """And the part itself."""
    wrong: dict[str, int] = field(default_factory=dict)
    """Answers that were not what was asked for, by what they were."""

    def playlist_request(self, place: Place) -> bytes:
        query = f"_HLS_msn={place.msn}&_HLS_part={place.part}&_HLS_skip=YES"
        return self._request(f"{self.path}?{query}")

    def part_request(self, place: Place) -> bytes:
        return self._request(f"{self.path.removesuffix('.m3u8')}/{place.msn}.{place.part}.m4s")

    def _request(self, target: str) -> bytes:
        return f"GET {target} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode()


class Viewer(asyncio.Protocol):
    def __init__(self, crowd: Crowd, place: Place) -> None:
        self._crowd, self._place = crowd, place
        self._got = bytearray()
        self._fetching = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if time.time() < self._crowd.until:
            self._complain("hung up")

    def data_received(self, data: bytes) -> None:
        self._got += data
        head = self._got.find(_END)
        if head < 0:
            return
        length = _LENGTH.search(self._got, 0, head)
        if length is None:
            self._complain("of no length")
            return
        whole = head + len(_END) + int(length[1])
        if len(self._got) >= whole:
            self._answered(bytes(self._got[9:12]))
            self._got.clear()
            self._ask()

    def _answered(self, status: bytes) -> None:
        crowd, name = self._crowd, f"{self._place.msn}.{self._place.part}"
        if status != b"200":
            self._complain(status.decode())
        elif self._fetching:
            crowd.fetched.setdefault(name, []).append(time.time())
        else:
            crowd.arrivals.setdefault(name, []).append(time.time())
            if f"{name}.m4s".encode() not in self._got:
                self._complain("without the part")
        self._fetching = crowd.with_parts and not self._fetching
        if not self._fetching:
            self._place = self._place.next(crowd.parts)

    def _ask(self) -> None:
        if self._transport is None:
            return
        if time.time() >= self._crowd.until:
            self._transport.close()
            return
        request = self._crowd.part_request if self._fetching else self._crowd.playlist_request
        self._transport.write(request(self._place))

    def _complain(self, what: str) -> None:
        self._crowd.wrong[what] = self._crowd.wrong.get(what, 0) + 1


async def gather(url: str, viewers: int, seconds: float, *, with_parts: bool) -> Crowd:
    """All connect over two seconds, then all ask for the same parts."""
    place, parts = newest(await asyncio.to_thread(_fetched, url))
    where = urlsplit(url)
    host, port = where.hostname or "127.0.0.1", where.port or 80
    crowd = Crowd(host, port, where.path, time.time() + 2 + seconds, parts, with_parts)
    loop = asyncio.get_running_loop()
    for n in range(viewers):
        await loop.create_connection(lambda: Viewer(crowd, place), host, port)
        if n % 50 == 49:
            await asyncio.sleep(2 * 50 / viewers)
    await asyncio.sleep(max(0.0, crowd.until - time.time()) + 1)
    return crowd


def _fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as said:  # noqa: S310 - our own
        return str(said.read().decode())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.live_crowd", description=__doc__)
    parser.add_argument("url", help="a rendition's media playlist")
    parser.add_argument("--viewers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--parts", action="store_true")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        crowd = runner.run(gather(asked.url, asked.viewers, asked.seconds, with_parts=asked.parts))
    found = {"arrivals": crowd.arrivals, "fetched": crowd.fetched, "wrong": crowd.wrong}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
