"""Where an encoder publishes an input of a channel to, key and all."""

import re
from base64 import b64decode
from dataclasses import dataclass, field

from crds.v1alpha1 import Channel
from crds.v1alpha1.channelinput import Input
from crds.v1alpha1.meta import Manifest

from .endpoints import CONTRIBUTION, SYSTEM, Endpoints, endpoints
from .exits import Exit, Stop
from .kinds import CHANNEL, SECRET
from .kube import Kube

_SENDABLE = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""What every encoder sends as it is, whatever it thinks of escaping."""


@dataclass(frozen=True)
class Publishing:
    """What is entered in an encoder."""

    url: str
    """Whole, for one that takes a single address."""
    server: str
    """For one that asks for the server and the key apart, as OBS does."""
    key: str = field(repr=False)
    """The stream key; for WHIP the bearer token."""


async def publishing(kube: Kube, name: str, input_name: str, namespace: str) -> Publishing:
    """Of one input. Raises Stop where nobody publishes to it, or its key cannot be had."""
    channel = Channel.model_validate(await kube.find(CHANNEL, name, namespace))
    one = input_of(channel, input_name)
    ref = one.stream_key_secret_ref
    where = await endpoints(kube)
    secret = await kube.get(SECRET, ref.name, namespace) if ref else None
    key = value_of(secret, ref.key) if ref else ""
    if ref is not None and not key:
        raise Stop(
            Exit.NOT_FOUND,
            f"there is no stream key: no {ref.key} in Secret {namespace}/{ref.name}",
            f"kubectl -n {namespace} create secret generic {ref.name} "
            f"--from-literal={ref.key}=$(openssl rand -hex 16)",
        )
    passphrase = ""
    if one.protocol == "SRT":
        passphrase = value_of(await kube.get(SECRET, CONTRIBUTION, SYSTEM), "srtPassphrase")
    return publish_to(channel, one, where, key, passphrase)


def input_of(channel: Channel, name: str) -> Input:
    """Raises Stop for one that there is not, or that nobody publishes to."""
    pushed = [one.name for one in channel.spec.inputs if one.is_pushed]
    found = next((one for one in channel.spec.inputs if one.name == name), None)
    if found is not None and found.is_pushed:
        return found
    what = "is not published to, it is fetched" if found else "is no input of this channel"
    inputs = f"those that are published to: {', '.join(pushed)}" if pushed else "none is"
    raise Stop(Exit.USAGE, f"{name} {what}", inputs)


def publish_to(
    channel: Channel, one: Input, where: Endpoints, secret: str, passphrase: str = ""
) -> Publishing:
    """Raises Stop where the platform serves no such protocol. Pure."""
    if not _SENDABLE.fullmatch(secret):
        raise Stop(
            Exit.UNWELL,
            "the stream key has characters that not every encoder can send",
            "use letters, digits, dashes and underscores: openssl rand -hex 16",
        )
    place = f"{channel.metadata.namespace}.{channel.metadata.name}.{one.name}"
    whole = f"{place}.{secret}"
    base = {"RTMP": where.rtmp_url, "SRT": where.srt_url, "WHIP": where.whip_url}[one.protocol]
    if not base:
        raise Stop(
            Exit.NOT_FOUND,
            f"this platform takes no {one.protocol} publishers",
            "set contribution.enabled in the chart's values",
        )
    if one.protocol == "RTMP":
        server = f"{base}/live"
        return Publishing(f"{server}/{whole}", server, whole)
    if one.protocol == "SRT":
        url = f"{base}?streamid={whole}" + (f"&passphrase={passphrase}" if passphrase else "")
        return Publishing(url, base, whole)
    url = f"{base}/whip/{place}"
    return Publishing(url, url, secret)


def value_of(secret: Manifest | None, key: str) -> str:
    """One value of a Secret; empty if it is not there."""
    found = ((secret or {}).get("data") or {}).get(key, "")
    return b64decode(found).decode().strip()
