"""How the origin serves; read once from the environment."""

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

from crds.live import HTTP_PORT


class OriginSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STREAMVERSE_ORIGIN_", frozen=True)

    host: str = "0.0.0.0"  # noqa: S104 - a pod is reached by its own address
    port: int = 8080
    default_tenant: str = ""
    """Where a name without a tenant is looked for; empty: nowhere."""
    player_dir: Path = Path(__file__).parent / "player" / "dist"
    """The built page (player/README.md)."""
    store_patience_seconds: float = 5.0
    """How long a request may wait for the store before it is told to come back."""
    index_cache_segments: int = 200_000
    """Bound of the indexes kept in memory; a segment takes about 700 bytes."""
    live_service_suffix: str = "svc"
    """Behind channel-{channel}.{tenant}: where the cluster's names of Services end."""
    live_port: int = HTTP_PORT
    """Of channels' pods."""
    live_pods: dict[str, str] = {}
    """{tenant}.{channel} to "host:port,host:port"; where any is given, names are not looked up."""
    live_cache_mib: int = 96
    """Bound of the live parts, segments and playlists kept in memory."""
    live_fail_over_on: frozenset[
        Literal["STALE_MANIFEST", "SLATE_INPUT", "INCOMPLETE_MANIFEST"]
    ] = frozenset({"STALE_MANIFEST"})
    """Troubles of a channel for which its manifests answer 503, so that an edge looks elsewhere. If
    there is no other region, a slate and a ladder without its top are better than nothing."""
    drain_seconds: int = 25
    """How long requests under way may take to end after SIGTERM."""
