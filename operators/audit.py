"""Comparing the cache with the API server: a watch may be dead and nobody would be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from operators.cache import Key, key_of, version_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Cache
    from operators.cluster import Listing
    from operators.kinds import Kind


@dataclass(frozen=True)
class Difference:
    """One object that the cache is behind on, as the listing has it."""

    what: Literal["unseen", "gone"]
    """Unseen: the server has a newer state. Gone: the server has it no more."""
    key: Key
    version: int


def differences(kind: Kind, listing: Listing, cache: Cache) -> dict[Difference, Manifest]:
    """Where the cache is behind the listing; being ahead of it is no difference."""
    listed = {key_of(kind, item): item for item in listing.items}
    found: dict[Difference, Manifest] = {}
    for key, item in listed.items():
        known = cache.get(kind, key[1], key[2])
        if known is None or version_of(known) < version_of(item):
            found[Difference("unseen", key, version_of(item))] = item
    as_of = int(listing.resource_version)
    for known in cache.all(kind):
        key = key_of(kind, known)
        if key not in listed and version_of(known) <= as_of:
            found[Difference("gone", key, version_of(known))] = known
    return found


@dataclass
class Ledger:
    """Since when each difference of one kind lasts."""

    dead_after_seconds: float
    since: dict[Difference, float] = field(default_factory=dict)
    synced: bool = False
    """There was an audit that found the cache to know everything."""
    verdict: Difference | None = None
    """Proof that the watch is dead. It stays, although audits go on to bring what it missed."""

    def note(self, found: Mapping[Difference, Manifest], now: float) -> Sequence[Difference]:
        """Take an audit's findings in; which of them an earlier audit had found already."""
        lasting = [difference for difference in found if difference in self.since]
        self.since = {difference: self.since.get(difference, now) for difference in found}
        self.synced = self.synced or not any(d.what == "unseen" for d in found)
        if self.synced and self.verdict is None:
            self.verdict = next(iter(self.overdue(now)), None)
        return lasting

    def interrupted(self) -> None:
        """The API server could not be asked: the watch has an excuse, so the clocks start anew."""
        self.since = {}

    def overdue(self, now: float) -> Sequence[Difference]:
        """News that the watch should have brought long ago. A missed removal is no proof: kopf
        does not tell what went while it was reconnecting.
        """
        return [
            difference
            for difference, since in self.since.items()
            if difference.what == "unseen" and now - since >= self.dead_after_seconds
        ]
