"""What every reconcile needs: the cache, the door, the queue, and who asks for whom."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from operators.cache import Cache, Key, key_of
from operators.ears import Ears
from operators.queue import Queue, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crds.v1alpha1.meta import Manifest
    from operators.cluster import Cluster
    from operators.failures import Permanent
    from operators.kinds import Kind
    from operators.settings import Settings
    from operators.tenancy import Projection

log = structlog.get_logger()


class Reconcile(Protocol):
    async def __call__(self, engine: Engine, namespace: str, name: str) -> float | None:
        """Converge one object; in how many seconds to look again, if at all."""


@dataclass(frozen=True)
class Watch:
    """One kind that is watched, whom its changes concern, and how it is reconciled, if it is."""

    kind: Kind
    concerns: Callable[[Engine, Manifest], Iterable[Key]]
    reconcile: Reconcile | None = None
    terms: Callable[[Manifest], Iterable[str]] = lambda _: ()
    """Words, besides its owner's uid, by which an object of the kind is found in the cache."""


@dataclass
class Engine:
    settings: Settings
    cluster: Cluster
    watches: Mapping[str, Watch]
    me: str = "streamverse-operators"
    on_reconciled: Callable[[Key, Result, float], None] = lambda _key, _result, _seconds: None
    on_heard: Callable[[str, str], None] = lambda _kind, _result: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    projected: dict[str, Projection] = field(default_factory=dict)
    """Namespaces that were seen to hold their key to the store."""
    projecting: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    """Jobs that begin at once see to it once."""
    taking_turns: dict[str, float] = field(default_factory=dict)
    """Objects (by uid) whose turn it is to replace their pods for an upgrade, and since when."""
    refusals: dict[str, Permanent] = field(default_factory=dict)
    """Owners (by uid) of which a child was refused, and why; until it is not any more."""
    cache: Cache = field(init=False)
    queue: Queue = field(init=False)
    ears: Ears = field(init=False)

    def __post_init__(self) -> None:
        self.cache = Cache(lambda kind, manifest: self.watches[kind.name].terms(manifest))
        self.queue = Queue(
            self._reconcile, workers=self.settings.workers, observe=self.on_reconciled
        )
        self.ears = Ears(self.queue.add, count=self.on_heard)

    def learn(self, kind: Kind, manifest: Manifest) -> None:
        """From a watch, an answer to a write of ours, or an audit. Old news concern nobody."""
        if self.cache.observe(kind, manifest):
            self._ask_for(kind, manifest)

    def lose(self, kind: Kind, manifest: Manifest) -> None:
        """It is gone."""
        self.cache.forget(kind, manifest)
        self.refusals.pop(manifest["metadata"]["uid"], None)
        self._ask_for(kind, manifest)

    def witness(self, kind: Kind, event: Mapping[str, object]) -> None:
        """A watch event as kopf hands it over; of type None when it was listed."""
        manifest: Manifest = event["object"]  # type: ignore[assignment]
        if event["type"] == "DELETED":
            self.lose(kind, manifest)
        else:
            self.learn(kind, manifest)

    def lead(self, leading: bool) -> None:  # noqa: FBT001 - the one thing that it is told
        """Won: look at everything, for nobody knows what the last leader left. Lost: stop."""
        if not leading:
            self.queue.close()
            self.ears.close()
            return
        self.projected.clear()
        for watch in self.watches.values():
            if watch.reconcile is not None:
                for key in sorted(self.cache.keys(watch.kind)):
                    self.queue.add(key)
        self.queue.open()

    def nudge(self, kind: str, namespace: str, name: str) -> bool:
        """A pod says that it has something to tell; False if nobody here listens to its owner."""
        known = next((k for k in self.watches if k.lower() == kind), "")
        return self.ears.nudge((known, namespace, name))

    def _ask_for(self, kind: Kind, manifest: Manifest) -> None:
        for key in self.watches[kind.name].concerns(self, manifest):
            self.queue.add(key)

    async def _reconcile(self, key: Key) -> float | None:
        kind, namespace, name = key
        reconcile = self.watches[kind].reconcile
        return await reconcile(self, namespace, name) if reconcile is not None else None


def itself(kind: Kind) -> Callable[[Engine, Manifest], Iterable[Key]]:
    """A change of the object concerns the object."""
    return lambda _engine, manifest: (key_of(kind, manifest),)
