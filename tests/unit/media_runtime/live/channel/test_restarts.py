"""A channel that dies is started again at once, and not for ever."""

import pytest

from crds.work import Exit
from media_runtime.live.channel.restarts import Restarts, after_death, exit_code, in_order


def pauses(*deaths: float) -> list[float | None]:
    """After each of the deaths, until nothing is started any more."""
    known, found = Restarts(), list[float | None]()
    for now in deaths:
        again = after_death(known, now, 1)
        if again is None:
            return [*found, None]
        known, pause = again
        found.append(pause)
    return found


def test_one_that_dies_now_and_then_is_started_at_once_for_ever() -> None:
    assert pauses(*(600.0 * n for n in range(50))) == [0] * 50


def test_one_that_dies_as_often_as_it_starts_is_given_up_within_seconds() -> None:
    found = pauses(0.1, 0.2, 0.3, 1.4, 3.5, 9.0)
    assert found == [0, 0, 1, 2, None]
    # a kubelet ends a container that does not answer for 30 s, and would tell another story
    assert sum(pause for pause in found if pause) < 15


def test_what_is_long_past_does_not_count() -> None:
    assert pauses(0, 1, 2, 3, 200, 201, 202, 203, 204) == [0, 0, 1, 2, 0, 0, 1, 2, None]


def test_restarts_are_counted_for_ever() -> None:
    known = Restarts()
    for now in range(0, 6000, 600):
        again = after_death(known, now, 1)
        assert again is not None
        known = again[0]
    assert known.count == 10


@pytest.mark.parametrize(
    ("code", "reason"), [(-9, "SIGKILL"), (1, "exit code 1"), (-40, "signal 40")]
)
def test_how_the_last_one_ended_is_told_in_words(code: int, reason: str) -> None:
    again = after_death(Restarts(), 0, code)
    assert again is not None
    assert again[0].reason == reason


def test_only_one_that_was_told_to_end_or_cannot_begin_has_ended_in_order() -> None:
    assert [code for code in range(-15, 256) if in_order(code)] == [Exit.DONE, Exit.REFUSED]


def test_a_signal_is_told_as_a_shell_tells_it() -> None:
    assert [exit_code(code) for code in (-9, -11, 1, 0)] == [137, 139, 1, 0]
