"""What an input is made of, measured from a few seconds of it by ffprobe, now and then."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import structlog

from media_runtime.ffmpeg import FFPROBE, Limits, OverTime, input_flags, run, url
from media_runtime.live.switcher.measure import Measured, Packet, measure

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.ffmpeg import Format

    from .seat import Seat

_LOG = structlog.get_logger()
_MAX_PIXELS = 4096 * 2304
_FIRST_SECONDS, _SECONDS = 2.0, 6.0
_EVERY_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_PROBE_SECONDS = 20.0
_ENTRIES = (
    "stream=codec_type,codec_name,width,height,avg_frame_rate,sample_rate,channels"
    ":packet=codec_type,pts_time,dts_time,size,flags"
)


async def gauge(file: Path, container: Format) -> Measured | None:
    """None where ffprobe makes nothing of it."""
    argv = [
        *FFPROBE,
        *input_flags(container, max_pixels=_MAX_PIXELS, threads=1),
        *("-read_intervals", f"%+{_SECONDS:g}"),
        *("-show_entries", _ENTRIES, "-of", "json"),
        *("-i", url(file)),
    ]
    try:
        ended = await run(argv, Limits(_PROBE_SECONDS, stdout_bytes=16 << 20))
        found = json.loads(ended.stdout or b"{}")
    except (OverTime, OSError, ValueError) as e:
        _LOG.info("input not measured", why=str(e))
        return None
    streams = found.get("streams", [])
    return measure(streams, _packets(found.get("packets", []))) if streams else None


async def gauge_bytes(sample: bytes, container: Format, scratch: Path) -> Measured | None:
    """The same of a piece of a stream, by way of a file that does not stay."""
    try:
        await asyncio.to_thread(scratch.write_bytes, sample)
        return await gauge(scratch, container)
    except OSError as e:
        _LOG.info("input not measured", why=str(e))
        return None
    finally:
        await asyncio.to_thread(scratch.unlink, missing_ok=True)


async def gauge_on(seat: Seat, scratch: Path) -> None:
    """Measures whoever publishes on this seat, and again once his headers change. Never ends."""
    while True:
        await seat.patch.plugged()
        relay = seat.relay
        seconds = _FIRST_SECONDS
        while relay is not None and seat.relay is relay:
            sample = await relay.sample(seconds)
            prelude = relay.prelude
            measured = await gauge_bytes(sample, relay.container, scratch) if sample else None
            if seat.relay is relay and measured is not None:
                seat.measured = measured
            waited = 0.0
            while seat.relay is relay and waited < (1 if seconds < _SECONDS else _EVERY_SECONDS):
                await asyncio.sleep(_LOOK_SECONDS)
                waited += _LOOK_SECONDS
                if relay.prelude != prelude:
                    break
            seconds = _SECONDS
        await asyncio.sleep(_LOOK_SECONDS)


def _packets(found: list[dict[str, Any]]) -> list[Packet]:
    return [
        Packet(
            pts_seconds=float(one["pts_time"]),
            dts_seconds=float(one.get("dts_time", one["pts_time"])),
            size_bytes=int(one.get("size", 0)),
            key="K" in one.get("flags", ""),
        )
        for one in found
        if one.get("codec_type") == "video" and "pts_time" in one
    ]
