"""What the operator's process is told: read once from the environment, passed down, frozen."""

import socket
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class StoreKeys(StrEnum):
    """Where a tenant's key to the store comes from."""

    MINIO = "minio"
    """Made here, by MinIO's admin API: each opens one tenant's part, and no more."""
    GIVEN = "given"
    """An administrator puts a Secret into each tenant's namespace."""
    SHARED = "shared"
    """The platform's own, copied: whoever reads it reads and deletes all tenants' films."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STREAMVERSE_", frozen=True, populate_by_name=True)

    pod_name: Annotated[str, Field(validation_alias="POD_NAME")] = socket.gethostname()
    """Who holds the Lease, for people; from the downward API."""
    pod_namespace: Annotated[str, Field(validation_alias="POD_NAMESPACE")] = "streamverse-system"
    """Where the Lease lies; from the downward API."""
    kubeconfig: Annotated[str, Field(validation_alias="KUBECONFIG")] = ""
    """A file, outside a cluster; inside one the service account is used."""

    media_image: str
    """What batch pods run, with its tag."""
    image_pull_policy: str = "IfNotPresent"
    image_pull_secrets: Annotated[tuple[str, ...], NoDecode] = ()
    """Names of Secrets that media pods fetch it with, in each tenant's namespace and in ours;
    comma-separated."""
    store_folder: Path = Path("/etc/streamverse/store")
    """The store's Secret, mounted: a file for each of its keys."""
    store_keys: StoreKeys = StoreKeys.MINIO
    tenancy_key_file: Path = Path("/etc/streamverse/tenancy/key")
    """What tenants' secrets are derived from; to change it is to change them all."""
    origin_folder: Path = Path("/etc/streamverse/origin")
    """The origin's Secret, mounted; its key is registered with MinIO as one that reads."""
    allow_cidrs: Annotated[tuple[str, ...], NoDecode] = ()
    """Private networks that an https source may live in; comma-separated. By default none."""
    max_input_gibibytes: int = 100
    encode_cpu: str = "400m"
    """Requested by a pod that encodes: it takes more when there is more. Two of them fit a machine
    of two cores beside Kubernetes and the platform."""
    encode_memory: str = "512Mi"
    tall_encode_cpu: str = "1"
    tall_encode_memory: str = "2Gi"
    """Of a ladder that goes above 1080 lines."""
    scratch_request: str = "512Mi"
    """Space on the node's disk that is kept for each pod."""
    scratch_limit: str = "20Gi"
    """What a pod may use of it; more, and it is ended with a reason instead of filling the node."""

    region: str = "local"
    """This cluster's name in Channel.spec.regions."""
    nudge_url: str = ""
    """Of all operators, where a channel's pod says that it has something to tell; empty: it is
    asked every few seconds."""
    rtmp_url: str = ""
    """Where encoders publish by RTMP, as rtmp://host:port; so the next two."""
    srt_url: str = ""
    whip_url: str = ""
    channel_cpu: str = "400m"
    channel_memory: str = "512Mi"
    """Requested by a channel's pod."""
    tall_channel_cpu: str = "2"
    tall_channel_memory: str = "2Gi"
    """Of a ladder that goes above 720 lines."""
    channel_memory_limit: str = "4Gi"
    channel_scratch_limit: str = "20Gi"
    channel_state_port: int = 8090
    """Where a channel's pod tells its state; another one only in tests."""

    listen_port: int = 8080
    """/healthz, /readyz, /metrics and /nudge."""
    lease_name: str = "streamverse-operators"
    lease_seconds: Annotated[float, Field(ge=5)] = 10
    renew_seconds: Annotated[float, Field(gt=0)] = 2
    audit_seconds: Annotated[float, Field(gt=0)] = 15
    """How often the cache is compared with the API server."""
    dead_watch_seconds: Annotated[float, Field(gt=0)] = 30
    """How long a difference may last before the watch is called dead."""
    workers: Annotated[int, Field(ge=1)] = 16
    log_level: str = "INFO"

    @field_validator("allow_cidrs", "image_pull_secrets", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        if isinstance(given, str):
            return tuple(part.strip() for part in given.split(",") if part.strip())
        return given
