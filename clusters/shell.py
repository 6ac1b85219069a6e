"""Programs of the host, run by argv, with what they said kept for the moment they fail."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .refusal import Refusal

TAIL_LINES = 15
PATH = os.pathsep.join(
    (os.environ.get("PATH", "/usr/bin:/bin"), "/usr/local/sbin", "/usr/sbin", "/sbin")
)
"""Debian's `su` leaves out the folders where iptables and its like are."""


class ProgramFailed(Refusal):
    """A program of the host ended with an error: its last lines are the sentence's hint."""

    def __init__(self, argv: Sequence[str], status: int, said: str) -> None:
        shown = shlex.join(argv)
        short = shown if len(shown) < 120 else shown[:117] + "…"
        tail = "\n  ".join(said.strip().splitlines()[-TAIL_LINES:])
        super().__init__(f"`{short}` ended with status {status}", tail)
        self.status = status
        self.said = said


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> str:
    """Run to the end and return stdout. `env` is added to this process's own environment.

    Raises ProgramFailed on a status other than 0, with what it wrote to stderr (or stdout),
    and Refusal if there is no such program.
    """
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, "PATH": PATH, **(env or {})},
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as absent:
        raise Refusal(f"the program {words[0]} is not on this machine") from absent
    if done.returncode:
        raise ProgramFailed(words, done.returncode, done.stderr or done.stdout)
    return done.stdout


def succeeds(argv: Sequence[str | Path]) -> bool:
    """True if the program is there and ends with status 0."""
    try:
        run(argv)
    except Refusal:
        return False
    return True
