"""Action Message Format 0 (Adobe, 2007), as commands and metadata use it. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.contribution.refusal import BadBytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_DEPTH = 8
"""Publishers nest twice; the format would let a kilobyte nest a thousand times."""
MAX_VALUES = 2048
"""In one message, members of objects with them."""

Value = float | bool | str | None | dict[str, "Value"] | list["Value"]


def decode(data: bytes) -> list[Value]:
    """All values of a message's body. Raises BadBytes."""
    reader = _Reader(data)
    values: list[Value] = []
    while reader.left:
        values.append(reader.value())
    return values


def encode(values: Sequence[Value]) -> bytes:
    """Numbers, booleans, strings, None, objects (section 2.5) and strict arrays."""
    return b"".join(_encoded(value) for value in values)


def _encoded(value: Value) -> bytes:  # noqa: PLR0911 - one for each kind
    match value:
        case None:
            return b"\x05"
        case bool():
            return bytes((1, value))
        case int() | float():
            return struct.pack(">Bd", 0, value)
        case str():
            text = value.encode()
            if len(text) > 0xFFFF:
                return struct.pack(">BI", 0x0C, len(text)) + text
            return b"\x02" + _key(value)
        case dict():
            return b"\x03" + _members(value) + b"\x00\x00\x09"
        case list():
            return struct.pack(">BI", 0x0A, len(value)) + encode(value)


def _members(value: Mapping[str, Value]) -> bytes:
    return b"".join(_key(name) + _encoded(member) for name, member in value.items())


def _key(name: str) -> bytes:
    text = name.encode()
    return struct.pack(">H", len(text)) + text


@dataclass
class _Reader:
    data: bytes
    at: int = 0
    seen: int = 0

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def value(self, depth: int = 0) -> Value:  # noqa: C901, PLR0911 - one for each kind
        self.seen += 1
        if depth > MAX_DEPTH or self.seen > MAX_VALUES:
            raise BadBytes("an AMF message of more values than anybody needs")
        marker = self._take(1)[0]
        match marker:
            case 0x00:
                return self._number()
            case 0x01:
                return self._take(1) != b"\0"
            case 0x02:
                return self._text(2)
            case 0x03:
                return self._object(depth)
            case 0x05 | 0x06:  # null, undefined
                return None
            case 0x08:  # an ECMA array says how many it has; what counts is its end
                self._take(4)
                return self._object(depth)
            case 0x0A:
                return self._array(depth)
            case 0x0B:  # a date: milliseconds, and a time zone that must not be used (2.13)
                number = self._number()
                self._take(2)
                return number
            case 0x0C | 0x0F:  # long string, XML
                return self._text(4)
            case 0x10:
                self._text(2)  # its class
                return self._object(depth)
        raise BadBytes(f"an AMF value of the unknown kind {marker:#x}")

    def _object(self, depth: int) -> dict[str, Value]:
        members: dict[str, Value] = {}
        while True:
            name = self._text(2)
            if not name and self.data[self.at : self.at + 1] == b"\x09":
                self.at += 1
                return members
            members[name] = self.value(depth + 1)

    def _array(self, depth: int) -> list[Value]:
        count = int.from_bytes(self._take(4), "big")
        if count > self.left:
            raise BadBytes("an AMF array longer than its message")
        return [self.value(depth + 1) for _ in range(count)]

    def _number(self) -> float:
        number: float = struct.unpack(">d", self._take(8))[0]
        return number

    def _text(self, size_bytes: int) -> str:
        size = int.from_bytes(self._take(size_bytes), "big")
        # What is no UTF-8 is still somebody's stream name; it will match no key.
        return self._take(size).decode("utf-8", "replace")

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise BadBytes("an AMF value that ends before it is whole")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken
