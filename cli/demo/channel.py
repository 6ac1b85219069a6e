"""Put the sample channel on air, with a stream key that nobody else has."""

import secrets
from typing import Any

import yaml

from cli.kinds import CHANNEL, SECRET, Target
from cli.kube import Kube
from cli.look import Seen
from clusters.cache import ROOT
from crds.v1alpha1.meta import Manifest

from .film import watch_until_ready
from .install import TENANT

SAMPLE = ROOT / "samples" / "channel.yaml"
NEWS = Target(CHANNEL, "news")
PUBLISHED = "primary"
PUBLISH_LINE = (
    "ffmpeg -re -stream_loop -1 -i my.mp4 -c:v libx264 -preset veryfast -tune zerolatency "
    "-g 60 -c:a aac -f flv \\\n"
    f'    "$(streamverse url {NEWS} -n {TENANT} --publish {PUBLISHED})"'
)
"""The key is fetched as it runs: it stands on no screen."""


async def put_on_air(kube: Kube, limit_seconds: float) -> Seen:
    """The channel, once it is on air; by what it falls back on, until somebody publishes."""
    for manifest in yaml.safe_load_all(SAMPLE.read_text()):
        for name in missing_keys(manifest):
            if await kube.get(SECRET, name, TENANT) is None:
                await kube.apply(stream_key(name, secrets.token_hex(16)))
        await kube.apply(manifest)
    return await watch_until_ready(kube, NEWS, limit_seconds)


def missing_keys(channel: Manifest) -> list[str]:
    """The Secrets that it names. Pure."""
    inputs: list[dict[str, Any]] = channel["spec"]["inputs"]
    return [one["streamKeySecretRef"]["name"] for one in inputs if "streamKeySecretRef" in one]


def stream_key(name: str, key: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": TENANT},
        "type": "Opaque",
        "stringData": {"streamKey": key},
    }
