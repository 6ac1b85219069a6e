"""Bring a film, apply the sample that names it, and watch it become playable."""

import asyncio
from pathlib import Path

import aiohttp
import yaml
from rich.live import Live

from cli.endpoints import tenant_store_address
from cli.exits import Exit, Stop
from cli.kinds import MEDIA_ASSET, Target
from cli.kube import Kube
from cli.look import Seen, look
from cli.output import err
from cli.patient import PatientBucket
from cli.picture.words import condition, settled
from cli.upload import bring
from clusters.cache import ROOT
from crds.v1alpha1.meta import Manifest

from .install import TENANT

SAMPLE = ROOT / "samples" / "film.yaml"
FILM = Target(MEDIA_ASSET, "film")
PAGE_LIMIT_SECONDS = 30
KEY_LIMIT_SECONDS = 60
"""An operator that was just started makes the tenant's key when it leads."""


async def bring_film(kube: Kube, film: Path) -> str:
    """Upload the film; its address. A film of another name is another source to the asset."""
    key = await tenant_store_address(kube, TENANT, patience_seconds=KEY_LIMIT_SECONDS)
    bucket = PatientBucket(key)
    return (await asyncio.to_thread(bring, bucket, film, TENANT)).uri


def sample(uri: str) -> Manifest:
    """samples/film.yaml, with the film that was brought for its source."""
    asset = yaml.safe_load(SAMPLE.read_text())
    return {**asset, "spec": {**asset["spec"], "source": {"uri": uri}}}


async def watch_until_ready(kube: Kube, what: Target, limit_seconds: float) -> Seen:
    """Show the object until it is ready. Raises Stop when it fails or the limit is reached."""
    seen = await look(kube, what, TENANT)
    try:
        async with asyncio.timeout(limit_seconds):
            with Live(seen.picture(), console=err, refresh_per_second=4) as shown:
                while not settled(seen.resource):
                    await asyncio.sleep(0.5)
                    seen = await look(kube, what, TENANT)
                    shown.update(seen.picture())
    except TimeoutError as e:
        raise Stop(
            Exit.TIMED_OUT,
            f"{what} was not ready after {limit_seconds:.0f} s: {_why(seen)}",
            f"`streamverse status {what} -n {TENANT}` says how it is now",
        ) from e
    ready = condition(seen.resource, "Ready")
    if ready is None or ready.status != "True":
        raise Stop(
            Exit.UNWELL,
            f"{what} cannot become ready: {_why(seen)}",
            f"`streamverse status {what} -n {TENANT}` says what to do",
        )
    return seen


def _why(seen: Seen) -> str:
    ready = condition(seen.resource, "Ready")
    return f"{ready.reason}, {ready.message}" if ready else "the operator has not looked at it"


async def check_answers(urls: list[str]) -> None:
    """Every address answers 200 within the limit: what is printed next can be opened."""
    timeout = aiohttp.ClientTimeout(total=PAGE_LIMIT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for url in urls:
            try:
                async with session.get(url) as answer:
                    status = answer.status
            except (aiohttp.ClientError, TimeoutError, OSError) as e:
                raise Stop(Exit.UNREACHABLE, f"{url} does not answer: {e}") from e
            if status != 200:
                raise Stop(Exit.UNWELL, f"{url} answers {status}")
