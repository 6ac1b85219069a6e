"""Neighbours that lack the same are made by one decode, and nothing that is there is made again."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from media_runtime.encode.stretch import keys_of, rungs_by_key, stretches
from media_runtime.title.plan import ByteRange, Plan
from tests.unit.media_runtime.title.films import film


def plan_of(chunks: int) -> Plan:
    plan = film(chunk_segments=[2] * chunks)
    stilled = [
        chunk.model_copy(
            update={
                "stills": f"stills-{chunk.index}",
                "seek_seconds": Fraction(8 * chunk.index),
                "reads": (
                    ByteRange(offset=0, length=10),
                    ByteRange(offset=100 * chunk.index, length=110),
                ),
            }
        )
        for chunk in plan.chunks
    ]
    return plan.model_copy(update={"chunks": tuple(stilled)})


PLAN = plan_of(6)
ALL = {key for chunk in PLAN.chunks for key in keys_of(chunk)}


def test_what_lacks_all_is_one_stretch() -> None:
    (found,) = stretches(PLAN, PLAN.chunks[1:5], ALL)
    whole = found.whole
    assert (whole.first_segment, whole.segments) == (2, 8)
    assert whole.seek_seconds == Fraction(8)
    assert [(r.offset, r.length) for r in whole.reads] == [(0, 10), (100, 410)]
    assert found.stills == {1, 2, 3, 4}


def test_a_stretch_reads_the_excerpts_of_all_its_chunks_or_of_none() -> None:
    chunks = [
        chunk.model_copy(update={"excerpt": (chunk.reads[0], ByteRange(offset=at, length=200))})
        for chunk, at in zip(PLAN.chunks[1:3], (300, 400), strict=True)
    ]
    (found,) = stretches(PLAN, chunks, ALL)
    assert [(r.offset, r.length) for r in found.whole.excerpt] == [(0, 10), (300, 300)]
    (found,) = stretches(PLAN, [*chunks, PLAN.chunks[3]], ALL)
    assert found.whole.excerpt == ()


def test_a_chunk_that_is_there_parts_its_neighbours() -> None:
    found = stretches(PLAN, PLAN.chunks[1:5], ALL - keys_of(PLAN.chunks[2]))
    assert [[chunk.index for chunk in one.chunks] for one in found] == [[1], [3, 4]]


def test_another_set_of_rungs_is_another_decode() -> None:
    found = stretches(PLAN, PLAN.chunks[1:4], ALL - {"key-360p-2"})
    assert [[rung.name for rung in one.rungs] for one in found] == [
        ["360p", "720p"],
        ["720p"],
        ["360p", "720p"],
    ]


def test_stills_that_are_there_part_nobody() -> None:
    (found,) = stretches(PLAN, PLAN.chunks[1:4], ALL - {"stills-2"})
    assert found.stills == {1, 3}
    assert found.pictures(PLAN).places


def test_stills_alone_need_no_rung() -> None:
    (found,) = stretches(PLAN, PLAN.chunks[1:4], {"stills-2"})
    assert found.rungs == ()
    assert found.stills == {2}


@given(some.sets(some.sampled_from(sorted(ALL))))
def test_each_address_that_is_missing_is_made_once_and_no_other(missing: set[str]) -> None:
    filled = []
    for stretch in stretches(PLAN, PLAN.chunks, missing):
        for chunk in stretch.chunks:
            addresses = {rung.name: key for key, rung in rungs_by_key(PLAN, chunk).items()}
            filled += [addresses[rung.name] for rung in stretch.rungs]
        filled += [f"stills-{index}" for index in stretch.stills]
    assert sorted(filled) == sorted(missing)
