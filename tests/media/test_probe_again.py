"""Done work is not done twice: second probes, edited profiles, edited films."""

import asyncio
from pathlib import Path

import pytest

from crds.work import Order
from media_runtime.failure import Refused
from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.index import Publication
from media_runtime.title.ledger import Entry, Stills
from media_runtime.title.plan import Chunk, Plan
from media_runtime.title.refs import Refs
from tests.media.clips import Clips
from tests.media.probing import LAYOUT, PROFILE, Probed, order, run


async def with_film(file: Path) -> Store:
    store = Store.in_memory()
    await store.upload(LAYOUT.upload("film"), file)
    return store


def entry(key: str, *, run: int = 0, last: bool = True) -> bytes:
    return Entry(
        key=key,
        run=run,
        last=last,
        init="0" * 64,
        codecs="avc1.640015",
        timescale=25_000,
        start=0,
        segments=(),
        samples=0,
    ).to_json()


def plan_of(file: Path, asked: Order | None = None) -> Plan:
    async def go() -> Plan:
        return (await run(asked or order(), await with_film(file))).plan

    return asyncio.run(go())


async def done(store: Store, chunk: Chunk) -> None:
    """As its worker leaves it."""
    for key in chunk.keys.values():
        await store.write(LAYOUT.entry(key, 0), entry(key))
    if chunk.stills is not None:
        await records.write_stills(store, LAYOUT, chunk.stills, Stills(thumbnails=(b"",)))


def test_a_second_probe_keeps_the_plan_and_counts_what_is_left(clips: Clips) -> None:
    async def go() -> tuple[Probed, Probed, Probed]:
        store = await with_film(clips.film("long.mp4", seconds=22))
        first = await run(order(), store)
        await done(store, first.plan.chunks[1])
        second = await run(order(), store)
        for chunk in first.plan.chunks:
            await done(store, chunk)
        for key in first.plan.audio_keys.values():
            await store.write(LAYOUT.entry(key, 0), entry(key, last=False))
            await store.write(LAYOUT.entry(key, 1), entry(key, run=1))
        return first, second, await run(order(), store)

    first, second, third = asyncio.run(go())
    assert first.plan == second.plan == third.plan
    assert (first.report.tasks, second.report.tasks, third.report.tasks) == (7, 7, 0)


def test_a_worker_takes_several_chunks_and_is_asked_for_what_one_lacks(clips: Clips) -> None:
    wish = order().model_copy(update={"target_chunk_seconds": 30})

    async def go() -> tuple[Plan, Plan]:
        store = await with_film(clips.film("long.mp4", seconds=22))
        first = (await run(wish, store)).plan
        for chunk in first.chunks[:-1]:
            await done(store, chunk)
        other = wish.model_copy(update={"title": "t2"})
        return first, (await run(other, store)).plan

    first, second = asyncio.run(go())
    assert [chunk.segments for chunk in first.chunks] == [2, 2, 2]
    assert first.tasks == ("chunk/0", "audio", "chunk/1-2")
    assert second.tasks == ("audio", "chunk/1-2")


def test_another_title_of_the_same_film_has_nothing_to_do(clips: Clips) -> None:
    async def go() -> tuple[Probed, Probed]:
        store = await with_film(clips.film("mute.mp4", sound=False))
        first = await run(order(), store)
        for chunk in first.plan.chunks:
            await done(store, chunk)
        return first, await run(order(title="t2"), store)

    first, second = asyncio.run(go())
    assert [chunk.keys for chunk in second.plan.chunks] == [c.keys for c in first.plan.chunks]
    assert second.plan.tasks == ("audio",)


def test_audio_that_was_begun_is_not_done(clips: Clips) -> None:
    async def go() -> Probed:
        store = await with_film(clips.film())
        first = await run(order(), store)
        for key in first.plan.audio_keys.values():
            await store.write(LAYOUT.entry(key, 0), entry(key, last=False))
        return await run(order(title="t2"), store)

    assert "audio" in asyncio.run(go()).plan.tasks


def test_a_title_is_signed_up_for_all_it_counts_on(clips: Clips) -> None:
    async def go() -> tuple[Plan, Store]:
        store = await with_film(clips.film())
        return (await run(order(), store)).plan, store

    plan, store = asyncio.run(go())
    keys = {key for chunk in plan.chunks for key in chunk.keys.values()}
    for key in keys | set(plan.audio_keys.values()):
        assert asyncio.run(store.head(LAYOUT.chunk_ref(key, plan.title))) is not None


def name_of(store: Store) -> str:
    found = asyncio.run(records.read_publication(store, LAYOUT, "film"))
    assert found is not None
    return found.title


