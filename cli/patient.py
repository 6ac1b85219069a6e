"""A store that is asked again: whoever brings a film outlasts a store that restarts."""

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from .exits import Exit, Stop
from .output import err
from .parts import Stored
from .s3 import Bucket

PATIENCE_SECONDS = 60.0
"""A store that is killed and started again is away for seconds; moved to another node, for longer.
"""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 4.0

P = ParamSpec("P")
T = TypeVar("T")


def _asked_again(
    verb: Callable[Concatenate["PatientBucket", P], T],
) -> Callable[Concatenate["PatientBucket", P], T]:
    @wraps(verb)
    def patiently(self: "PatientBucket", /, *args: P.args, **kwargs: P.kwargs) -> T:
        since, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
        while True:
            try:
                return verb(self, *args, **kwargs)
            except Stop as stop:
                waited = time.monotonic() - since
                if stop.code is not Exit.UNREACHABLE or waited + pause > self.patience_seconds:
                    raise
            self.say_once()
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    return patiently


class PatientBucket(Bucket):
    """What bringing a film takes, tried until the patience is over; only then it raises Stop."""

    patience_seconds: float = PATIENCE_SECONDS
    _said = False

    def say_once(self) -> None:
        if not self._said:
            self._said = True
            err.print("the store does not answer: asking again for a minute", style="yellow")

    @_asked_again
    def size(self, key: str) -> int | None:
        return super().size(key)

    @_asked_again
    def read(self, key: str) -> bytes:
        return super().read(key)

    @_asked_again
    def put(self, key: str, content: bytes) -> None:
        super().put(key, content)

    @_asked_again
    def delete(self, keys: Sequence[str]) -> None:
        super().delete(keys)

    @_asked_again
    def begin(self, key: str) -> str:
        return super().begin(key)

    @_asked_again
    def stored_parts(self, key: str, upload: str) -> dict[int, Stored]:
        return super().stored_parts(key, upload)

    @_asked_again
    def put_part(self, key: str, upload: str, number: int, content: bytes, md5: str) -> None:
        super().put_part(key, upload, number, content, md5)

    @_asked_again
    def complete(self, key: str, upload: str, md5s: Sequence[str]) -> None:
        super().complete(key, upload, md5s)
