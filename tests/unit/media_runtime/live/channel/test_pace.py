"""Rungs go when the encoder is too slow, and come back only after long peace."""

from media_runtime.live.channel.pace import (
    CALM_SECONDS,
    SETTLE_SECONDS,
    Change,
    Pace,
    begun,
    judged,
)

LATE, FINE = 2_000, 50


def after(*spells: tuple[int, int], rungs: int = 3, pace: Pace | None = None) -> list[str]:
    """The changes, and when, through spells of (milliseconds behind, seconds)."""
    state, now, changes = pace or Pace(), 0, []
    for behind, seconds in spells:
        for _ in range(seconds):
            state, change = judged(state, rungs, behind, float(now))
            if change is not Change.NONE:
                changes.append(f"{change.name} at {now}: {state.dropped} dropped")
            now += 1
    return changes


def test_one_slow_moment_changes_nothing() -> None:
    assert after((FINE, 10), (LATE, 2), (FINE, 10), (LATE, 2), (FINE, 10)) == []


def test_the_top_rung_goes_first_and_the_next_only_if_that_was_not_enough() -> None:
    assert after((LATE, 10), (FINE, 30)) == ["DROP at 3: 1 dropped"]
    second = 3 + SETTLE_SECONDS + 0
    assert after((LATE, 20)) == ["DROP at 3: 1 dropped", f"DROP at {second}: 2 dropped"]


def test_the_last_rung_stays_whatever_happens() -> None:
    assert after((LATE, 200), rungs=1) == []
    assert after((LATE, 200), rungs=2) == ["DROP at 3: 1 dropped"]


def test_a_rung_comes_back_after_long_calm() -> None:
    told = after((LATE, 6), (FINE, CALM_SECONDS + 20))
    assert told[0] == "DROP at 3: 1 dropped"
    assert told[1].startswith("RESTORE at ")
    assert len(told) == 2


def test_calm_begins_anew_with_each_slow_moment() -> None:
    assert after((LATE, 6), (FINE, CALM_SECONDS - 10), (500, 1), (FINE, CALM_SECONDS - 10)) == [
        "DROP at 3: 1 dropped"
    ]


def test_a_relapse_doubles_the_calm_that_is_asked_for() -> None:
    spell = ((LATE, 6), (FINE, CALM_SECONDS + 10), (LATE, 10), (FINE, CALM_SECONDS + 30))
    told = after(*spell)
    assert [change.split()[0] for change in told] == ["DROP", "RESTORE", "DROP"]
    again = after(*spell, (FINE, CALM_SECONDS))
    assert [change.split()[0] for change in again] == ["DROP", "RESTORE", "DROP", "RESTORE"]


def test_an_encoder_that_comes_up_is_not_judged_yet() -> None:
    early = begun(Pace(), 0.0)
    assert after((9_000, SETTLE_SECONDS), (FINE, 30), pace=early) == []
    assert after((LATE, SETTLE_SECONDS + 1), pace=early) == ["DROP at 10: 1 dropped"]


def test_too_far_behind_begins_anew_at_the_time() -> None:
    assert after((9_000, 1)) == ["RENEW at 0: 1 dropped"]
    assert after((9_000, 1), rungs=1) == ["RENEW at 0: 0 dropped"]
