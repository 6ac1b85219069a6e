"""What the gateway counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.refusals = Counter(
            "streamverse_contribution_refusals_total",
            "Publishers that were not let in, or not kept for what they sent.",
            ["protocol", "reason"],
            registry=self.registry,
        )
        self.connections = Gauge(
            "streamverse_contribution_connections",
            "Connections, those that were not yet let in with them.",
            ["protocol"],
            registry=self.registry,
        )
        self.publishers = Gauge(
            "streamverse_contribution_publishers",
            "Publishers on air.",
            ["protocol"],
            registry=self.registry,
        )
        self.sessions = Counter(
            "streamverse_contribution_sessions_total",
            "Publishers that were let in.",
            ["protocol"],
            registry=self.registry,
        )
        self.received = Counter(
            "streamverse_contribution_received_bytes_total",
            "Bytes of containers taken from publishers.",
            ["protocol"],
            registry=self.registry,
        )
        self.sent = Counter(
            "streamverse_contribution_sent_bytes_total",
            "Bytes handed to channels' pods.",
            ["protocol"],
            registry=self.registry,
        )
        self.dropped = Counter(
            "streamverse_contribution_dropped_bytes_total",
            "Bytes that a pod was too slow to take.",
            ["protocol"],
            registry=self.registry,
        )
        self.lines = Gauge(
            "streamverse_contribution_lines",
            "Lines to channels' pods that carry a stream.",
            ["protocol"],
            registry=self.registry,
        )
