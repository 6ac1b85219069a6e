"""How a model says what JSON schema alone cannot: CEL rules, list-maps, printer columns."""

from dataclasses import dataclass
from typing import Literal

from pydantic.config import JsonDict


@dataclass(frozen=True)
class Column:
    """One column of `kubectl get`; priority 1 shows only with `-o wide`."""

    name: str
    path: str
    type: Literal["string", "integer", "boolean", "date"] = "string"
    priority: Literal[0, 1] = 0


READINESS = (
    Column("Ready", '.status.conditions[?(@.type=="Ready")].status'),
    Column("Reason", '.status.conditions[?(@.type=="Ready")].reason'),
    Column("Age", ".metadata.creationTimestamp", "date"),
)
"""How every kind's row ends."""


def rule(cel: str, message: str, *, field: str | None = None) -> JsonDict:
    """An invariant; the message says what to do, for it is all that the person will see."""
    found: JsonDict = {"rule": cel, "message": message}
    return {**found, "fieldPath": f".{field}"} if field else found


def rules(*found: JsonDict) -> JsonDict:
    return {"x-kubernetes-validations": list(found)}


def fixed(field: str, *, but: str) -> JsonDict:
    """A transition rule: the field, absent or not, stays as it was when the object was made."""
    return rule(
        f"has(self.{field}) == has(oldSelf.{field}) && "
        f"(!has(self.{field}) || self.{field} == oldSelf.{field})",
        f"{field} cannot change once the object exists; make another one ({but} can be edited)",
        field=field,
    )


def not_uploads(name: str, *, field: str | None = None) -> JsonDict:
    """It becomes a folder in the store, and the policy of the origin's key (operators/tenant)
    denies all below a folder of that name, however deep it lies: its wildcards know no depth.
    """
    return rule(
        f"self.{name} != 'uploads'",
        f"{name} cannot be uploads: what lies in the store below that name is not served",
        field=field,
    )


def list_map(*keys: str) -> JsonDict:
    """Items are known by these fields: unique, and merged one by one by server-side apply."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)}


LIST_SET: JsonDict = {"x-kubernetes-list-type": "set"}
LIST_ATOMIC: JsonDict = {"x-kubernetes-list-type": "atomic"}
