"""An encoder that is too slow loses its top rung, and viewers of the others notice nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from crds.live import ChannelOrder
from media_runtime.live.channel.playlists import Playlists
from media_runtime.live.channel.pod import Pod
from media_runtime.live.channel.settings import ChannelSettings
from media_runtime.store import Store
from tests.media.live_pod import order
from tests.unit.media_runtime.live.lint import Read, breaches, read, reloaded

pytestmark = pytest.mark.alone


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(40):
        while not wanted():  # noqa: ASYNC110 - what is wanted has no event
            await asyncio.sleep(0.05)


def gaps(playlist: Read) -> list[int]:
    return [segment.msn for segment in playlist.segments if segment.gap]


def test_the_top_rung_goes_and_nothing_is_missing_in_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    async def goes_on() -> None:
        wanted = ChannelOrder.model_validate(order(dvrSeconds=0))
        settings = ChannelSettings(host="127.0.0.1", contribution_port=0)
        pod = Pod(wanted, settings, Store.in_memory())
        playlists = Playlists(pod.packager, lambda _: None)

        def told(rendition: str) -> Read:
            body = playlists.media(rendition, skip=False)
            assert body is not None
            return read(body.content.decode())

        running = asyncio.create_task(pod.run())
        await until(lambda: pod.ready or running.done())
        before = {name: told(name) for name in pod.packager.renditions}
        pod.encoding.lateness_millis = lambda: 2_000
        await until(lambda: [rung.name for rung in pod.encoding.rungs] == ["90p"])
        pod.encoding.lateness_millis = lambda: 20
        await until(lambda: len(gaps(told("180p"))) > 1)

        multivariant = playlists.multivariant()
        assert multivariant is not None
        assert b"180p" not in multivariant.content
        assert b"90p.m3u8" in multivariant.content
        state = pod.state()
        assert [(lost.name, lost.reason) for lost in state.dropped] == [("180p", "EncoderBehind")]
        assert state.stale == "INCOMPLETE_MANIFEST"
        for name, was in before.items():
            now = told(name)
            assert breaches(now) == []
            assert list(reloaded(was, now)) == []
            assert (gaps(now) == []) == (name != "180p")
        assert told("180p").segments[-1].msn - told("90p").segments[-1].msn <= 1
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(goes_on())
