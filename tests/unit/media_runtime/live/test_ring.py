"""The ring remembers what is new, forgets what is old, and wakes whoever waits, once."""

import asyncio

import pytest

from media_runtime.live.clock import Place
from media_runtime.live.parts import Part
from media_runtime.live.ring import Ring

from .shows import MSN, History

HISTORY = History(parts=120, listed=3)
CADENCE = HISTORY.cadences[0]
PARTS = HISTORY.made(CADENCE)


def ring_with(count: int, listed: int = 3) -> Ring:
    ring = Ring("720p", HISTORY.grid, CADENCE, listed=listed)
    for part in PARTS[:count]:
        ring.append(part, init="init")
    return ring


def test_it_is_bounded_by_its_window() -> None:
    full = ring_with(120).statistics()
    assert (full.segments, full.evicted_segments, full.appended_parts) == (7, 13, 120)
    assert full.bytes == sum(len(part.content) for part in PARTS[-42:])


def test_it_keeps_a_segment_for_as_long_again_as_it_was_listed() -> None:
    ring = ring_with(120)
    track = ring.track()
    assert track is not None
    assert [s.msn - MSN for s in track.segments] == [17, 18, 19]
    assert ring.segment(MSN + 13) is not None
    assert ring.segment(MSN + 12) is None


def test_a_segment_that_grows_is_listed_beside_the_whole_ones() -> None:
    track = ring_with(20).track()
    assert track is not None
    assert [(s.msn - MSN, s.whole) for s in track.segments] == [
        (0, True), (1, True), (2, True), (3, False),
    ]  # fmt: skip


def test_bytes_are_shared_and_never_copied() -> None:
    ring = ring_with(8)
    part, segment = ring.part(Place(MSN, 3)), ring.segment(MSN)
    assert part is PARTS[3]
    assert segment is not None
    assert all(a is b for a, b in zip(segment.parts, PARTS, strict=False))


def test_nothing_is_told_before_the_first_part() -> None:
    assert ring_with(0).track() is None
    assert ring_with(0).part(Place(MSN, 0)) is None


@pytest.mark.parametrize(
    ("count", "part", "said"),
    [
        (0, PARTS[1], "not a segment's first part"),
        (4, PARTS[5], "where Place"),
        (4, PARTS[3], "where Place"),
    ],
)
def test_parts_come_in_their_turn(count: int, part: Part, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ring_with(count).append(part, init="init")


def test_nothing_comes_after_the_end() -> None:
    ring = ring_with(4)
    ring.end()
    with pytest.raises(ValueError, match="after the end"):
        ring.append(PARTS[4], init="init")


def test_a_thousand_viewers_wait_on_one_event() -> None:
    async def watched() -> tuple[int, list[bool], int]:
        ring = ring_with(4)
        viewers = [asyncio.create_task(ring.arrived(PARTS[4].place)) for _ in range(1000)]
        patient = asyncio.create_task(ring.arrived(PARTS[5].place))
        await asyncio.sleep(0)
        waiting, events = ring.statistics().waiting, len(ring._awaited)
        assert events == 2
        ring.append(PARTS[4], init="init")
        answers = await asyncio.gather(*viewers)
        assert not patient.done()
        ring.append(PARTS[5], init="init")
        assert await patient
        return waiting, answers, ring.statistics().waiting

    assert asyncio.run(watched()) == (1001, [True] * 1000, 0)


def test_a_viewer_who_leaves_takes_nobody_along() -> None:
    async def watched() -> bool:
        ring = ring_with(4)
        leaves, stays = (asyncio.create_task(ring.arrived(PARTS[4].place)) for _ in range(2))
        await asyncio.sleep(0)
        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
        ring.append(PARTS[4], init="init")
        return await stays and leaves.cancelled()

    assert asyncio.run(watched())


def test_what_is_there_is_not_waited_for() -> None:
    assert asyncio.run(ring_with(4).arrived(PARTS[3].place))


def test_the_end_wakes_all_and_promises_nothing() -> None:
    async def watched() -> tuple[bool, bool]:
        ring = ring_with(4)
        waits = asyncio.create_task(ring.arrived(PARTS[4].place))
        await asyncio.sleep(0)
        ring.end()
        return await waits, await ring.arrived(PARTS[5].place)

    assert asyncio.run(watched()) == (False, False)


def test_discontinuities_are_counted_as_they_leave() -> None:
    history = History(parts=120, listed=3, renewed=frozenset({2, 5, 18}))
    *_, ring = history.ring(CADENCE, "720p")
    track = ring.track()
    assert track is not None
    assert track.discontinuity_sequence == 2
    assert [s.discontinuity for s in track.segments] == [False, True, False]


def storing(count: int, *, late: int | None = None) -> Ring:
    """Each segment is stored as soon as so many younger ones are whole; None: the store is away."""
    ring = Ring("720p", HISTORY.grid, CADENCE, listed=20, held=3)
    for part in PARTS[:count]:
        ring.append(part, init="init")
        if late is not None and part.place.part == 5:
            ring.stored(part.place.msn - late)
    return ring


def test_bytes_that_are_stored_leave_memory_and_stay_listed() -> None:
    ring = storing(60, late=0)
    track = ring.track()
    assert track is not None
    assert [s.slim for s in track.segments] == [True] * 7 + [False] * 3
    assert not any(s.gap for s in track.segments)
    assert ring.statistics().bytes == sum(len(part.content) for part in PARTS[42:60])


def test_a_stored_segment_is_told_as_it_was() -> None:
    was, now = ring_with(60, listed=20).track(), storing(60, late=0).track()
    assert was is not None
    assert now is not None
    assert [(s.msn, s.start, s.end, s.init) for s in was.segments] == [
        (s.msn, s.start, s.end, s.init) for s in now.segments
    ]


def test_bytes_wait_for_a_store_that_is_away_and_not_for_ever() -> None:
    ring = storing(120)
    assert ring.statistics().segments == 20
    assert ring.statistics().lost_segments == 14
    track = ring.track()
    assert track is not None
    assert [s.gap for s in track.segments] == [True] * 14 + [False] * 6


def test_bytes_that_are_stored_late_leave_memory_then() -> None:
    late = storing(120, late=5)
    assert late.statistics().lost_segments == 0
    assert late.statistics().bytes == sum(len(part.content) for part in PARTS[90:120])


def test_history_is_put_before_the_present() -> None:
    ring, earlier = storing(60, late=0), storing(24, late=0)
    later = Ring("720p", HISTORY.grid, CADENCE, listed=20, held=3)
    for part in PARTS[24:60]:
        later.append(part, init="init")
    track = earlier.track()
    assert track is not None
    later.recall(track.segments)
    whole, recalled = ring.track(), later.track()
    assert whole is not None
    assert recalled is not None
    assert [s.msn for s in recalled.segments] == [s.msn for s in whole.segments]
    assert later.due == ring.due


def test_history_with_a_hole_is_refused() -> None:
    track = storing(18).track()
    assert track is not None
    later = Ring("720p", HISTORY.grid, CADENCE, listed=20, held=3)
    for part in PARTS[24:30]:
        later.append(part, init="init")
    with pytest.raises(ValueError, match="hole"):
        later.recall(track.segments)
