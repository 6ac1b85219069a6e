"""A channel ends once all that is to be kept of it is, whatever the store does meanwhile."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from media_runtime.live.channel import pod as module
from media_runtime.live.channel.dvr import recorder as recorder_module
from media_runtime.live.channel.dvr.keys import DvrKeys
from media_runtime.live.channel.dvr.recorder import Recorder
from media_runtime.live.channel.pod import Pod
from media_runtime.live.channel.settings import ChannelSettings

from .airing import Airing, Shaky
from .orders import order_of_one, until

KEYS = DvrKeys("demo", "news", "u1")
NOW = 890_000_000
SETTINGS = ChannelSettings(host="127.0.0.1", contribution_port=0)


def test_the_end_of_a_recording_is_marked_once_the_store_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))  # no program is there to make a file of it
    monkeypatch.setattr(module, "_SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(module, "_SETTLE_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(recorder_module, "_PAUSE_SECONDS", 0)
    store = Shaky.in_memory()

    async def goes_on() -> int | None:
        pod = Pod(order_of_one(record=True), SETTINGS, store)

        async def programme() -> None:
            await Airing(pod.packager, NOW).airs(2)
            await until(lambda: pod.recorder.keep_from() == NOW)
            store.away = True
            pod.packager.end()

        monkeypatch.setattr(pod.encoding, "run", programme)
        running = asyncio.create_task(pod.run())
        await until(lambda: store.refused > 5 or running.done())
        assert not pod.settled.is_set()
        store.away = False
        async with asyncio.timeout(20):
            await running
        assert pod.settled.is_set()
        following = Recorder(store, KEYS, pod.packager, tmp_path, on=True, alone=False)
        await following.begin(NOW + 9)
        return following.keep_from()

    # what follows begins with itself, and is no part of what was
    assert asyncio.run(goes_on()) == NOW + 9
