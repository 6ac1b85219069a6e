"""When a channel that died is started again. Pure.

At once, for viewers have a few seconds of it. Not for ever, for then nobody would learn that it
cannot be: what dies again and again is left to Kubernetes, which tells so.
"""

from __future__ import annotations

from dataclasses import dataclass
from signal import Signals

from crds.work import Exit

_REMEMBERED_SECONDS = 120.0
_PAUSES = (0.0, 0.0, 1.0, 2.0)
"""Before each restart within that time. They stay far below the 30 s after which a kubelet ends a
container that does not answer."""
_IN_ORDER = {Exit.DONE, Exit.REFUSED}
_KILLED = 128
"""As a shell tells of a signal: 137 is SIGKILL."""


@dataclass(frozen=True)
class Restarts:
    count: int = 0
    """Of all time."""
    deaths: tuple[float, ...] = ()
    """When, of those that are remembered."""
    reason: str = ""
    """How the last one ended, by the signal's name or by its exit code."""


NEVER = Restarts()


def in_order(code: int) -> bool:
    """It was told to end, or says that it cannot begin: another would do the same."""
    return code in _IN_ORDER


def exit_code(code: int) -> int:
    """As one process tells of another, which was perhaps ended by a signal."""
    return code if code >= 0 else _KILLED - code


def after_death(before: Restarts, now: float, code: int) -> tuple[Restarts, float] | None:
    """And after how many seconds to start again; None: no more. `code` is as waitpid tells it."""
    recent = tuple(at for at in before.deaths if now - at < _REMEMBERED_SECONDS)
    if len(recent) >= len(_PAUSES):
        return None
    return Restarts(before.count + 1, (*recent, now), _reason(code)), _PAUSES[len(recent)]


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return Signals(-code).name
    except ValueError:  # a real-time signal
        return f"signal {-code}"
