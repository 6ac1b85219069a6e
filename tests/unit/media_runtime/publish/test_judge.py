"""A title is published only if nothing at all can be said against it."""

from collections.abc import Mapping, Sequence

from media_runtime.publish.judge import objections, wanted_objects
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Plan
from tests.unit.media_runtime.title.films import film, images_entry, whole_ledger

Ledger = Mapping[str, Sequence[Entry]]


def present(plan: Plan, entries: Ledger) -> dict[str, int]:
    wanted = wanted_objects(plan, entries, images_entry(plan))
    return {name: size or 1 for name, size in wanted.items()}


def said(plan: Plan, entries: Ledger, there: Mapping[str, int] | None = None) -> list[str]:
    there = present(plan, entries) if there is None else there
    return list(objections(plan, entries, images_entry(plan), there))


def changed(entries: Ledger, key: str, **update: object) -> Ledger:
    first, *rest = entries[key]
    return {**entries, key: [first.model_copy(update=update), *rest]}


def test_nothing_is_said_against_a_whole_title() -> None:
    plan = film()
    assert said(plan, whole_ledger(plan)) == []


def test_a_missing_chunk_is_counted() -> None:
    plan = film()
    entries = {key: runs for key, runs in whole_ledger(plan).items() if key != "key-720p-1"}
    assert said(plan, entries) == ["720p has 2 of 3 chunks"]


def test_sound_without_its_last_run_is_noticed() -> None:
    plan = film()
    entries = dict(whole_ledger(plan))
    entries["key-stereo"] = entries["key-stereo"][:-1]
    assert "stereo has no last run" in said(plan, entries)


def test_missing_thumbnails_are_noticed() -> None:
    plan = film()
    entries = whole_ledger(plan)
    assert list(objections(plan, entries, None, present(plan, entries))) == [
        "the thumbnails are missing"
    ]


def test_an_object_that_is_not_there_is_named() -> None:
    plan = film()
    entries = whole_ledger(plan)
    there = present(plan, entries)
    del there["chunks/key-360p-0/0.m4s"]
    assert said(plan, entries, there) == ["chunks/key-360p-0/0.m4s is promised, but is not there"]


def test_an_object_of_another_size_is_named() -> None:
    plan = film()
    entries = whole_ledger(plan)
    there = present(plan, entries) | {"chunks/key-360p-0/0.m4s": 1}
    assert said(plan, entries, there) == ["chunks/key-360p-0/0.m4s has 1 bytes, not 200000"]


def test_chunks_with_two_headers_are_noticed() -> None:
    plan = film()
    entries = changed(whole_ledger(plan), "key-360p-1", init="c" * 64)
    assert "360p has chunks with different headers" in said(plan, entries)


def test_a_gap_in_the_timeline_is_noticed() -> None:
    plan = film()
    entries = changed(whole_ledger(plan), "key-360p-1", start=1)
    assert "360p has a gap before tick 1" in said(plan, entries)


def test_a_lost_frame_is_noticed() -> None:
    plan = film()
    entries = changed(whole_ledger(plan), "key-360p-0", samples=199)
    assert "360p has 1199 of 1200 frames" in said(plan, entries)


def test_sound_apart_from_the_picture_is_measured() -> None:
    plan = film()
    (last,) = [run for run in whole_ledger(plan)["key-stereo"] if run.last]
    short = [s.model_copy(update={"duration": s.duration - 4800}) for s in last.segments]
    runs = [
        *whole_ledger(plan)["key-stereo"][:-1],
        last.model_copy(update={"segments": tuple(short)}),
    ]
    entries = {**whole_ledger(plan), "key-stereo": runs}
    assert any("ms apart; 40 ms at most" in objection for objection in said(plan, entries))


def test_likeness_is_asked_of_every_rung() -> None:
    plan = film(chunk_segments=(2,), rungs=("360p", "720p")).model_copy(update={"min_ssim": 0.95})
    entries = changed(whole_ledger(plan), "key-360p-0", ssim=0.9)
    assert said(plan, entries) == [
        "360p has an SSIM of 0.9000; 0.95 is asked for",
        "720p was not measured for SSIM",
    ]
