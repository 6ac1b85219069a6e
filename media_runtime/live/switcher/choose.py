"""Which source is on air, at every instant exactly one, and why. Pure: time is passed in.

`choose` is called once for each frame of the output with what was seen of every input so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from .health import Fault, Seen, Thresholds, fault_of, is_steady

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTLED_MILLIS = 1_000
"""How long an input must be steady to take the slate's place: nobody waits long for a picture."""

Reason = Fault | Literal["Starting", "Started", "Recovered", "Returned", "InputRemoved"]


@dataclass(frozen=True)
class OnAir:
    kind: Literal["Input", "Repeat", "Slate"]
    """Repeat: the last picture of `input`, with silence."""
    input: str | None = None


SLATE = OnAir("Slate")


@dataclass(frozen=True)
class State:
    on_air: OnAir = SLATE
    since_millis: int = 0
    reason: Reason = "Starting"
    clear_since: tuple[tuple[str, int], ...] = ()
    """Of each input that is healthy and steady: since when without a break."""

    def clear_millis(self, name: str, now: int) -> int:
        """How long this input has been clear; -1 if it is not."""
        return next((now - at for one, at in self.clear_since if one == name), -1)


@dataclass(frozen=True)
class Switched:
    """Something else is on air: an event for a person."""

    at_millis: int
    before: OnAir
    after: OnAir
    reason: Reason


def choose(
    state: State, inputs: Sequence[Seen], thresholds: Thresholds, now: int
) -> tuple[State, Switched | None]:
    """What is on air from `now` on (milliseconds of the clock that `inputs` were seen by).

    Names are unique; a lower priority number is preferred, then the name that sorts first.
    """
    faults = {one.name: fault_of(one, thresholds, now) for one in inputs}
    clear = _clear_since(state, [one for one in inputs if faults[one.name] is None], now)
    state = replace(state, clear_since=clear)
    best_first = tuple(sorted(inputs, key=lambda one: (one.priority, one.name)))
    after, reason = _next(_Scene(state, best_first, faults, thresholds, now))
    if after == state.on_air:
        return state, None
    switched = Switched(now, state.on_air, after, reason)
    return replace(state, on_air=after, since_millis=now, reason=reason), switched


def _clear_since(state: State, healthy: Sequence[Seen], now: int) -> tuple[tuple[str, int], ...]:
    before = dict(state.clear_since)
    return tuple((one.name, before.get(one.name, now)) for one in healthy if is_steady(one, now))


@dataclass(frozen=True)
class _Scene:
    """What a choice is made from."""

    state: State
    best_first: tuple[Seen, ...]
    faults: Mapping[str, Fault | None]
    thresholds: Thresholds
    now: int

    @property
    def current(self) -> Seen | None:
        """The input that is on air or repeated, if the channel still has it."""
        name = self.state.on_air.input
        return next((one for one in self.best_first if one.name == name), None)

    def with_fault(self, fault: Fault | None) -> list[Seen]:
        return [one for one in self.best_first if self.faults[one.name] == fault]

    def clear(self, among: Sequence[Seen], for_millis: int) -> list[Seen]:
        return [one for one in among if self.state.clear_millis(one.name, self.now) >= for_millis]


def _next(scene: _Scene) -> tuple[OnAir, Reason]:
    current, healthy = scene.current, scene.with_fault(None)
    if current is not None and current in healthy:
        if scene.state.on_air.kind == "Repeat":
            return OnAir("Input", current.name), "Recovered"
        return _better(scene, current, healthy)
    return _instead(scene, healthy) if healthy else _for_want_of_one(scene)


def _better(scene: _Scene, current: Seen, healthy: Sequence[Seen]) -> tuple[OnAir, Reason]:
    """An input of higher priority, once it has been clear for long enough."""
    preferred = [one for one in healthy if one.priority < current.priority]
    proved = scene.clear(preferred, scene.thresholds.error_clear_millis)
    if proved:
        return OnAir("Input", proved[0].name), "Returned"
    return scene.state.on_air, scene.state.reason


def _instead(scene: _Scene, healthy: Sequence[Seen]) -> tuple[OnAir, Reason]:
    """What takes over from a fault, or from the slate: whichever has proved itself, by priority."""
    proved = scene.clear(healthy, scene.thresholds.error_clear_millis)
    chosen = OnAir("Input", (proved or healthy)[0].name)
    if scene.current is not None:
        return chosen, scene.faults[scene.current.name] or "Recovered"
    if scene.state.on_air != SLATE:
        return chosen, "InputRemoved"
    if scene.state.reason == "Starting":
        return chosen, "Started"
    enough = min(SETTLED_MILLIS, scene.thresholds.error_clear_millis)
    settled = scene.clear(healthy, enough)
    if settled:
        return OnAir("Input", settled[0].name), "Recovered"
    return SLATE, scene.state.reason


def _for_want_of_one(scene: _Scene) -> tuple[OnAir, Reason]:
    """A picture without sound is better than a slate; a lost one is repeated for a while."""
    current, silent = scene.current, scene.with_fault("Silent")
    fault = None if current is None else scene.faults[current.name]
    if current is not None and current in silent:
        return OnAir("Input", current.name), "Silent"
    if silent:
        return OnAir("Input", silent[0].name), fault or "Recovered"
    if current is None or fault is None:
        return SLATE, scene.state.reason if scene.state.on_air == SLATE else "InputRemoved"
    repeats = scene.now - (current.last_picture_at or 0) < scene.thresholds.repeat_frame_millis
    if fault in ("InputLost", "Erroring") and repeats:
        return OnAir("Repeat", current.name), fault
    return SLATE, fault
