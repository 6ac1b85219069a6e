"""Where the clusters of a Matroska or WebM file lie, by its sizes (RFC 9559, RFC 8794). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .parts import Parts, Undivided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .parts import Bytes

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_VOID = 0xEC
_BESIDE = {
    0x114D9B74: "SeekHead",
    0x1549A966: "Info",
    0x1654AE6B: "Tracks",
    0x1C53BB6B: "Cues",
    0x1941A469: "Attachments",
    0x1043A770: "Chapters",
    0x1254C367: "Tags",
    0xBF: "CRC-32",
    _VOID: "Void",
}
_MOST_ELEMENTS = 1 << 20
_MOST_BESIDE = 16 << 20
"""Bytes: fonts and covers that are larger are not read again for every chunk."""


class _Element(NamedTuple):
    kind: int
    begin: int
    body: int
    end: int


def clusters(content: Bytes) -> Parts:
    """Raises Undivided where what lies in the file is not told by sizes from its beginning on."""
    always, units = [], []
    for n, element in enumerate(_top(content)):
        if element.kind == _CLUSTER:
            units.append((element.begin, element.end))
        elif element.kind != _VOID:
            end = element.body if element.kind == _SEGMENT else element.end
            always.append((element.begin, end))
        if n > _MOST_ELEMENTS:
            raise Undivided("it has too many elements")
    if not units:
        raise Undivided("it has no clusters")
    if sum(end - begin for begin, end in always) > _MOST_BESIDE:
        raise Undivided("what it has beside its clusters is too large")
    return Parts(tuple(always), tuple(units))


def _top(content: Bytes) -> Iterator[_Element]:
    """The EBML header, the segment, and what is in that, one after the other."""
    header = _element(content, 0)
    segment = _element(content, header.end)
    if (header.kind, segment.kind) != (_EBML, _SEGMENT):
        raise Undivided("it does not begin as Matroska does")
    if segment.end < len(content):
        raise Undivided("it has more than one segment")
    yield header
    yield segment
    at = segment.body
    while at < len(content):
        element = _element(content, at)
        if element.kind != _CLUSTER and element.kind not in _BESIDE:
            raise Undivided("it has bytes between its clusters that are none of Matroska's")
        yield element
        at = element.end


def _element(content: Bytes, at: int) -> _Element:
    """A file that was cut short ends the last element."""
    kind_length = _length(content, at)
    size_length = _length(content, at + kind_length)
    body = at + kind_length + size_length
    if kind_length > 4 or body > len(content):
        raise Undivided("its elements cannot be read")
    kind = int.from_bytes(content[at : at + kind_length])
    unmarked = (1 << 7 * size_length) - 1
    size = int.from_bytes(content[at + kind_length : body]) & unmarked
    if size == unmarked and kind != _SEGMENT:
        raise Undivided("it was written as a stream: its clusters do not tell their sizes")
    return _Element(
        kind, at, body, len(content) if size == unmarked else min(body + size, len(content))
    )


def _length(content: Bytes, at: int) -> int:
    first = content[at] if at < len(content) else 0
    if not first:
        raise Undivided("its elements cannot be read")
    return 9 - first.bit_length()
