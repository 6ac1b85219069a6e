"""A deleted channel leaves its recordings, and nothing else of its own."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from crds.live import ChannelInput, ChannelOrder
from crds.v1alpha1 import EncodingProfileSpec
from media_runtime.live.channel.dvr.keys import DvrKeys
from media_runtime.live.channel.retire import retire
from media_runtime.store import Store, StoreSettings

GONE, OTHER = DvrKeys("demo", "news", "u1"), DvrKeys("demo", "news", "u10")


def order(keys: DvrKeys) -> ChannelOrder:
    rung = {"name": "low", "maxHeight": 180, "bitrateKbps": 300}
    return ChannelOrder(
        tenant=keys.tenant,
        channel=keys.channel,
        uid=keys.uid,
        generation=1,
        inputs=(ChannelInput(name="test", protocol="Test", priority=1),),
        profile=EncodingProfileSpec.model_validate({"renditions": [rung]}),
    )


async def kept(store: Store) -> set[str]:
    """What two channels of one name kept, one after the other."""
    own = {GONE.segment("low", n) for n in range(40)} | {GONE.journal(7, "ab"), GONE.take(3)}
    stays = {OTHER.segment("low", 1), GONE.recording("20260601-120000"), "demo/inits/a.mp4"}
    for key in own | stays:
        await store.write(key, b"x")
    return stays


def test_what_a_channel_kept_goes_and_what_others_have_stays(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store.open(StoreSettings(endpoint=tmp_path.as_uri()))
        stays = await kept(store)
        assert await retire(order(GONE), store) == 42
        assert set(await store.names("demo")) == stays
        assert await retire(order(GONE), store) == 0

    asyncio.run(run())


def test_it_is_a_step_of_its_own(tmp_path: Path) -> None:
    store = Store.open(StoreSettings(endpoint=tmp_path.as_uri()))
    asyncio.run(kept(store))
    environment = {
        **os.environ,
        "STREAMVERSE_STORE_ENDPOINT": tmp_path.as_uri(),
        "STREAMVERSE_CHANNEL": order(GONE).model_dump_json(by_alias=True),
    }
    done = subprocess.run(
        [sys.executable, "-m", "media_runtime", "retire-channel"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"objects": 42' in done.stderr
    assert asyncio.run(store.names(GONE.root)) == []
