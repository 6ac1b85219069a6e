"""Parts are what the encoder made, in the places that the clock gives them."""

from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media_runtime.cmaf import Fragment, Sample, read_fragments
from media_runtime.cmaf.boxes import Malformed
from media_runtime.live.clock import Place, pictures
from media_runtime.live.parts import Cutter, Late, Missing, NoKeyFrame, Part

from .shows import AAC, MSN, NTSC, PAL, cut, encoded, grid, parts

CADENCE = pictures(PAL)
GRID = grid(CADENCE, AAC)
FIRST = GRID.first(CADENCE, Place(MSN, 0))


def samples(part: Part) -> list[Sample]:
    return [s for f in read_fragments(part.content) for s in f.samples]


def contents(part: Part) -> list[int]:
    return [int(bytes(s.content)) - FIRST for s in samples(part)]


def made(
    count: int = 100, missing: frozenset[int] = frozenset(), keyless: frozenset[int] = frozenset()
) -> list[object]:
    fragments = encoded(
        GRID,
        CADENCE,
        first=FIRST,
        count=count,
        missing=frozenset(FIRST + n for n in missing),
        keyless=keyless,
    )
    return [*cut(GRID, CADENCE, fragments, first=FIRST)]


def only_parts(found: list[object]) -> list[Part]:
    return [one for one in found if isinstance(one, Part)]


def test_each_picture_is_in_one_part_in_its_turn() -> None:
    found = only_parts(made())
    assert [n for part in found for n in contents(part)] == list(range(100))
    assert [len(contents(part)) for part in found] == [8, 9, 8, 8, 9, 8] * 2


def test_a_part_is_there_with_its_last_picture() -> None:
    assert len(only_parts(made(7))) == 0
    assert len(only_parts(made(8))) == 1


def test_a_segment_is_its_parts_one_after_the_other() -> None:
    for _, same in groupby(only_parts(made()), key=lambda part: part.place.msn):
        segment = b"".join(part.content for part in same)
        fragments = list(read_fragments(segment))
        assert segment.count(b"styp") == 1
        assert segment.index(b"styp") == 4
        assert [f.decode_time for f in fragments] == sorted({f.decode_time for f in fragments})
        assert sum(s.duration for f in fragments for s in f.samples) == 50 * CADENCE.ticks


def test_decode_times_are_ticks_from_the_epoch() -> None:
    (fragment,) = read_fragments(only_parts(made())[0].content)
    assert fragment.decode_time == MSN * 2 * CADENCE.timescale


