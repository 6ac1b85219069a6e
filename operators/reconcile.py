"""The contract between a kind's pure logic and the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import ValidationError

from crds.v1alpha1.meta import Manifest, Resource, Status
from operators.failures import Permanent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from operators.kinds import Kind

StatusT = TypeVar("StatusT", bound=Status)
ResourceT = TypeVar("ResourceT", bound=Resource[Any, Any])


@dataclass(frozen=True)
class Child:
    """One object that should exist.

    What it does is settled when it is made, so that an upgrade of the operator disturbs nothing;
    only `follows`, merged into its spec, is kept up to date afterwards.
    """

    kind: Kind
    manifest: Manifest
    follows: Manifest
    owned: bool = True
    """Whether it goes when its owner goes."""
    work: str = ""
    """Of a child that lives for long: names what it does. Where that differs from what the child
    was made for, it is replaced as a whole."""

    @property
    def name(self) -> str:
        return str(self.manifest["metadata"]["name"])


@dataclass(frozen=True)
class Doomed:
    """One object that should be gone."""

    kind: Kind
    manifest: Manifest


@dataclass(frozen=True)
class Notice:
    """Something that a person cares about has happened: a Kubernetes Event, once."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str


@dataclass(frozen=True)
class Desired(Generic[StatusT]):
    """All that should come of one reconcile; what is not mentioned stays as it is."""

    status: StatusT | None = None
    """None: nothing new is to be said."""
    children: Sequence[Child] = ()
    doomed: Sequence[Doomed] = ()
    finalizer: bool | None = None
    """Whether ours should be on the object; None: as it is."""
    notices: Sequence[Notice] = ()
    """Told with the status where that is new, or where there is none."""
    look_again_seconds: float | None = None
    expired: bool = False
    """The object itself is to be deleted: its time is over."""


def parsed(model: type[ResourceT], manifest: Manifest) -> ResourceT:
    """The object, typed. Raises Permanent when it is not of this shape: an edit must mend it."""
    try:
        return model.model_validate(manifest)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        why = f"{where}: {first['msg']}, as are {e.error_count() - 1} more fields"
        raise Permanent("read", model.kind, manifest["metadata"]["name"], why) from e


def has_condition(manifest: Manifest | None, type_: str) -> bool:
    """Whether the object reports this condition as true; an absent object reports nothing."""
    conditions: list[dict[str, Any]] = (manifest or {}).get("status", {}).get("conditions", [])
    return any(c["type"] == type_ and c["status"] == "True" for c in conditions)
