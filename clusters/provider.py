"""What StreamVerse asks of a place where it can run. Three answer: local, kind, existing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from .image_builds import Built
from .progress import Progress


class ProviderName(StrEnum):
    LOCAL = "local"
    KIND = "kind"
    EXISTING = "existing"


@dataclass(frozen=True)
class Part:
    """One thing that a cluster needs, and how it is."""

    name: str
    well: bool
    says: str


@dataclass(frozen=True)
class Status:
    """How a cluster is, as just observed."""

    provider: ProviderName
    up: bool
    kubeconfig: str | None = None
    parts: Sequence[Part] = field(default=())

    @property
    def well(self) -> bool:
        return self.up and all(part.well for part in self.parts)


class Provider(Protocol):
    """Every method raises Refusal, with a sentence, when it cannot do what it says."""

    def up(self, progress: Progress) -> None:
        """Make the cluster be there and well. Again: changes nothing that is right."""

    def down(self, progress: Progress, *, keep_volumes: bool) -> None:
        """Remove the cluster and all it left on the host; caches and images stay."""

    def status(self) -> Status: ...

    def kubeconfig(self) -> Path:
        """The path of a kubeconfig, whether or not the cluster answers now."""

    def lacking(self, images: Sequence[Built]) -> list[Built]:
        """Those images that its nodes do not hold."""

    def load(self, layout: Path, images: Collection[Built]) -> None:
        """Bring images of an OCI layout to its nodes."""
