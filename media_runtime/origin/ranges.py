"""Range requests (RFC 9110 section 14), as far as an origin needs them: one range of bytes."""

import re
from dataclasses import dataclass

_SPEC = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})", re.IGNORECASE)


@dataclass(frozen=True)
class ByteSpan:
    """Bytes [start, end) of something."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


class Unsatisfiable(Exception):  # noqa: N818 - reads as what it is
    """416: no byte of what was asked for exists."""


def wanted(header: str | None, size: int) -> ByteSpan | None:
    """The part that is asked for, cut to the size; None: all of it.

    What is no range of bytes, or is several, is not honoured, as section 14.2 allows.
    """
    found = _SPEC.fullmatch(header.strip()) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        span = ByteSpan(max(0, size - int(found[2])), size)
    else:
        last = int(found[2]) if found[2] else size - 1
        if last < int(found[1]) and found[2]:
            return None
        span = ByteSpan(int(found[1]), min(last + 1, size))
    if len(range(span.start, span.end)) == 0:
        raise Unsatisfiable(f"{size} bytes are all there is")
    return span
