"""The encoder holds no part back: the picture after its last is all that a part waits for."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from media_runtime.live.channel.encoder import Encoder
from media_runtime.live.channel.ladder import ladder
from media_runtime.live.channel.packager import Packager
from media_runtime.live.clock import Place
from media_runtime.live.switcher.frames import write_all
from media_runtime.live.switcher.picture import SAMPLE_BYTES, flat
from tests.unit.media_runtime.live.channel.orders import order, profile

if TYPE_CHECKING:
    from media_runtime.live.channel.ladder import Ladder

MSN, PARTS = 1000, 8


async def fed_part_by_part(made: Ladder) -> int:
    """Parts that came, when each was fed with the one picture after it; raises TimeoutError."""
    (rung,), (sound,) = made.rungs, made.sounds
    packager = Packager(made, listed=8, held=None)
    ring = packager.renditions[rung.name].ring
    begins = rung.epoch + made.timeline.first(rung.cadence, Place(MSN, 0))
    one = Encoder(1, begins, made.canvas, made.rungs, made.sounds, due_in=0)
    packager.begin(1, begins, made.makers)
    running = asyncio.create_task(one.run(packager.take))
    for descriptor in (one.video_fd, one.audio_fd):
        os.set_blocking(descriptor, False)
    frame, due = flat(made.canvas), begins
    try:
        for wanted in range(1, PARTS + 1):
            behind = made.timeline.after(Place(MSN, 0), wanted)
            until_frame = rung.epoch + made.timeline.first(rung.cadence, behind) + 1
            for n in range(due, until_frame):
                samples = sound.grid.samples_before(n + 1) - sound.grid.samples_before(n)
                await write_all(one.video_fd, frame)
                await write_all(one.audio_fd, bytes(samples * SAMPLE_BYTES))
            due = until_frame
            async with asyncio.timeout(5):
                await ring.arrived(made.timeline.after(behind, -1))
        return ring.statistics().appended_parts
    finally:
        one.close()
        await running


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001", "30", "50", "60"])
def test_a_part_is_there_with_the_picture_after_its_last(rate: str) -> None:
    rung = {"name": "180p", "maxHeight": 180, "maxFrameRate": 60, "bitrateKbps": 250}
    made = ladder(order(profile=profile(rung), frame_rate=rate))
    assert asyncio.run(fed_part_by_part(made)) == PARTS
