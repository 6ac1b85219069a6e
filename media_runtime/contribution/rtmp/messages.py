"""RTMP's messages as values (sections 5.4, 6, 7), and the few that a server says. Pure."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from . import amf0


class Kind(IntEnum):
    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACKNOWLEDGEMENT_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA_AMF3 = 15
    COMMAND_AMF3 = 17
    DATA = 18
    COMMAND = 20
    AGGREGATE = 22


@dataclass(frozen=True, slots=True)
class Message:
    kind: int
    """A Kind, or a number that nobody here knows."""
    stream: int
    timestamp: int
    """Milliseconds, modulo 2³²."""
    body: bytes


CHUNK_BYTES = 128
"""As long as nobody says otherwise; what we say is short."""
CONTROL_CHUNKS, COMMAND_CHUNKS = 2, 3
PING_REQUEST, PING_RESPONSE = 6, 7


def number_of(body: bytes) -> int:
    """What a control message says; of a short one, nothing."""
    return int.from_bytes(body[:4], "big") if len(body) >= 4 else 0


def control(kind: Kind, value: int, more: bytes = b"") -> Message:
    """Section 5.4: control messages are on message stream 0."""
    return Message(kind, 0, 0, struct.pack(">I", value) + more)


def pong(body: bytes) -> Message:
    """Section 6.2: the time stamp of the request comes back."""
    return Message(Kind.USER_CONTROL, 0, 0, struct.pack(">H", PING_RESPONSE) + body[2:6])


def stream_begins(stream: int) -> Message:
    return Message(Kind.USER_CONTROL, 0, 0, struct.pack(">HI", 0, stream))


def command(stream: int, *values: amf0.Value) -> Message:
    return Message(Kind.COMMAND, stream, 0, amf0.encode(values))


def status(stream: int, level: str, code: str, description: str) -> Message:
    """Section 7.2.2: what became of a request, as onStatus tells it."""
    told: amf0.Value = {"level": level, "code": code, "description": description}
    return command(stream, "onStatus", 0.0, None, told)


def written(message: Message) -> bytes:
    """A chunk of type 0, and as many of type 3 as its length takes (section 5.3.1.2)."""
    chunks = COMMAND_CHUNKS if message.kind == Kind.COMMAND else CONTROL_CHUNKS
    head = (
        bytes((chunks,))
        + b"\0\0\0"
        + len(message.body).to_bytes(3, "big")
        + bytes((message.kind,))
        + message.stream.to_bytes(4, "little")
    )
    body = message.body
    pieces = (body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES))
    return head + bytes((0xC0 | chunks,)).join(pieces)
