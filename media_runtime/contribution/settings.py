"""How the gateway serves; read once from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from crds.live import CONTRIBUTION_PORT


class ContributionSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STREAMVERSE_CONTRIBUTION_", frozen=True)

    host: str = "0.0.0.0"  # noqa: S104 - a pod is reached by its own address
    rtmp_port: int = 1935
    srt_port: int = 8888
    whip_port: int = 8889
    port: int = 8080
    """Of /healthz, /readyz and /metrics."""

    service_suffix: str = "svc"
    """What follows channel-{channel}.{tenant} in a channel's host name."""
    line_port: int = CONTRIBUTION_PORT
    resolve: dict[str, tuple[str, ...]] = {}
    """Host → addresses, as 127.0.0.1:8091; what is not in it is asked of the DNS."""

    srt_passphrase_file: Path | None = None
    """None: SRT is not served. There is no SRT without a passphrase."""
    srt_latency_millis: int = 120
    """At least; the greater one of both sides counts. 4 round trips hide most losses."""
    whip_addresses: tuple[str, ...] = ()
    """What ICE candidates name instead of the pod's own addresses, where it has others outside."""

    publish_seconds: float = 10.0
    """From the connection to the stream key."""
    silence_seconds: float = 5.0
    """A publisher who sends nothing for so long is gone; his place is free again."""
    orphan_seconds: float = 15.0
    """How long a publisher is kept whose pods are all gone."""
    resolve_seconds: float = 1.0
    connect_seconds: float = 2.0
    stall_seconds: float = 10.0
    """A pod that takes nothing for so long is left, and tried again."""
    backlog_bytes: int = 4 << 20
    """For each pod of each publisher: 2 s at 16 Mbit/s."""
    max_publishers: int = 200
    """Connections at a time, those not yet let in with them; for each protocol."""
