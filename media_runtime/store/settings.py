"""How a process finds the store; read once from the environment, no secret has a default."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class StoreSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STREAMVERSE_STORE_", frozen=True)

    endpoint: str
    """As http://host:port, path-style; or a folder, as file:///path, for tests."""
    bucket: str = "streamverse"
    region: str = "us-east-1"
    access_key_id: str = ""
    secret_access_key: str = ""
