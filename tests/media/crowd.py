"""Viewers as bare as can be: `python -m tests.media.crowd SECONDS [PORT PATH COUNT]…`.

Each asks for the playlist that holds the next part as soon as it has the last, over a connection
of its own, as low-latency players do. Prints JSON: when each part's playlist was there, for each;
of each PORT PATH COUNT on its own.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import uvloop

from .paper_channel import GRID


class Viewer(asyncio.Protocol):
    def __init__(self, path: str, seen: dict[str, list[float]], until: float) -> None:
        self._path, self._seen, self._until = path, seen, until
        self._place = GRID.after(GRID.at(Fraction(time.time())))
        self._rest, self._awaited = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no subclass
        self._wire = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if self._awaited < 0:
            head, found, _ = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._awaited = len(head) + 4 + int(length)
        if len(self._rest) >= self._awaited:
            self._note()

    def _note(self) -> None:
        now = time.time()
        self._seen.setdefault(f"{self._place.msn}.{self._place.part}", []).append(now)
        self._rest, self._awaited = b"", -1
        self._place = GRID.after(self._place)
        if now < self._until:
            self._ask()
        else:
            self._wire.close()

    def _ask(self) -> None:
        place = self._place
        query = f"_HLS_msn={place.msn}&_HLS_part={place.part}&_HLS_skip=YES"
        self._wire.write(f"GET {self._path}?{query} HTTP/1.1\r\nHost: o\r\n\r\n".encode())


async def come(port: int, path: str, count: int, until: float) -> dict[str, list[float]]:
    """What they will have seen."""
    seen: dict[str, list[float]] = {}
    loop = asyncio.get_running_loop()
    for n in range(count):
        await loop.create_connection(lambda: Viewer(path, seen, until), "127.0.0.1", port)
        if n % 50 == 49:
            await asyncio.sleep(0.02)
    return seen


async def watch(seconds: float, told: Sequence[str]) -> list[dict[str, list[float]]]:
    until = time.time() + seconds
    seen = [
        await come(int(port), path, int(count), until)
        for port, path, count in zip(told[::3], told[1::3], told[2::3], strict=True)
    ]
    await asyncio.sleep(until + 1.5 - time.time())
    return seen


if __name__ == "__main__":
    json.dump(uvloop.run(watch(float(sys.argv[1]), sys.argv[2:])), sys.stdout)
