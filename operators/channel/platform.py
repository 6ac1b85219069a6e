"""What the installation adds to every channel. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from crds.live import HTTP_PORT


@dataclass(frozen=True)
class Addresses:
    """Where encoders reach this region's contribution servers; empty where there are none."""

    rtmp: str = ""
    """As rtmp://host:port."""
    srt: str = ""
    """As srt://host:port."""
    whip: str = ""
    """As http://host:port."""


@dataclass(frozen=True)
class Platform:
    media_image: str
    image_pull_policy: str = "IfNotPresent"
    image_pull_secrets: tuple[str, ...] = ()
    """Names of Secrets in the Channel's namespace. Pods that run are not made anew for them."""
    allow_cidrs: tuple[str, ...] = ()
    nudge_url: str = ""
    """Of the operators, as http://streamverse-operator.streamverse-system.svc:8080."""
    region: str = "local"
    addresses: Addresses = Addresses()
    cpu: str = "400m"
    memory: str = "512Mi"
    tall_cpu: str = "2"
    tall_memory: str = "2Gi"
    """Of a ladder that goes above 720 lines."""
    memory_limit: str = "4Gi"
    scratch_limit: str = "20Gi"
    state_port: int = HTTP_PORT
    """Of a channel's pod, for tests in which all pods are one machine."""
