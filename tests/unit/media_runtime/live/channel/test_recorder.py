"""A programme is recorded in the end, or at least what is in the way of it goes."""

import asyncio
from pathlib import Path

import pytest

from media_runtime.live.channel.dvr import recorder as module
from media_runtime.live.channel.dvr.journal import journal, minute_of
from media_runtime.live.channel.dvr.keys import DvrKeys
from media_runtime.live.channel.dvr.recorder import Recorder
from media_runtime.live.channel.dvr.takes import Take
from media_runtime.live.channel.packager import Packager
from media_runtime.store import Store
from media_runtime.title.layout import Layout

from .orders import descriptors, ladder_of_one

LADDER = ladder_of_one()
KEYS = DvrKeys("demo", "news", "u1")
NOW = 890_000_000


async def ended_programme(store: Store) -> None:
    """An earlier pod's: one segment, and the mark of where it ended."""
    minute = minute_of(LADDER.timeline.segment, NOW)
    told = journal(LADDER.timeline.segment, minute, {("180p", NOW): "v"})
    await store.write(KEYS.segment("180p", NOW), b"x")
    await store.write(Layout("demo").init("v"), b"x")
    await store.write(
        KEYS.journal(minute, "0a1b2c3d"), told.model_dump_json(by_alias=True).encode()
    )
    mark = Take(began=NOW, until=NOW + 1)
    await store.write(KEYS.take(NOW), mark.model_dump_json(by_alias=True).encode())


def test_nothing_is_left_open_of_a_recording_whose_program_cannot_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0)
    store = Store.in_memory()
    packager = Packager(LADDER, listed=8, held=8)
    recorder = Recorder(store, KEYS, packager, tmp_path, on=False, alone=False)

    async def goes_on() -> tuple[int, int]:
        await ended_programme(store)
        await recorder.begin(NOW + 9)
        before = descriptors()
        await recorder.end(NOW + 9)
        return before, descriptors()

    before, after = asyncio.run(goes_on())
    assert after == before
    assert recorder.keep_from() is None
