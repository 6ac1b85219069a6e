"""What can be played of a title at any moment of its encoding."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.title.assemble import AUDIO_SLACK, Gap, assemble
from media_runtime.title.index import Index, Track
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Plan

from .films import audio_entry, chunk_entry, film, images_entry, whole_ledger


def names(track: Track) -> list[tuple[str, int, str]]:
    return [(run.key, run.run, s.sha256) for run in track.runs for s in run.segments]


def seconds(track: Track) -> Fraction:
    return Fraction(
        track.start + sum(s.duration for run in track.runs for s in run.segments), track.timescale
    )


def tracks(index: Index) -> dict[str, Track]:
    video = {v.rung.name: v for v in index.video}
    return video | {a.rendition.name: a for a in index.audio}


def test_nothing_can_be_played_before_the_first_chunk_is_there_in_every_rung() -> None:
    plan = film()
    audio = {"key-stereo": [e] if (e := audio_entry(plan, "stereo", 0)) else []}
    only_one_rung = audio | {"key-360p-0": [chunk_entry(plan, "360p", 0)]}
    assert assemble(plan, {}, None, complete=False) is None
    assert assemble(plan, audio, None, complete=False) is None
    assert assemble(plan, only_one_rung, None, complete=False) is None


def test_nothing_can_be_played_without_the_sound() -> None:
    plan = film()
    ledger = {k: v for k, v in whole_ledger(plan).items() if k != "key-stereo"}
    assert assemble(plan, ledger, None, complete=False) is None


def test_the_first_chunk_and_the_first_run_of_sound_are_a_title() -> None:
    plan = film(chunk_segments=(2, 5))
    sound = audio_entry(plan, "stereo", 0, per_run=2)
    assert sound
    ledger = {f"key-{r.name}-0": [chunk_entry(plan, r.name, 0)] for r in plan.rungs}
    index = assemble(plan, ledger | {"key-stereo": [sound]}, None, complete=False)
    assert index
    assert {name: len(names(t)) for name, t in tracks(index).items()} == {
        "360p": 2,
        "720p": 2,
        "stereo": 2,
    }


def test_a_chunk_that_is_done_early_waits_for_the_one_before_it() -> None:
    plan = film(chunk_segments=(2, 5, 5))
    ledger = {k: v for k, v in whole_ledger(plan).items() if k != "key-720p-1"}
    index = assemble(plan, ledger, None, complete=False)
    assert index
    assert {len(names(v)) for v in index.video} == {2}


def test_sound_that_lags_holds_the_picture_back_to_what_it_covers() -> None:
    plan = film(chunk_segments=(2, 10))
    first = audio_entry(plan, "stereo", 0, per_run=3)
    assert first
    index = assemble(plan, whole_ledger(plan) | {"key-stereo": [first]}, None, complete=False)
    assert index
    assert {len(names(v)) for v in index.video} == {3}


def test_sound_that_ends_for_good_before_the_picture_holds_nothing_back() -> None:
    plan = film(chunk_segments=(2, 10))
    short = audio_entry(plan, "stereo", 0, per_run=3)
    assert short
    ended = short.model_copy(update={"last": True})
    index = assemble(plan, whole_ledger(plan) | {"key-stereo": [ended]}, None, complete=True)
    assert index
    assert len(names(index.video[0])) == 12


def test_the_short_last_segment_of_sound_waits_for_the_picture_s() -> None:
    plan = film(chunk_segments=(4,), rungs=("360p",), audio=("english", "french"), tail_frames=3)
    first = audio_entry(plan, "french", 0, per_run=3)
    assert first
    index = assemble(plan, whole_ledger(plan) | {"key-french": [first]}, None, complete=False)
    assert index
    assert {len(names(track)) for track in tracks(index).values()} == {3}


def test_a_chunk_under_another_cmaf_header_is_not_spliced_in() -> None:
    plan = film(chunk_segments=(2, 5))
    odd = {"key-360p-1": [chunk_entry(plan, "360p", 1, init="f" * 64)]}
    index = assemble(plan, whole_ledger(plan) | odd, None, complete=False)
    assert index
    assert {len(names(v)) for v in index.video} == {2}


def test_a_chunk_that_starts_at_another_time_is_not_spliced_in() -> None:
    plan = film(chunk_segments=(2, 5))
    late = chunk_entry(plan, "360p", 1)
    odd = {"key-360p-1": [late.model_copy(update={"start": late.start + 1})]}
    with pytest.raises(Gap, match="360p has 1 of 2 chunks"):
        assemble(plan, whole_ledger(plan) | odd, None, complete=True)


def test_completeness_is_refused_when_sound_ends_early() -> None:
    plan = film()
    first = audio_entry(plan, "stereo", 0)
    assert first
    with pytest.raises(Gap, match="stereo ends early"):
        assemble(plan, whole_ledger(plan) | {"key-stereo": [first]}, None, complete=True)


def test_rates_are_declared_from_the_plan_until_they_can_be_measured() -> None:
    plan = film()
    before = assemble(plan, whole_ledger(plan), None, complete=False)
    after = assemble(plan, whole_ledger(plan), None, complete=True)
    assert before
    assert after
    assert (before.video[0].peak_kbps, before.video[0].average_kbps) == (1200, 800)
    assert (after.video[0].peak_kbps, after.video[0].average_kbps) == (200, 200)


def test_a_title_without_a_picture_is_as_long_as_its_shortest_sound() -> None:
    plan = film(rungs=(), audio=("english", "french"))
    long, short = audio_entry(plan, "english", 0, per_run=5), audio_entry(plan, "french", 0)
    assert long
    assert short
    ledger = {"key-english": [long], "key-french": [short]}
    index = assemble(plan, ledger, None, complete=False)
    assert index
    assert [len(names(a)) for a in index.audio] == [3, 3]


def test_thumbnails_are_named_once_they_are_made() -> None:
    plan = film()
    without = assemble(plan, whole_ledger(plan), None, complete=False)
    index = assemble(plan, whole_ledger(plan), images_entry(plan), complete=True)
    assert without
    assert index
    assert without.images is None
    assert index.images
    assert (index.images.columns, index.images.pictures) == (10, 5)


plans = st.builds(
    film,
    chunk_segments=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    rungs=st.sampled_from([(), ("360p",), ("240p", "360p", "720p")]),
    audio=st.sampled_from([(), ("stereo",), ("english", "french")]),
    tail_frames=st.integers(1, 100),
).filter(lambda plan: bool(plan.rungs or plan.audio))


def as_finished(
    plan: Plan, order: random.Random
) -> Sequence[tuple[str, Mapping[str, list[Entry]]]]:
    """The ledger after each write, chunks in any order, sound run by run."""
    waiting = {key: list(entries) for key, entries in whole_ledger(plan).items()}
    ledger: dict[str, list[Entry]] = {}
    states = []
    while waiting:
        key = order.choice(sorted(waiting))
        ledger = ledger | {key: [*ledger.get(key, []), waiting[key].pop(0)]}
        if not waiting[key]:
            del waiting[key]
        states.append((key, ledger))
    return states


@given(plan=plans, order=st.randoms(use_true_random=False))
def test_what_was_named_once_stays_named_and_in_its_place(plan: Plan, order: random.Random) -> None:
    before: dict[str, list[tuple[str, int, str]]] = {}
    for _, ledger in as_finished(plan, order):
        index = assemble(plan, ledger, None, complete=False)
        now = {name: names(t) for name, t in tracks(index).items()} if index else {}
        for name, old in before.items():
            assert now[name][: len(old)] == old
        before = now


@given(plan=plans, order=st.randoms(use_true_random=False))
def test_only_what_is_in_the_ledger_is_ever_named(plan: Plan, order: random.Random) -> None:
    for _, ledger in as_finished(plan, order):
        stored = {
            (key, e.run, s.sha256) for key, es in ledger.items() for e in es for s in e.segments
        }
        index = assemble(plan, ledger, None, complete=False)
        for track in tracks(index).values() if index else ():
            assert set(names(track)) <= stored


@given(plan=plans, order=st.randoms(use_true_random=False))
def test_all_renditions_end_together(plan: Plan, order: random.Random) -> None:
    for _, ledger in as_finished(plan, order):
        index = assemble(plan, ledger, None, complete=False)
        if index:
            assert len({len(names(v)) for v in index.video}) <= 1
            ends = [seconds(t) for t in tracks(index).values()]
            assert max(ends) - min(ends) <= AUDIO_SLACK


@given(plan=plans, order=st.randoms(use_true_random=False))
def test_when_all_is_written_all_is_named(plan: Plan, order: random.Random) -> None:
    _, ledger = as_finished(plan, order)[-1]
    index = assemble(plan, ledger, None, complete=True)
    assert index
    for track in tracks(index).values():
        assert track.runs[0].run == 0
    assert sum(len(names(t)) for t in tracks(index).values()) == sum(
        len(e.segments) for entries in ledger.values() for e in entries
    )
