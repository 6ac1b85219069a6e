"""Of a tenant that is gone nothing stays but what people brought."""

import asyncio

from media_runtime.retire.sweep import sweep
from media_runtime.store import Store
from media_runtime.title.layout import Layout

GONE, STAYS = Layout("films"), Layout("films-archive")


def everything(layout: Layout) -> set[str]:
    return {
        layout.publication("pilot"),
        layout.plan("t1"),
        layout.index("t1"),
        layout.media("k1", 0),
        layout.entry("k1", 0),
        layout.chunk_ref("k1", "t1"),
        layout.init("i1"),
        layout.poster("p1"),
        f"{layout.tenant}/live/news/u1/240p/7.m4s",
        layout.upload("pilot.mp4"),
    }


class Remembering(Store):
    """Knows in which order things went."""

    gone: list[str]

    async def delete(self, keys: list[str]) -> None:  # type: ignore[override]
        self.gone = [*getattr(self, "gone", []), *keys]
        await super().delete(keys)


def swept() -> Remembering:
    async def play() -> Remembering:
        store = Remembering.in_memory()
        for at in everything(GONE) | everything(STAYS):
            await store.write(at, b"x")
        report = await sweep("films", store)
        assert report.deleted_objects == len(everything(GONE)) - 1
        assert set(await store.names("films")) == {GONE.upload("pilot.mp4")}
        assert set(await store.names("films-archive")) == everything(STAYS)
        assert (await sweep("films", store)).deleted_objects == 0
        return store

    return asyncio.run(play())


def test_what_was_made_goes_and_what_was_brought_stays() -> None:
    assert swept().gone


def test_what_leads_to_the_rest_goes_first() -> None:
    gone = swept().gone
    assert gone[0] == GONE.publication("pilot")
    assert set(gone[1:3]) == {GONE.plan("t1"), GONE.index("t1")}
