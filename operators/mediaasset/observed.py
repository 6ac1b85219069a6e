"""What a decision on a MediaAsset is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1 import EncodingProfile, TranscodeJob
from operators.kinds import Kind
from operators.transcodejob.order import edition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crds.v1alpha1.meta import Manifest

JOB = Kind.of(TranscodeJob)


@dataclass(frozen=True)
class OwnJob:
    """A TranscodeJob of the asset, and the object that it was read from."""

    job: TranscodeJob
    manifest: Manifest

    def holds(self, condition: str) -> bool:
        said = self.job.status.condition(condition) if self.job.status else None
        return said is not None and said.status == "True"

    @property
    def published(self) -> bool:
        """Whole, and under its name when that was written."""
        return self.holds("Complete") and self.holds("Published")

    @property
    def age(self) -> tuple[str, int, str]:
        """The greatest is the newest; two may be made in one second."""
        meta = self.manifest["metadata"]
        return meta["creationTimestamp"], self.edition, meta["uid"]

    @property
    def edition(self) -> int:
        return edition(self.manifest["metadata"].get("annotations", {}))

    @property
    def going(self) -> bool:
        return self.job.metadata.deletion_timestamp is not None


@dataclass(frozen=True)
class Seen:
    now: datetime
    profile: EncodingProfile | None
    jobs: Mapping[str, OwnJob]
    """The asset's own TranscodeJobs by name."""
    stranger: str | None = None
    """The name that the asset's next job would get, if a TranscodeJob of somebody else has it."""
