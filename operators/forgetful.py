"""kopf's memory of what it saw and did, switched off.

For handlers of a kind that we have none of, kopf copies every object of every event, to know what
changed since the last one and how far a handler came, and reads both from annotations that a tenant
may write: one that is no JSON would deafen us to its object. We look at objects as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import kopf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class NoDiffs(kopf.DiffBaseStorage):
    """Every object looks as the one before."""

    def build(
        self,
        *,
        body: kopf.Body,  # noqa: ARG002 - kopf's interface, here and below
        extra_fields: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> kopf.BodyEssence:
        return kopf.BodyEssence()

    def fetch(self, *, body: kopf.Body) -> kopf.BodyEssence | None:  # noqa: ARG002
        return None

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        """Nowhere."""


class NoProgress(kopf.ProgressStorage):
    """No handler has ever begun: ours are called once for an event, and kept nowhere."""

    def fetch(self, *, key: str, body: kopf.Body) -> None:
        """Nothing."""

    def store(self, *, key: str, record: Any, body: kopf.Body, patch: kopf.Patch) -> None:  # noqa: ANN401
        """Nowhere."""

    def purge(self, *, key: str, body: kopf.Body, patch: kopf.Patch) -> None:
        """Nothing to."""

    def touch(self, *, body: kopf.Body, patch: kopf.Patch, value: str | None) -> None:
        """Nothing to."""

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        return essence
