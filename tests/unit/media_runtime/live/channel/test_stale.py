"""An edge is sent elsewhere for the worst reason there is, and for none while all is well."""

from dataclasses import replace

from media_runtime.live.channel.stale import Output, stale

WELL = Output(since_segment=1.9, segment=2.0, slate_for=0.0, missing_rungs=0, ended=False)


def test_all_is_well() -> None:
    assert stale(WELL) is None
    assert stale(replace(WELL, since_segment=3.9, slate_for=9.0)) is None


def test_no_new_segment_for_two_of_them() -> None:
    assert stale(replace(WELL, since_segment=4.1)) == "STALE_MANIFEST"


def test_a_slate_that_stays() -> None:
    assert stale(replace(WELL, slate_for=10.0)) == "SLATE_INPUT"


def test_a_rung_is_missing() -> None:
    assert stale(replace(WELL, missing_rungs=1)) == "INCOMPLETE_MANIFEST"


def test_the_worst_is_told() -> None:
    worst = Output(since_segment=99.0, segment=2.0, slate_for=99.0, missing_rungs=2, ended=False)
    assert stale(worst) == "STALE_MANIFEST"
    assert stale(replace(worst, since_segment=0.0)) == "SLATE_INPUT"
    assert stale(replace(worst, ended=True)) is None
