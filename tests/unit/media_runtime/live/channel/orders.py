"""Builders: a channel's order, small and complete; its ladder, and a program for an encoder."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from crds.live import ChannelOrder
from crds.v1alpha1.encodingprofile import EncodingProfileSpec
from media_runtime.live.channel.ladder import Ladder, ladder

SMALL = (
    {"name": "720p", "maxHeight": 720, "maxFrameRate": 30, "bitrateKbps": 2500},
    {"name": "240p", "maxHeight": 240, "maxFrameRate": 30, "bitrateKbps": 400},
    {"name": "360p", "maxHeight": 360, "maxFrameRate": 30, "bitrateKbps": 800},
)
STEREO = ({"name": "stereo", "codec": "AAC", "bitrateKbps": 128},)


def profile(
    *renditions: dict[str, object], audio: tuple[dict[str, object], ...] = STEREO
) -> EncodingProfileSpec:
    return EncodingProfileSpec.model_validate(
        {"gopDurationMillis": 2000, "renditions": renditions or SMALL, "audio": audio}
    )


def order(**changes: object) -> ChannelOrder:
    usual: dict[str, object] = {
        "tenant": "demo", "channel": "news", "uid": "u1", "generation": 3, "inputs": (),
        "profile": profile(),
    }  # fmt: skip
    return ChannelOrder.model_validate(usual | changes)


def order_of_one(**changes: object) -> ChannelOrder:
    rung = profile({"name": "180p", "maxHeight": 180, "bitrateKbps": 250}, audio=())
    return order(profile=rung, frame_rate="25", **changes)


def ladder_of_one() -> Ladder:
    return ladder(order_of_one())


def encoder_program(script: str, ready: Path) -> Callable[..., list[str]]:
    """In place of ffmpeg, for a ladder of one: a shell's script that knows READY and its pipes."""

    def argv(*_: object, video_fd: int, outputs: Mapping[str, int], **__: object) -> list[str]:
        (output,) = outputs.values()
        named = {"READY": ready, "VIDEO": video_fd, "OUTPUT": output}
        told = "".join(f"{name}='{value}'\n" for name, value in named.items())
        return ["sh", "-c", told + script]

    return argv


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not wanted():  # noqa: ASYNC110 - what is wanted has no event
            await asyncio.sleep(0.01)


def descriptors() -> int:
    """How many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
