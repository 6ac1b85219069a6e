"""The chunk stream (section 5.3): bytes in, whole messages out, all of it bounded. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from media_runtime.contribution.refusal import BadBytes

from .messages import Kind, Message, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHUNK_STREAMS = 32
"""Publishers use 5; the format has 65,597, each of which may hold half a message."""
MAX_MESSAGE_BYTES = 8 << 20
"""A key frame of 2160p at the highest rate is below 4 MiB; the format goes to 16."""
FIRST_MESSAGE_BYTES = 64 << 10
"""Until somebody is let in: no command is larger."""
MAX_PARTIAL_BYTES = 12 << 20
"""Of all messages that are not whole yet."""

_EXTENDED = 0xFFFFFF
_HEADER_BYTES = (11, 7, 3, 0)


@dataclass
class _Stream:
    """What later chunks leave out because an earlier one said it."""

    kind: int = 0
    length: int = 0
    stream: int = 0
    timestamp: int = 0
    delta: int = 0
    extended: int | None = None
    """The last extended timestamp, while they are in use."""
    body: bytearray = field(default_factory=bytearray)
    begun: bool = False
    """A message of it is under way."""


class ChunkReader:
    """Fed as bytes come, in any pieces."""

    def __init__(self) -> None:
        self.max_message_bytes = FIRST_MESSAGE_BYTES
        self._chunk_bytes = 128
        self._held = bytearray()
        self._streams: dict[int, _Stream] = {}
        self._current: _Stream | None = None
        self._left = 0
        """Of the current chunk."""

    @property
    def partial_bytes(self) -> int:
        """What is kept of messages that are not whole."""
        return len(self._held) + sum(len(one.body) for one in self._streams.values())

    def feed(self, data: bytes) -> Iterator[Message]:
        """Messages that are whole now. Raises BadBytes; the stream is of no use from then on."""
        self._held += data
        while True:
            if self._current is None and not self._header():
                break
            message = self._payload()
            if message is not None:
                self._obey(message)
                yield message
            elif self._current is not None:
                break
        if self.partial_bytes > MAX_PARTIAL_BYTES:
            raise BadBytes("too many messages begun and not ended")

    def _payload(self) -> Message | None:
        stream = self._current
        if stream is None:
            return None
        piece = self._held[: self._left]
        del self._held[: len(piece)]
        stream.body += piece
        self._left -= len(piece)
        if self._left:
            return None
        self._current = None
        if len(stream.body) < stream.length:
            return None
        message = Message(stream.kind, stream.stream, stream.timestamp, bytes(stream.body))
        stream.body = bytearray()
        stream.begun = False
        return message

    def _header(self) -> bool:
        """Sections 5.3.1.1 to 5.3.1.3. False, and nothing changed: not all of it is here yet."""
        basic = _basic_header(self._held)
        if basic is None:
            return False
        form, number, at = basic
        stream = self._stream(number, form)
        fields = bytes(self._held[at : at + _HEADER_BYTES[form]])
        at += len(fields)
        if len(fields) < _HEADER_BYTES[form]:
            return False
        time = int.from_bytes(fields[:3], "big") if fields else 0
        extended = stream.extended if form == 3 else None
        if time == _EXTENDED or extended is not None:
            if len(self._held) < at + 4:
                return False
            said = int.from_bytes(self._held[at : at + 4], "big")
            # Some repeat an extended timestamp in chunks of type 3, as they must, and some do not.
            if form != 3 or said == extended:
                time, extended, at = said, said, at + 4
        del self._held[:at]
        self._begin(stream, form, fields, time, extended)
        return True

    def _begin(
        self, stream: _Stream, form: int, fields: bytes, time: int, extended: int | None
    ) -> None:
        """A chunk of type 3 goes on with a message, or begins another one like the last."""
        if form != 3 or not stream.begun:
            stream.body = bytearray()
            stream.begun = True
            if form < 3:
                stream.extended = extended
                stream.delta = time
            stream.timestamp = time if form == 0 else (stream.timestamp + stream.delta) & 0xFFFFFFFF
        if form < 2:
            stream.length, stream.kind = int.from_bytes(fields[3:6], "big"), fields[6]
        if form == 0:
            stream.stream = int.from_bytes(fields[7:11], "little")
        if stream.length > self.max_message_bytes:
            raise BadBytes(f"a message of {stream.length} bytes")
        self._current = stream
        self._left = min(self._chunk_bytes, stream.length - len(stream.body))

    def _stream(self, number: int, form: int) -> _Stream:
        known = self._streams.get(number)
        if known is not None:
            return known
        # Some begin with type 1: there is nothing before it that it could leave out but zeros.
        if form > 1:
            raise BadBytes("a chunk that continues what never began")
        if len(self._streams) >= MAX_CHUNK_STREAMS:
            raise BadBytes(f"more than {MAX_CHUNK_STREAMS} chunk streams")
        return self._streams.setdefault(number, _Stream())

    def _obey(self, message: Message) -> None:
        """Section 5.4: what is said of the chunks themselves."""
        if message.kind == Kind.SET_CHUNK_SIZE:
            self._chunk_bytes = number_of(message.body)
            # The first bit must be zero; nothing is ever reserved by this number.
            if not 0 < self._chunk_bytes < 1 << 31:
                raise BadBytes(f"chunks of {self._chunk_bytes} bytes")
        elif message.kind == Kind.ABORT:
            stream = self._streams.get(number_of(message.body))
            if stream is not None:
                stream.body, stream.begun = bytearray(), False


def _basic_header(held: bytearray) -> tuple[int, int, int] | None:
    """Section 5.3.1.1: the type, the chunk stream, and how many bytes said so."""
    if not held:
        return None
    form, number = held[0] >> 6, held[0] & 63
    size = {0: 2, 1: 3}.get(number, 1)
    if len(held) < size:
        return None
    if size == 1:
        return form, number, 1
    return form, int.from_bytes(held[1:size], "little") + 64, size
