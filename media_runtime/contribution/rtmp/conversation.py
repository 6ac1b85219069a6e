"""What a publisher asks and is answered (sections 7.1.1, 7.2): no socket, no waiting. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.contribution.refusal import BadBytes, PublisherRefused

from . import amf0
from .messages import (
    PING_REQUEST,
    Kind,
    Message,
    command,
    control,
    number_of,
    pong,
    status,
    stream_begins,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

APPLICATION = "live"
STREAM = 1
"""There is one on a connection."""
WINDOW_BYTES = 2_500_000
DYNAMIC = b"\x02"
_SET_DATA_FRAME = amf0.encode(["@setDataFrame"])
_METADATA = amf0.encode(["onMetaData"])


@dataclass(frozen=True)
class Say:
    message: Message


@dataclass(frozen=True)
class Publish:
    """To be answered by `started`, or not at all."""

    name: str


@dataclass(frozen=True, slots=True)
class Media:
    kind: Kind
    timestamp: int
    body: bytes


@dataclass(frozen=True)
class Ended:
    """The publisher said that he has done."""


Event = Say | Publish | Media | Ended


class Conversation:
    """One connection's, from after the handshake."""

    def __init__(self) -> None:
        self._connected = self._publishing = False

    def hear(self, message: Message) -> Iterator[Event]:
        """What follows from a message. Raises BadBytes, PublisherRefused."""
        match message.kind:
            case Kind.AUDIO | Kind.VIDEO | Kind.AGGREGATE if self._publishing:
                yield Media(Kind(message.kind), message.timestamp, message.body)
            case Kind.DATA | Kind.DATA_AMF3 if self._publishing:
                yield from _metadata(message)
            case Kind.COMMAND:
                yield from self._command(amf0.decode(message.body))
            case Kind.COMMAND_AMF3:  # a byte, then AMF 0 as long as nobody asks for more
                yield from self._command(amf0.decode(message.body[1:]))
            case Kind.USER_CONTROL if message.body[:2] == bytes((0, PING_REQUEST)):
                yield Say(pong(message.body))

    def _command(self, values: Sequence[amf0.Value]) -> Iterator[Event]:
        name, number, arguments = _parts(values)
        match name:
            case "connect":
                yield from self._connect(number, arguments)
            case "createStream" if self._connected:
                yield Say(command(0, "_result", number, None, float(STREAM)))
            case "publish" if self._connected and not self._publishing:
                yield self._publish(arguments)
            case "deleteStream" | "closeStream" | "FCUnpublish" if self._publishing:
                yield Ended()
            case "releaseStream" | "FCPublish" | "_checkbw" if number:
                # Flash Media Server's; encoders send them, and some wait for an answer.
                yield Say(command(0, "_result", number, None, None))
            case "play" | "play2":
                raise PublisherRefused("BadRequest", "nothing is played here; publish instead")
            case _ if number:
                yield Say(command(0, "_error", number, None, None))

    def _connect(self, number: float, arguments: Sequence[amf0.Value]) -> Iterator[Event]:
        asked = arguments[0] if arguments else None
        application = asked.get("app") if isinstance(asked, dict) else None
        if not isinstance(application, str) or application.strip("/") != APPLICATION:
            raise PublisherRefused("BadRequest", f"publish to /{APPLICATION}/ and the stream key")
        self._connected = True
        yield Say(control(Kind.WINDOW_ACKNOWLEDGEMENT_SIZE, WINDOW_BYTES))
        yield Say(control(Kind.SET_PEER_BANDWIDTH, WINDOW_BYTES, DYNAMIC))
        about: amf0.Value = {"fmsVer": "FMS/3,0,1,123", "capabilities": 31.0}
        told: amf0.Value = {
            "level": "status",
            "code": "NetConnection.Connect.Success",
            "description": "Connection succeeded.",
            "objectEncoding": 0.0,
        }
        yield Say(command(0, "_result", number, about, told))

    def _publish(self, arguments: Sequence[amf0.Value]) -> Publish:
        name = arguments[1] if len(arguments) > 1 else None
        if not isinstance(name, str):
            raise PublisherRefused("BadKey", "published without a stream key")
        self._publishing = True
        # Some encoders put a query behind the key.
        return Publish(name.partition("?")[0])


def _parts(values: Sequence[amf0.Value]) -> tuple[str, float, Sequence[amf0.Value]]:
    """Section 7: a command's name, the number that its answer must bear (0: none), the rest."""
    if len(values) < 2 or not isinstance(values[0], str) or not isinstance(values[1], int | float):
        raise BadBytes("a command without a name or a number")
    return values[0], float(values[1]), values[2:]


def started() -> tuple[Message, ...]:
    return (
        stream_begins(STREAM),
        status(STREAM, "status", "NetStream.Publish.Start", "the stream is on its way"),
    )


def farewell(refusal: PublisherRefused) -> Message:
    """The code that encoders show; the description is for whoever reads it."""
    if refusal.reason == "BadRequest":
        told: amf0.Value = {
            "level": "error",
            "code": "NetConnection.Connect.Rejected",
            "description": refusal.message,
        }
        return command(0, "_error", 1.0, None, told)
    return status(STREAM, "error", "NetStream.Publish.BadName", str(refusal))


def _metadata(message: Message) -> Iterator[Media]:
    body = message.body[1:] if message.kind == Kind.DATA_AMF3 else message.body
    body = body.removeprefix(_SET_DATA_FRAME)
    if body.startswith(_METADATA):
        yield Media(Kind.DATA, message.timestamp, body)


class Acknowledgements:
    """Section 5.4.3: the publisher is told of every window of bytes that came."""

    def __init__(self) -> None:
        self._window = WINDOW_BYTES
        self._received = self._told = 0

    def obey(self, message: Message) -> None:
        if message.kind == Kind.WINDOW_ACKNOWLEDGEMENT_SIZE:
            # A window of a few bytes would have us answer every packet.
            self._window = max(64 << 10, number_of(message.body))

    def came(self, count: int) -> Message | None:
        self._received += count
        if self._received - self._told < self._window:
            return None
        self._told = self._received
        return control(Kind.ACKNOWLEDGEMENT, self._received & 0xFFFFFFFF)
