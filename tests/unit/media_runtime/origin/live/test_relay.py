"""Many ask, one fetch is made; a pod that fails is left for another, and for the store."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from media_runtime.live.query import BadRequest
from media_runtime.origin.live import channel
from media_runtime.origin.live.channel import Channel
from media_runtime.origin.live.copies import Copies, Copy
from media_runtime.origin.live.dvr import Dvr
from media_runtime.origin.live.flight import Flight
from media_runtime.origin.live.relay import Relay
from media_runtime.origin.live.wants import Want, want
from media_runtime.origin.metrics import Metrics
from media_runtime.origin.problems import Problem
from media_runtime.store import Store

from .pods import FIRST, NEWS, NOON, SECOND, UID, Book, PaperDoor, state

PLAYLIST = b"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"
SEGMENT, PART = "720p/7.m4s", "720p/8.1.m4s"
BLOCKING = ("720p.m3u8", "_HLS_msn=8&_HLS_part=1")


def wanted(rest: str, query: str = "") -> Want:
    found = want(rest, query)
    assert found
    assert not isinstance(found, BadRequest)
    return found


@dataclass
class Origin:
    """Two pods of one channel, and a replica before them."""

    door: PaperDoor = field(default_factory=PaperDoor)
    book: Book = field(default_factory=lambda: Book(FIRST, SECOND))
    store: Store = field(default_factory=Store.in_memory)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.door.states = {
            FIRST: state(),
            SECOND: state(started_at=NOON + timedelta(minutes=1)),
        }
        self.channel = Channel(NEWS, self.book, self.door, self.metrics)
        dvr = Dvr(self.store, self.metrics, patience_seconds=60)
        self.relay = Relay(self.door, Copies(1 << 20), dvr, self.metrics)

    def has(self, path: str, *pieces: bytes, pods: tuple[object, ...] = (FIRST, SECOND)) -> None:
        for pod in (FIRST, SECOND):
            if pod in pods:
                self.door.answers[pod, path] = list(pieces)

    async def fetch(self, rest: str, query: str = "") -> Copy | Flight:
        await self.channel.ready()
        return await self.relay.fetch(self.channel, wanted(rest, query))

    async def content(self, rest: str, query: str = "") -> bytes:
        found = await self.fetch(rest, query)
        if isinstance(found, Copy):
            return found.content
        return b"".join([piece async for piece in found.read()])


def run(scenario: Callable[[Origin], Coroutine[None, None, None]]) -> None:
    asyncio.run(scenario(Origin()))


def test_a_thousand_who_wait_for_one_part_are_one_request() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("?".join(BLOCKING), PLAYLIST)
        found = await asyncio.gather(*(origin.content(*BLOCKING) for _ in range(1000)))
        assert set(found) == {PLAYLIST}
        assert len(origin.door.requests) == 1

    run(scenario)


def test_who_comes_later_has_what_was_waited_for_from_memory() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("?".join(BLOCKING), PLAYLIST)
        origin.has(SEGMENT, b"media")
        for _ in range(3):
            await origin.content(*BLOCKING)
            await origin.content(SEGMENT)
        assert len(origin.door.requests) == 2

    run(scenario)


def test_who_goes_away_does_not_take_the_answer_from_who_stays() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("?".join(BLOCKING), b"first", PLAYLIST)
        origin.door.gate.clear()
        viewers = [asyncio.create_task(origin.content(*BLOCKING)) for _ in range(3)]
        await origin.door.entered.wait()
        viewers[0].cancel()
        origin.door.gate.set()
        assert await asyncio.gather(*viewers[1:]) == [b"first" + PLAYLIST] * 2
        assert len(origin.door.requests) == 1

    run(scenario)


def test_a_segment_that_grows_goes_out_as_it_grows_also_to_who_comes_late() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has(SEGMENT, b"one ", b"two ", b"three")
        origin.door.growing = {SEGMENT}
        origin.door.gate.clear()
        early = await origin.fetch(SEGMENT)
        assert isinstance(early, Flight)
        assert await anext(early.read()) == b"one "
        late = await origin.fetch(SEGMENT)
        assert late is early
        assert await anext(late.read()) == b"one "
        origin.door.gate.set()
        assert b"".join([piece async for piece in late.read()]) == b"one two three"
        assert isinstance(await origin.fetch(SEGMENT), Copy)
        assert await origin.content(SEGMENT) == b"one two three"
        assert len(origin.door.requests) == 1

    run(scenario)


def test_a_segment_that_breaks_off_is_not_taken_for_whole() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has(SEGMENT, b"one ", b"two ", pods=(FIRST,))
        origin.door.growing = {SEGMENT}
        origin.door.gate.clear()
        found = await origin.fetch(SEGMENT)
        assert isinstance(found, Flight)
        del origin.door.states[FIRST]
        origin.door.gate.set()
        with pytest.raises(Problem, match="the packager is gone"):
            _ = [piece async for piece in found.read()]
        origin.has(SEGMENT, b"one ", b"two ", pods=(SECOND,))
        assert await origin.content(SEGMENT) == b"one two "

    run(scenario)


def test_viewers_of_a_pod_that_dies_are_answered_by_the_other() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("?".join(BLOCKING), PLAYLIST)
        await origin.channel.ready()
        assert origin.channel.pod == FIRST
        del origin.door.states[FIRST]
        assert await origin.content(*BLOCKING) == PLAYLIST
        assert [pod for pod, _ in origin.door.requests] == [FIRST, SECOND]
        assert origin.channel.pod == SECOND

    run(scenario)


def test_viewers_who_wait_at_a_pod_that_vanishes_are_answered_by_the_other() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("?".join(BLOCKING), PLAYLIST)
        origin.door.hanging = {FIRST}
        viewer = asyncio.create_task(origin.content(*BLOCKING))
        await origin.door.entered.wait()
        del origin.door.states[FIRST]
        await origin.channel.look()
        assert await viewer == PLAYLIST
        assert [pod for pod, _ in origin.door.requests] == [FIRST, SECOND]

    run(scenario)


def test_what_a_new_pod_does_not_have_an_older_one_still_has() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has(PART, b"media", pods=(SECOND,))
        assert await origin.content(PART) == b"media"
        assert [pod for pod, _ in origin.door.requests] == [FIRST, SECOND]

    run(scenario)


def test_what_no_pod_has_any_more_is_in_the_store() -> None:
    async def scenario(origin: Origin) -> None:
        await origin.store.write(f"demo/live/news/{UID}/720p/7.m4s", b"recorded")
        await origin.store.write(f"demo/inits/{'a' * 64}.mp4", b"header")
        assert await origin.content(SEGMENT) == b"recorded"
        assert await origin.content(f"720p/{'a' * 64}.mp4") == b"header"
        found = await origin.fetch(SEGMENT)
        assert isinstance(found, Copy)
        assert found.media_type == "video/iso.segment"

    run(scenario)


def test_the_dvr_outlives_the_pods() -> None:
    async def scenario(origin: Origin) -> None:
        await origin.channel.ready()
        await origin.store.write(f"demo/live/news/{UID}/720p/7.m4s", b"recorded")
        origin.door.states.clear()
        await origin.channel.look()
        assert origin.channel.pod is None
        assert await origin.content(SEGMENT) == b"recorded"

    run(scenario)


def test_a_segment_to_come_is_not_looked_for_in_the_store() -> None:
    async def scenario(origin: Origin) -> None:
        await origin.store.write(f"demo/live/news/{UID}/720p/101.m4s", b"impossible")
        with pytest.raises(Problem) as e:
            await origin.content("720p/101.m4s")
        assert e.value.status == 404

    run(scenario)


def test_without_any_pod_a_manifest_is_stale() -> None:
    async def scenario(origin: Origin) -> None:
        origin.door.states.clear()
        with pytest.raises(Problem) as e:
            await origin.content("master.m3u8")
        assert (e.value.status, e.value.reason) == (503, "STALE_MANIFEST")

    run(scenario)


@pytest.mark.parametrize("rest", [SEGMENT, "720p/7.2.m4s", f"720p/{'a' * 64}.mp4"])
def test_without_any_pod_nobody_can_say_that_media_is_not_there(rest: str) -> None:
    async def scenario(origin: Origin) -> None:
        await origin.channel.ready()
        origin.door.states.clear()
        await origin.channel.look()
        with pytest.raises(Problem) as e:
            await origin.content(rest)
        assert (e.value.status, e.value.reason) == (503, "STALE_MANIFEST")

    run(scenario)


def test_a_pod_s_refusal_is_told_in_its_words() -> None:
    async def scenario(origin: Origin) -> None:
        said = b'{"status":400,"reason":"BadRequest","detail":"_HLS_msn 9 is too far ahead"}'
        origin.door.refusals[FIRST, "720p.m3u8?_HLS_msn=9"] = (400, said)
        with pytest.raises(Problem, match="_HLS_msn 9 is too far ahead") as e:
            await origin.content("720p.m3u8", "_HLS_msn=9")
        assert (e.value.status, e.value.reason) == (400, "BadRequest")
        assert len(origin.door.requests) == 1

    run(scenario)


def test_where_a_pod_fails_the_other_is_asked_and_nobody_else_is_disturbed() -> None:
    async def scenario(origin: Origin) -> None:
        origin.door.refusals[FIRST, "master.m3u8"] = (500, b"oops")
        origin.has("master.m3u8", PLAYLIST, pods=(SECOND,))
        assert await origin.content("master.m3u8") == PLAYLIST
        assert origin.channel.pod == FIRST

    run(scenario)


def test_a_start_over_is_made_once_and_of_one_playlist() -> None:
    async def scenario(origin: Origin) -> None:
        origin.has("720p.m3u8", PLAYLIST)
        paths = [f"start-over/{at}/720p.m3u8" for at in (100, 200)]
        found = await asyncio.gather(*(origin.content(path) for path in paths * 50))
        assert all(b"EXT-X-START" in content for content in found)
        assert len(origin.door.requests) == 1

    run(scenario)


def test_names_are_looked_up_once_for_all_and_not_for_each_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "LOOK_SECONDS", 3600)

    async def scenario(origin: Origin) -> None:
        origin.has(SEGMENT, b"media")
        await asyncio.gather(*(origin.content(SEGMENT) for _ in range(100)))
        await asyncio.gather(*(origin.content(SEGMENT) for _ in range(100)))
        assert origin.book.asked == {"demo.news": 1}

    run(scenario)


def test_what_was_known_stays_true_while_the_name_servers_are_away() -> None:
    async def scenario(origin: Origin) -> None:
        await origin.channel.ready()
        origin.book.away = True
        await origin.channel.look()
        assert origin.channel.exists
        assert origin.channel.pod == FIRST

    run(scenario)


def test_viewers_go_where_the_name_leads_now() -> None:
    async def scenario(origin: Origin) -> None:
        await origin.channel.ready()
        origin.book.pods = frozenset({SECOND})
        await origin.channel.look()
        assert origin.channel.pod == SECOND

    run(scenario)
