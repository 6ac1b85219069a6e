"""What Prometheus is told. Of objects: their conditions, read from the cache when it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operators.cache import Key
    from operators.election import Election
    from operators.engine import Engine
    from operators.queue import Result

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._reconciles = Counter(
            "streamverse_reconciles",
            "Reconciles by kind and result.",
            ("kind", "result"),
            registry=registry,
        )
        self._seconds = Histogram(
            "streamverse_reconcile_seconds",
            "How long reconciles take.",
            ("kind",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._writes = Counter(
            "streamverse_api_writes",
            "Requests that change something, by verb and kind.",
            ("verb", "kind"),
            registry=registry,
        )

        self._heard = Counter(
            "streamverse_pods_asked",
            "Questions to pods for their state, by the kind that they are of and result.",
            ("kind", "result"),
            registry=registry,
        )

    def heard(self, kind: str, result: str) -> None:
        self._heard.labels(kind, result).inc()

    def reconciled(self, key: Key, result: Result, seconds: float) -> None:
        self._reconciles.labels(key[0], result).inc()
        self._seconds.labels(key[0]).observe(seconds)

    def wrote(self, verb: str, kind: str) -> None:
        self._writes.labels(verb, kind).inc()


class Observed(Collector):
    """Gauges that are read when they are asked for."""

    def __init__(self, engine: Engine, election: Election) -> None:
        self._engine, self._election = engine, election

    def collect(self) -> Iterator[Metric]:
        queue = self._engine.queue
        yield _gauge("streamverse_queue_depth", "Objects that wait for a worker.", queue.depth)
        yield _gauge(
            "streamverse_queue_oldest_seconds",
            "How long the first of them waits.",
            queue.oldest_seconds(),
        )
        yield _gauge(
            "streamverse_leader", "Whether this replica acts.", float(self._election.leads)
        )
        yield self._conditions()

    def _conditions(self) -> GaugeMetricFamily:
        labels = ("kind", "namespace", "name", "type", "status", "reason")
        family = GaugeMetricFamily(
            "streamverse_condition", "The conditions of every object of ours.", labels=labels
        )
        for watch in self._engine.watches.values():
            if watch.reconcile is None:
                continue
            for manifest in self._engine.cache.all(watch.kind):
                meta = manifest["metadata"]
                for said in manifest.get("status", {}).get("conditions", []):
                    where = (watch.kind.name, meta.get("namespace", ""), meta["name"])
                    what = (said["type"], said["status"], said.get("reason", ""))
                    family.add_metric([*where, *what], 1)
        return family


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], value)
    return family
