"""Where publishers ask to be let in, and where it is written down that they were not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import structlog
from pydantic import SecretStr

from media_runtime.live.line import Container, Introduction, PublishProtocol

from .handoff import Handoff
from .refusal import PublisherRefused

if TYPE_CHECKING:
    from types import TracebackType

    from .key import StreamKey
    from .metrics import Metrics
    from .pods import Pods
    from .settings import ContributionSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    settings: ContributionSettings
    metrics: Metrics
    pods: Pods
    there: Counter[str] = field(default_factory=Counter)
    """Connections, by protocol."""

    def visit(self, protocol: PublishProtocol, peer: str) -> Visit:
        return Visit(self, protocol, peer)

    def find_room(self, protocol: PublishProtocol) -> None:
        """For one more. Raises PublisherRefused."""
        most = self.settings.max_publishers
        if self.there[protocol] >= most:
            raise PublisherRefused("TooMany", f"{most} publishers are here already")

    def refuse(
        self, protocol: PublishProtocol, peer: str, refusal: PublisherRefused, place: str = ""
    ) -> None:
        """The audit: one line and one count for each."""
        self.metrics.refusals.labels(protocol, refusal.reason).inc()
        log.warning(
            "publisher refused",
            protocol=protocol,
            input=place,
            peer=peer,
            reason=refusal.reason,
            message=refusal.message,
        )


class Visit:
    """One connection of a publisher. A refusal that leaves it is audited."""

    def __init__(self, desk: Desk, protocol: PublishProtocol, peer: str) -> None:
        self._desk = desk
        self._protocol: PublishProtocol = protocol
        self._peer = peer
        self.place = ""
        self._connections = desk.metrics.connections.labels(protocol)

    def __enter__(self) -> Self:
        self._connections.inc()
        self._desk.there[self._protocol] += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connections.dec()
        self._desk.there[self._protocol] -= 1
        if isinstance(error, PublisherRefused):
            self._desk.refuse(self._protocol, self._peer, error, self.place)

    def handoff(self, key: StreamKey, container: Container) -> Handoff:
        """To be entered: that asks the channel's pods."""
        self.place = key.place
        caller = Introduction(
            input=key.input,
            secret=SecretStr(key.secret),
            protocol=self._protocol,
            peer=self._peer,
            container=container,
        )
        desk = self._desk
        host = key.host(desk.settings.service_suffix)
        return Handoff(host, caller, desk.pods, desk.settings, desk.metrics)
