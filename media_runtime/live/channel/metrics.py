"""What a channel's pod counts; most is read from where it is at each scrape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client.metrics_core import Metric
    from starlette.requests import Request

Sample = tuple[str, str, dict[str, str], float]
"""Name (counters end in _total), help, labels and value."""

_PREFIX = "streamverse_channel_"
_LATENCIES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)


class _Read(Collector):
    def __init__(self, facts: Callable[[], Iterable[Sample]]) -> None:
        self._facts = facts

    def collect(self) -> Iterator[Metric]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for name, told, labels, value in self._facts():
            family = families.get(name)
            if family is None:
                kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                family = families[name] = kind(_PREFIX + name, told, labels=list(labels))
            family.add_metric(list(labels.values()), value)
        yield from families.values()


class ChannelMetrics:
    def __init__(self, facts: Callable[[], Iterable[Sample]]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Read(facts))
        self.computations = Counter(
            f"{_PREFIX}playlists_made_total",
            "Playlists computed, by kind; answers from memory are not.",
            ["kind"],
            registry=self.registry,
        )
        self.part_seconds = Histogram(
            f"{_PREFIX}part_latency_seconds",
            "From the due time of a part's first picture to its being there to be fetched.",
            buckets=_LATENCIES,
            registry=self.registry,
        )

    async def endpoint(self, _: Request) -> Response:
        return Response(
            generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
