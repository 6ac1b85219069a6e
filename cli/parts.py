"""How a file is cut for a resumable upload, and which cuts the store still lacks. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

MEBIBYTE = 1 << 20
SMALLEST_PART = 8 * MEBIBYTE
MOST_PARTS = 10_000
"""S3's limit for one object."""


@dataclass(frozen=True)
class Part:
    number: int
    """From 1, as S3 counts."""
    offset: int
    size: int
    """Bytes."""


def part_size(size: int) -> int:
    """Bytes in a part: a function of the file's size alone, so that a later try cuts alike."""
    needed = ceil(size / MOST_PARTS / MEBIBYTE) * MEBIBYTE
    return max(SMALLEST_PART, needed)


def cut(size: int) -> Iterator[Part]:
    """The parts of a file of `size` bytes, in order; all but the last of one size."""
    step = part_size(size)
    for number, offset in enumerate(range(0, size, step), start=1):
        yield Part(number, offset, min(step, size - offset))


@dataclass(frozen=True)
class Stored:
    """A part that the store holds."""

    size: int
    md5: str
    """Hexadecimal: S3's ETag of a part."""


def is_there(part: Part, md5: str, stored: Mapping[int, Stored]) -> bool:
    """Whether the store holds exactly these bytes as this part."""
    found = stored.get(part.number)
    return found is not None and (found.size, found.md5) == (part.size, md5)


def object_name(file_name: str) -> str:
    """The name to store a file under: letters, digits, dot, dash and underscore, at most 128.

    The extension survives; what a shell, a URL or a path would trip over becomes a dash. A name
    that was not plain ends in a digest of itself: two films of other scripts stay two, and the
    same file finds its unfinished upload again.
    """
    named = re.fullmatch(r"(.+)\.([A-Za-z0-9]{1,15})", file_name, re.DOTALL)
    stem, extension = named.groups() if named else (file_name, "")
    plain = _plain(stem, 112)
    if plain != stem or not stem:
        # Also of a name that is no UTF-8: the file system's bytes come as surrogates.
        digest = sha256(file_name.encode(errors="surrogatepass")).hexdigest()[:8]
        plain = f"{_plain(stem, 103) or 'upload'}-{digest}"
    return f"{plain}.{extension}" if extension else plain


def _plain(text: str, most: int) -> str:
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-._")[:most].rstrip("-._")
