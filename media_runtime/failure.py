"""The two ways in which a step of a job fails; it is the class that says whether to try again."""

from errno import EDQUOT, ENOSPC
from typing import Literal

Reason = Literal[
    "InputUnreachable",
    "InputCorrupt",
    "InputUnsafe",
    "InputChanged",
    "InputTooLarge",
    "UnsupportedCodec",
    "NoMedia",
    "NoAudio",
    "LadderEmpty",
    "EncodeFailed",
    "VerifyFailed",
    "OutputUnwritable",
    "ChunksLost",
]


class Refused(Exception):  # noqa: N818 - reads as what it is
    """Permanent: the same order would end the same way. Reported with its reason, not retried."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason: Reason = reason
        self.message = message


class TryAgain(Exception):  # noqa: N818 - reads as what it is
    """Transient: the store was away, the node was pressed. Retried, a bounded number of times."""


class ScratchFull(TryAgain):
    """The disk that a step works on has no room: another node, or another hour, may have some."""


def out_of_room(error: BaseException) -> bool:
    """Whether a file of ours could not be written for that reason."""
    return isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}
