"""Where a segment's bytes lie."""

from media_runtime.origin.shelf import Place, place

from .titles import video


def test_every_segment_is_found_in_its_object() -> None:
    track = video(segments=10)
    wanted = [Place(run.key, run.run, s) for run in track.runs for s in run.segments]
    assert [place(track, n) for n in range(10)] == wanted


def test_a_segment_that_is_not_named_is_nowhere() -> None:
    assert place(video(segments=10), 10) is None
    assert place(video(segments=10), -1) is None
