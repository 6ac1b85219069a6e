"""The queue: what it merges, what comes back, and what it does not serve."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from operators.cache import Key
from operators.failures import Conflict, Fenced, Permanent, Transient
from operators.queue import LATER, Backoff, Queue, Result

PILOT: Key = ("TranscodeJob", "vod", "pilot")
FILM: Key = ("MediaAsset", "vod", "film")


async def so(until: Callable[[], bool]) -> None:
    while not until():  # noqa: ASYNC110 - what is waited for is the loop itself
        await asyncio.sleep(0)


async def served(queue: Queue, until: Callable[[], bool]) -> None:
    """Serve until it is so; a test that waits in vain ends by pytest's own timeout."""
    serving = asyncio.create_task(queue.run())
    await so(until)
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def test_many_triggers_are_one_reconcile_and_one_during_it_is_one_more() -> None:
    seen: Counter[Key] = Counter()

    async def main() -> None:
        async def reconcile(key: Key) -> None:
            seen[key] += 1
            if seen[key] == 1:
                queue.add(PILOT)
                queue.add(PILOT)

        queue = Queue(reconcile)
        queue.add(PILOT)
        queue.add(PILOT)
        queue.open()
        await served(queue, lambda: seen[PILOT] == 2 and queue.depth == 0)

    asyncio.run(main())
    assert seen == {PILOT: 2}


def results_of(fail: Exception | None) -> tuple[list[Result], int]:
    """What one failing reconcile is called, and how often it is tried in all."""
    said: list[Result] = []
    tries = 0

    async def main() -> None:
        async def reconcile(key: Key) -> None:
            nonlocal tries
            if key == PILOT:
                tries += 1
                if tries == 1 and fail is not None:
                    raise fail

        def note(key: Key, result: Result, _: float) -> None:
            if key == PILOT:
                said.append(result)

        queue = Queue(reconcile, observe=note)
        queue.add(PILOT)
        queue.open()
        again = not isinstance(fail, Permanent | Fenced)
        await served(queue, lambda: tries == (2 if again and fail else 1) and len(said) == tries)

    asyncio.run(main())
    return said, tries


def test_a_conflict_is_decided_again_at_once() -> None:
    assert results_of(Conflict("apply", "Job", "a", "stale")) == (["conflict", "done"], 2)


def test_an_api_server_that_was_away_is_asked_again() -> None:
    assert results_of(Transient("get", "Job", "a", "away")) == (["transient", "done"], 2)


def test_what_is_refused_for_good_is_told_and_not_tried_again() -> None:
    assert results_of(Permanent("create", "Job", "a", "invalid")) == (["permanent"], 1)


def test_a_fenced_write_is_not_tried_again() -> None:
    assert results_of(Fenced("no")) == (["fenced"], 1)


def test_waits_double_up_to_a_limit() -> None:
    assert [Backoff(1, 5).after(n) for n in (1, 2, 3, 4, 99)] == [1, 2, 4, 5, 5]
    assert LATER.after(1000) == 30


def test_a_closed_queue_takes_and_does_not_serve() -> None:
    seen: list[Key] = []

    async def main() -> None:
        async def reconcile(key: Key) -> None:
            seen.append(key)

        queue = Queue(reconcile)
        serving = asyncio.create_task(queue.run())
        queue.open()
        queue.add(FILM)
        await so(lambda: bool(seen))
        queue.close()
        queue.add(PILOT)
        for _ in range(10):
            await asyncio.sleep(0)
        assert (seen, queue.depth, queue.oldest_seconds()) == ([FILM], 1, 0)
        queue.open()
        await so(lambda: not queue.depth)
        await queue.idle()
        serving.cancel()

    asyncio.run(main())
    assert seen == [FILM, PILOT]


def test_the_earlier_of_two_plans_holds_and_a_trigger_overtakes_both() -> None:
    async def main() -> None:
        queue = Queue(_nothing)
        queue.add_after(PILOT, 1000)
        queue.add_after(PILOT, 0)
        queue.add_after(PILOT, 2000)
        await so(lambda: queue.depth > 0)
        queue.add_after(FILM, 1000)
        queue.add(FILM)
        assert queue.depth == 2

    asyncio.run(main())


_nothing: Callable[[Key], Awaitable[None]] = lambda _key: asyncio.sleep(0)  # noqa: E731 - a value