@given(some.integers(0, 120), some.sampled_from([12_800, 25, 90_000, 1_000_000]))
@settings(max_examples=30, deadline=None)
def test_wherever_the_encoder_begins_and_however_it_counts(late: int, timescale: int) -> None:
    cutter = Cutter(GRID, CADENCE, first=FIRST + late)
    fragments = encoded(GRID, CADENCE, first=FIRST + late, count=200 - late, timescale=timescale)
    found = parts([p for f in fragments for p in cutter.cut(f, timescale)])
    whole = {part.place: part for part in only_parts(made(200))}
    assert found == [whole[part.place] for part in found]
    assert found[0].place == Place(MSN + -(-late // 50), 0)


def test_a_missing_picture_is_told_and_the_one_before_it_stays() -> None:
    found = made(50, missing=frozenset({3, 4}))
    assert found[0] == Missing(FIRST + 3, FIRST + 5)
    first = only_parts(found)[0]
    assert [s.duration // CADENCE.ticks for s in samples(first)] == [1, 1, 3, 1, 1, 1]
    assert first.ticks == 8 * CADENCE.ticks


def test_a_missing_last_picture_leaves_no_hole_in_its_part() -> None:
    first = only_parts(made(50, missing=frozenset({6, 7})))[0]
    assert [s.duration // CADENCE.ticks for s in samples(first)] == [1, 1, 1, 1, 1, 3]


def test_a_key_frame_behind_its_time_does_not_begin_a_segment() -> None:
    cutter = Cutter(GRID, CADENCE, first=FIRST)
    late = frozenset({FIRST + 50})
    found: list[object] = []
    for fragment in encoded(GRID, CADENCE, first=FIRST, count=100, missing=late):
        (sample,) = fragment.samples
        key = sample.key or bytes(sample.content) == str(FIRST + 51).encode()
        keyed = Fragment(fragment.decode_time, (replace(sample, key=key),))
        found += cutter.cut(keyed, CADENCE.timescale)
    assert NoKeyFrame(MSN + 1) in found
    assert [part.gap for part in only_parts(found)] == [False] * 6 + [True] * 6


def test_a_part_of_which_nothing_came_is_a_gap_in_its_place() -> None:
    found = only_parts(made(50, missing=frozenset(range(8, 20))))
    assert [part.gap for part in found] == [False, True, False, False, False, False]
    assert [part.place.part for part in found] == list(range(6))
    (fragment,) = read_fragments(found[2].content)
    assert fragment.decode_time == (FIRST + 20) * CADENCE.ticks


def test_a_segment_that_does_not_begin_with_a_key_frame_is_a_gap() -> None:
    found = made(150, keyless=frozenset({MSN + 1}))
    assert NoKeyFrame(MSN + 1) in found
    assert [part.gap for part in only_parts(found)] == [False] * 6 + [True] * 6 + [False] * 6


def test_a_segment_whose_key_frame_is_missing_is_a_gap() -> None:
    found = made(150, missing=frozenset({50}))
    assert found.index(Missing(FIRST + 50, FIRST + 51)) < found.index(NoKeyFrame(MSN + 1))
    assert [part.gap for part in only_parts(found)] == [False] * 6 + [True] * 6 + [False] * 6


def test_an_encoder_that_never_makes_key_frames_is_told_of_for_each_segment() -> None:
    assert made(150, keyless=frozenset({MSN, MSN + 1, MSN + 2})) == [
        NoKeyFrame(MSN + n) for n in range(3)
    ]


def test_a_picture_for_a_time_that_is_over_is_dropped() -> None:
    cutter = Cutter(GRID, CADENCE, first=FIRST)
    fragments = list(encoded(GRID, CADENCE, first=FIRST, count=10))
    found = [
        one
        for fragment in [*fragments[:6], fragments[3], *fragments[6:]]
        for one in cutter.cut(fragment, CADENCE.timescale)
    ]
    assert found[0] == Late(FIRST + 3, FIRST + 6)
    assert contents(only_parts([*found])[0]) == list(range(8))


def test_an_encoder_whose_clock_leaps_is_refused() -> None:
    with pytest.raises(Malformed, match=r"leaps by 400.0 s"):
        made(12_000, missing=frozenset(range(10, 10_010)))


def test_reordered_pictures_shift_the_header_and_not_the_grid() -> None:
    cutter = Cutter(GRID, CADENCE, first=FIRST)
    for fragment in encoded(GRID, CADENCE, first=FIRST, count=1, timescale=12_800):
        (sample,) = fragment.samples
        reordered = type(fragment)(
            fragment.decode_time,
            (Sample(sample.content, sample.duration, key=True, offset=1024),),
        )
        assert list(cutter.cut(reordered, 12_800)) == []
    assert cutter.shift == 2 * CADENCE.ticks


def test_sound_and_picture_are_cut_alike_for_an_hour_at_29_97() -> None:
    picture = pictures(NTSC)
    where = grid(picture, AAC)
    for msn in range(MSN, MSN + 1800, 77):
        seen = where.first(picture, Place(msn, 0)) / picture.rate
        heard = where.first(AAC, Place(msn, 0)) / AAC.rate
        assert abs(seen - heard) <= 1 / AAC.rate / 2
