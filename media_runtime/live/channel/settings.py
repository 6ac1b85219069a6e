"""How a channel's pod runs, beside its order; read once from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from crds.live import CONTRIBUTION_PORT, HTTP_PORT, KEYS_FOLDER


class ChannelSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STREAMVERSE_CHANNEL_", frozen=True)

    host: str = "0.0.0.0"  # noqa: S104 - a pod is reached by its own address
    http_port: int = HTTP_PORT
    contribution_port: int = CONTRIBUTION_PORT
    keys_folder: Path = Path(KEYS_FOLDER)
    drain_seconds: float = 15.0
    """How long it serves on after SIGTERM, while its successor is found by everybody."""
    record_seconds: float = 20.0
    """How much longer a programme that ended may take to be recorded; together they stay within
    the pod's grace period."""
