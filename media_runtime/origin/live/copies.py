"""Whole answers: made once, sent to everybody, kept in a bounded memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from gzip import compress
from hashlib import sha256
from time import monotonic

from media_runtime.origin.bodies import WORTH_COMPRESSING

RawHeaders = list[tuple[bytes, bytes]]
OVERHEAD_BYTES = 1024
"""What it takes to keep an answer, beside its content."""


@dataclass(frozen=True)
class Copy:
    content: bytes
    media_type: str
    cache_control: str
    text: bool = False
    """Worth sending compressed."""
    fresh_until: float = field(default=float("inf"), compare=False)

    @cached_property
    def tag(self) -> str:
        return sha256(self.content).hexdigest()[:32]

    @cached_property
    def compressed(self) -> bytes | None:
        """Lightly: a playlist lives for a third of a second, and repeats itself."""
        if not self.text or len(self.content) < WORTH_COMPRESSING:
            return None
        return compress(self.content, compresslevel=1, mtime=0)

    def etag(self, *, zipped: bool) -> str:
        return f'"{self.tag}-gzip"' if zipped else f'"{self.tag}"'

    @cached_property
    def plain_headers(self) -> RawHeaders:
        return self._headers(self.content, zipped=False)

    @cached_property
    def zipped_headers(self) -> RawHeaders:
        return self._headers(self.compressed or b"", zipped=True)

    @property
    def weight(self) -> int:
        """Bytes; a compressed twin is small beside the text."""
        return OVERHEAD_BYTES + len(self.content) * (2 if self.text else 1)

    def _headers(self, content: bytes, *, zipped: bool) -> RawHeaders:
        told = {
            "content-type": self.media_type,
            "content-length": str(len(content)),
            "etag": self.etag(zipped=zipped),
            "cache-control": self.cache_control,
        }
        told |= {"vary": "Accept-Encoding"} if self.text else {}
        told |= {"content-encoding": "gzip"} if zipped else {}
        return [(name.encode(), value.encode()) for name, value in told.items()]


class Copies:
    """The least recently asked for goes first."""

    def __init__(self, most_bytes: int, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = most_bytes, clock
        self._kept: OrderedDict[str, Copy] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str) -> Copy | None:
        found = self._kept.get(key)
        if found is None:
            return None
        if found.fresh_until <= self._clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def keep(self, key: str, copy: Copy) -> None:
        if key in self._kept:
            self._drop(key)
        if copy.weight > self._most:
            return
        self._kept[key] = copy
        self.weight += copy.weight
        while self.weight > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        self.weight -= self._kept.pop(key).weight
