"""How the command ends: a small set of exit codes, and the one exception that carries them."""

from enum import IntEnum


class Exit(IntEnum):
    """Documented in `streamverse --help` and docs/operations.md; scripts rely on them."""

    OK = 0
    UNWELL = 1
    """What was asked about is there, and is not well (or not ready yet)."""
    USAGE = 2
    UNREACHABLE = 3
    """The cluster, the store or the origin does not answer."""
    NOT_FOUND = 4
    REFUSED = 5
    """The cluster, the store or this host said no."""
    TIMED_OUT = 6
    """What was waited for did not come within its limit."""


EXITS_HELP = (
    "Exit codes: 0 well; 1 what you asked about is not well, or not ready yet; 2 wrong usage; "
    "3 the cluster, the store or the origin does not answer; 4 not found; "
    "5 refused by the cluster, the store or this host; 6 a wait reached its limit."
)


class Stop(Exception):  # noqa: N818 - not an error of ours: a way to end
    """End the command with a sentence on stderr. The sentence says what is, the hint what to do."""

    def __init__(self, code: Exit, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.hint = hint
