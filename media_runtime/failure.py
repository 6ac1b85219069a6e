"""The two ways in which a step of a job fails; it is the class that says whether to try again."""

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