def ranked(title: str, rank: str) -> Order:
    return order(title=title).model_copy(update={"rank": rank})


def test_a_name_that_was_only_lent_goes_to_who_was_wished_for_later(clips: Clips) -> None:
    async def go() -> tuple[list[Probed], Store]:
        store = await with_film(clips.film())
        asked = [ranked("t2", "2"), ranked("t1", "1"), ranked("t3", "3")]
        return [await run(one, store) for one in asked], store

    found, store = asyncio.run(go())
    assert [probed.report.holds_name for probed in found] == [True, False, True]
    assert name_of(store) == "t3"


def test_a_published_name_is_left_until_its_successor_is_whole(clips: Clips) -> None:
    async def go() -> tuple[Probed, Store]:
        store = await with_film(clips.film())
        whole = Publication(title="t1", rank="1", complete=True)
        await store.write(LAYOUT.publication("film"), whole.to_json())
        return await run(ranked("t2", "2"), store), store

    found, store = asyncio.run(go())
    assert not found.report.holds_name
    assert name_of(store) == "t1"


def test_playback_waits_for_the_first_picture_and_the_sound(clips: Clips) -> None:
    async def go() -> tuple[Probed, Probed]:
        store = await with_film(clips.film())
        first = await run(order(), store)
        await done(store, first.plan.chunks[0])
        return first, await run(order(title="t2"), store)

    first, second = asyncio.run(go())
    assert (first.plan.tasks[:2], first.report.opening) == (("chunk/0", "audio"), 2)
    assert (second.plan.tasks[0], second.report.opening) == ("audio", 1)


def test_a_source_that_changes_after_it_was_planned_is_noticed(clips: Clips) -> None:
    async def go() -> None:
        store = await with_film(clips.film())
        await run(order(), store)
        await store.upload(LAYOUT.upload("film"), clips.film("other.mp4", seconds=3))
        await run(order(), store)

    with pytest.raises(Refused) as refused:
        asyncio.run(go())
    assert refused.value.reason == "InputChanged"


def test_an_edited_profile_changes_only_the_rung_that_differs(clips: Clips) -> None:
    low, high = PROFILE.renditions
    edited = PROFILE.model_copy(
        update={
            "renditions": (
                low.model_copy(update={"name": "renamed"}),
                high.model_copy(update={"bitrate_kbps": 500}),
            )
        }
    )
    before = plan_of(clips.film())
    after = plan_of(clips.film(), order(profile=edited))
    for old, new in zip(before.chunks, after.chunks, strict=True):
        assert old.keys["low"] == new.keys["renamed"]
        assert old.keys["high"] != new.keys["high"]
    assert before.audio_keys == after.audio_keys
    assert before.images_key == after.images_key


def joined(clips: Clips, name: str, parts: list[Path]) -> Path:
    listing = clips.bytes_as(f"{name}.txt", "".join(f"file '{p}'\n" for p in parts).encode())
    return clips.made(
        name, "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", "-fflags", "+bitexact"
    )


def test_an_edited_film_changes_only_the_chunks_that_the_edit_touches(clips: Clips) -> None:
    part = clips.film("part.mp4", seconds=8, sound=False)
    other = clips.film("part-other.mp4", "-vf", "negate", seconds=8, sound=False)
    before = plan_of(joined(clips, "before.mp4", [part, part, part, part]))
    after = plan_of(joined(clips, "after.mp4", [part, other, part, part]))
    differs = [
        old.index
        for old, new in zip(before.chunks, after.chunks, strict=True)
        if old.keys != new.keys
    ]
    # 4 s a chunk; the one before the edit decodes a frame into it
    assert differs == [1, 2, 3]


def test_another_encoder_plans_other_addresses_and_forgets_none(clips: Clips) -> None:
    async def go() -> tuple[Plan, Plan, Refs]:
        store = await with_film(clips.film("mute.mp4", sound=False))
        first = (await run(order(), store)).plan
        older = first.model_copy(
            update={
                "engine": "ffmpeg 1.0, revision 0",
                "chunks": tuple(
                    chunk.model_copy(update={"keys": {name: f"old-{name}" for name in chunk.keys}})
                    for chunk in first.chunks
                ),
            }
        )
        await store.write(LAYOUT.plan(first.title), older.to_json())
        await records.write_refs(store, LAYOUT, first.title, records.refs_of(older))
        again = (await run(order(), store)).plan
        refs = await records.read_refs(store, LAYOUT, first.title)
        assert refs is not None
        return first, again, refs

    first, again, signed_up = asyncio.run(go())
    assert again == first
    assert {"old-low", "old-high", *again.chunks[0].keys.values()} <= set(signed_up.media)
