"""Runs the probe step on a file as the Job would, with a store in memory."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Rendition
from crds.work import Order, ProbeReport
from media_runtime.fetch.web import Web
from media_runtime.probe.bring import SMALL_BYTES
from media_runtime.probe.step import probe
from media_runtime.store import Store
from media_runtime.title.layout import Layout
from media_runtime.title.plan import Plan

TENANT = "demo"
LAYOUT = Layout(TENANT)
PROFILE = EncodingProfileSpec(
    renditions=[
        Rendition(name="low", max_height=120, bitrate_kbps=150, max_frame_rate=24),
        Rendition(name="high", max_height=180, bitrate_kbps=400),
    ],
    audio=[AudioProfile(name="stereo"), AudioProfile(name="surround", channels=6)],
)


@dataclass(frozen=True)
class Probed:
    report: ProbeReport
    plan: Plan


def order(uri: str = "", *, profile: EncodingProfileSpec = PROFILE, title: str = "t1") -> Order:
    return Order(
        tenant=TENANT,
        title=title,
        name="film",
        input_uri=uri or f"s3://streamverse/{LAYOUT.upload('film')}",
        profile=profile,
        target_chunk_seconds=4,
    )


async def run(
    asked: Order, store: Store, *, web: Web | None = None, small: int = SMALL_BYTES
) -> Probed:
    with tempfile.TemporaryDirectory() as scratch:
        report = await probe(asked, store, Path(scratch), web=web, small=small)
    found = await store.read(LAYOUT.plan(asked.title))
    assert found is not None
    return Probed(report, Plan.model_validate_json(found))


def probed(
    file: Path, *, profile: EncodingProfileSpec = PROFILE, small: int = SMALL_BYTES
) -> Probed:
    """Raises what the step raises."""

    async def go() -> Probed:
        store = Store.in_memory()
        await store.upload(LAYOUT.upload("film"), file)
        return await run(order(profile=profile), store, small=small)

    return asyncio.run(go())
