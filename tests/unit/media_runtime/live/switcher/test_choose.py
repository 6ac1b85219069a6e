"""What is on air, by what was seen of the inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_runtime.live.switcher.choose import SLATE, OnAir, State, Switched, choose
from media_runtime.live.switcher.health import Seen, Thresholds, fault_of

LIMITS = Thresholds(
    input_loss_millis=1000, black_millis=2000, silence_millis=3000, freeze_millis=2500,
    error_clear_millis=5000, repeat_frame_millis=1500,
)  # fmt: skip
FRAME = 40
World = Callable[[int], Sequence[Seen]]


def well(name: str, priority: int, now: int) -> Seen:
    return Seen(name, priority, last_picture_at=now, last_sound_at=now)


def with_signs(seen: Seen, since: Mapping[str, int | None]) -> Seen:
    return Seen(**{**vars(seen), **since})


def play(
    world: World, until: int, limits: Thresholds = LIMITS
) -> tuple[list[tuple[int, OnAir]], list[Switched]]:
    state, log, switches = State(), [], []
    for now in range(0, until, FRAME):
        state, switched = choose(state, world(now), limits, now)
        log.append((now, state.on_air))
        if switched:
            switches.append(switched)
    return log, switches


def seen_while(
    name: str, priority: int, comes: Callable[[int], bool], now: int, first: int = 0
) -> Seen:
    """Pictures at every frame at which `comes` says so."""
    last = next((at for at in range(now, first - 1, -FRAME) if comes(at)), None)
    return Seen(name, priority, last_picture_at=last, last_sound_at=last)


def on_air_at(log: list[tuple[int, OnAir]], now: int) -> OnAir:
    return [on_air for at, on_air in log if at <= now][-1]


FAULTS: list[tuple[str, dict[str, int], int]] = [
    ("InputLost", {}, 1000),
    ("Black", {"black_since": 10_000}, 2000),
    ("Silent", {"silent_since": 10_000}, 3000),
    ("Frozen", {"frozen_since": 10_000}, 2500),
]


@pytest.mark.parametrize(("reason", "sign", "threshold"), FAULTS)
def test_an_input_is_left_once_its_threshold_has_passed(
    reason: str, sign: dict[str, int], threshold: int
) -> None:
    def world(now: int) -> Sequence[Seen]:
        primary = well("primary", 1, now)
        if now >= 10_000:
            primary = with_signs(primary, sign) if sign else well("primary", 1, 10_000)
        return [primary, well("backup", 2, now)]

    log, switches = play(world, 20_000)
    assert [s.reason for s in switches] == ["Started", reason]
    assert switches[1].after == OnAir("Input", "backup")
    assert 0 < switches[1].at_millis - 10_000 - threshold <= FRAME
    assert on_air_at(log, 10_000 + threshold) == OnAir("Input", "primary")


def test_a_dead_decoder_is_left_at_once() -> None:
    def world(now: int) -> Sequence[Seen]:
        primary = well("primary", 1, min(now, 10_000))
        died = replace(primary, error_at=10_020) if now > 10_020 else primary
        return [died, well("backup", 2, now)]

    _, switches = play(world, 12_000)
    assert (switches[1].reason, switches[1].at_millis) == ("Erroring", 10_040)


def test_the_primary_returns_after_it_was_clear_for_long_enough() -> None:
    _, switches = play(
        lambda now: [
            seen_while("primary", 1, lambda at: not 10_000 < at < 20_000, now),
            well("backup", 2, now),
        ],
        30_000,
    )
    assert [s.reason for s in switches] == ["Started", "InputLost", "Returned"]
    assert switches[2].at_millis == 25_000


def test_a_primary_that_flaps_every_two_seconds_never_returns() -> None:
    log, switches = play(
        lambda now: [
            seen_while(
                "primary", 1, lambda at: at < 10_000 or at // 2000 % 2 == 1, now, now - 4000
            ),
            well("backup", 2, now),
        ],
        120_000,
    )
    assert len(switches) == 2
    assert on_air_at(log, 119_000) == OnAir("Input", "backup")


def test_short_pauses_do_not_take_an_input_off_air_but_keep_it_from_returning() -> None:
    def stutters(at: int) -> bool:
        return at < 10_000 or (at > 12_000 and at % 4000 < 3200)

    def world(now: int) -> Sequence[Seen]:
        return [seen_while("primary", 1, stutters, now), well("backup", 2, now)]

    _, switches = play(world, 40_000)
    assert [s.reason for s in switches] == ["Started", "InputLost"]


def test_both_dead_is_a_repeated_picture_and_then_the_slate_and_then_back() -> None:
    log, switches = play(
        lambda now: [
            seen_while("primary", 1, lambda at: not 10_000 < at < 20_000, now),
            seen_while("backup", 2, lambda at: not 10_000 < at < 22_000, now),
        ],
        30_000,
    )
    assert [s.after.kind for s in switches] == ["Input", "Repeat", "Slate", "Input"]
    assert switches[1].after.input == "primary"
    assert 0 <= switches[2].at_millis - 10_000 - LIMITS.repeat_frame_millis < FRAME
    assert (switches[3].reason, switches[3].at_millis) == ("Recovered", 21_000)
    assert on_air_at(log, 29_000) == OnAir("Input", "primary")


def test_a_repeated_input_goes_on_the_moment_it_is_there_again() -> None:
    _, switches = play(
        lambda now: [seen_while("only", 1, lambda at: not 10_000 < at < 11_200, now)], 13_000
    )
    assert [(s.after.kind, s.at_millis) for s in switches[1:]] == [
        ("Repeat", 11_040),
        ("Input", 11_200),
    ]


@pytest.mark.parametrize(("sign", "stays"), [("black_since", False), ("silent_since", True)])
def test_a_picture_without_sound_is_better_than_a_slate_and_black_is_not(
    sign: str,
    stays: bool,  # noqa: FBT001 - a table's column
) -> None:
    def world(now: int) -> Sequence[Seen]:
        return [with_signs(well("only", 1, now), {sign: 5000} if now >= 5000 else {})]

    log, _ = play(world, 12_000)
    assert on_air_at(log, 11_000) == (OnAir("Input", "only") if stays else SLATE)


def test_an_input_that_never_had_sound_is_healthy() -> None:
    assert fault_of(Seen("mute", 1, last_picture_at=9000), LIMITS, 9000) is None


def test_sound_that_stops_coming_is_silence() -> None:
    seen = Seen("a", 1, last_picture_at=9000, last_sound_at=5000)
    assert fault_of(seen, LIMITS, 9000) == "Silent"


def test_a_detector_of_zero_is_off() -> None:
    seen = replace(well("a", 1, 90_000), black_since=0, frozen_since=0, silent_since=0)
    off = replace(LIMITS, black_millis=0, silence_millis=0, freeze_millis=0)
    assert fault_of(seen, off, 90_000) is None


def test_an_input_taken_out_of_the_channel_is_replaced_at_once() -> None:
    _, switches = play(
        lambda now: [
            *([well("primary", 1, now)] if now < 5000 else []),
            well("backup", 2, now),
        ],
        6000,
    )
    assert (switches[1].reason, switches[1].after) == ("InputRemoved", OnAir("Input", "backup"))


def test_the_third_input_serves_when_two_are_dead() -> None:
    log, _ = play(
        lambda now: [
            Seen("a", 1),
            seen_while("b", 2, lambda at: at < 5000, now),
            well("c", 3, now),
        ],
        9000,
    )
    assert on_air_at(log, 8000) == OnAir("Input", "c")


NAMES = ["a", "b", "c"]


@st.composite
def histories(draw: st.DrawFn) -> list[list[Seen]]:
    """Of up to three inputs, frame by frame: pictures come or not, with any signs, in spells."""
    frames: list[list[Seen]] = []
    current = {name: Seen(name, n % 2) for n, name in enumerate(NAMES)}
    for _ in range(draw(st.integers(1, 12))):
        comes = {name: draw(st.booleans()) for name in NAMES}
        signs = {
            name: draw(st.sampled_from(["", "", "black", "silent", "frozen"])) for name in NAMES
        }
        for _ in range(draw(st.integers(1, 60))):
            now = len(frames) * FRAME
            for name in NAMES:
                before = current[name]
                if comes[name]:
                    before = replace(before, last_picture_at=now, last_sound_at=now)
                since = {
                    f"{sign}_since": (getattr(before, f"{sign}_since") or now)
                    if sign == signs[name]
                    else None
                    for sign in ("black", "silent", "frozen")
                }
                current[name] = with_signs(before, since)
            frames.append(list(current.values()))
    return frames


@settings(max_examples=60, deadline=None)
@given(histories())
def test_whatever_inputs_do_one_fit_source_is_on_air(frames: list[list[Seen]]) -> None:
    def world(now: int) -> Sequence[Seen]:
        return frames[now // FRAME]

    log, switches = play(world, len(frames) * FRAME)
    assert (log, switches) == play(world, len(frames) * FRAME)
    assert len(log) == len(frames)
    for now, on_air in log:
        faults = {one.name: fault_of(one, LIMITS, now) for one in world(now)}
        assert (on_air.input is None) == (on_air.kind == "Slate")
        if on_air.input is not None and None in faults.values():
            assert (on_air.kind, faults[on_air.input]) == ("Input", None)
        if on_air.kind == "Input":
            assert faults[on_air.input or ""] in (None, "Silent")
    for earlier, later in pairwise(switches):
        assert earlier.after == later.before
