"""Why a publisher is not let in, or not kept. What each protocol says of it is that protocol's."""

from typing import Literal, get_args

from media_runtime.live import line

Reason = Literal[
    line.Reason,
    "ChannelUnknown",
    "ChannelAway",
    "BadKey",
    "BadBytes",
    "BadRequest",
    "Silent",
    "TooSlow",
    "TooMany",
    "UnsupportedCodec",
    "WrongPassphrase",
]
REASONS: tuple[str, ...] = get_args(Reason)


class PublisherRefused(Exception):  # noqa: N818 - reads as what it is
    """Told to the publisher in his protocol's way, to the log and to the metrics."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason: Reason = reason
        self.message = message


class BadBytes(ValueError):  # noqa: N818 - reads as what it is
    """What came is not the protocol, or more of it than anybody needs."""
