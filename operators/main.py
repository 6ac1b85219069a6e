"""The operators' process: kopf brings events, the queue turns them into reconciles, one leads."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import kopf
import structlog
import uvloop
from prometheus_client import CollectorRegistry
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from operators.cluster import Cluster
from operators.connection import Connection, connect
from operators.election import Always, Election
from operators.engine import Engine
from operators.forgetful import NoDiffs, NoProgress
from operators.logs import configure
from operators.metrics import Metrics, Observed
from operators.registry import WATCHES
from operators.serve import serve
from operators.settings import Settings
from operators.tenant.leftover import look_for_leftover_keys
from operators.tenant.origin import keep_origin_key
from operators.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

log = structlog.get_logger()

_GRACE_SECONDS = 8.0
"""For reconciles under way, when we are asked to end; less than the Lease's term."""


def main() -> None:
    settings = Settings()
    configure(settings.log_level)
    uvloop.run(run(settings))


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT, or until a part of us dies: then all of it ends."""
    stop = asyncio.Event()
    connection = connect(settings.kubeconfig)
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    me = f"{settings.pod_name}_{uuid4().hex[:8]}"
    async with connection.session() as session:
        election = Election(
            Cluster(session, Always()),
            me=me,
            name=settings.lease_name,
            namespace=settings.pod_namespace,
            term_seconds=settings.lease_seconds,
            renew_seconds=settings.renew_seconds,
        )
        engine = Engine(
            settings,
            Cluster(session, election, count=metrics.wrote),
            WATCHES,
            me=me,
            on_reconciled=metrics.reconciled,
            on_heard=metrics.heard,
        )
        watchdog = Watchdog(engine)
        registry.register(Observed(engine, election))
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        runner = await serve(
            settings.listen_port,
            complaints=watchdog.complaints,
            ready=watchdog.synced.is_set,
            nudge=engine.nudge,
            registry=registry,
        )
        parts = [
            asyncio.create_task(_watch(connection, engine, stop), name="watches"),
            asyncio.create_task(watchdog.run(), name="watchdog"),
            asyncio.create_task(engine.queue.run(), name="queue"),
            asyncio.create_task(_lead(engine, election, watchdog), name="election"),
            asyncio.create_task(keep_origin_key(settings, election), name="origin's key"),
            asyncio.create_task(look_for_leftover_keys(engine, election), name="leftover keys"),
            asyncio.create_task(stop.wait(), name="signal"),
        ]
        try:
            await _first_to_end(parts)
        finally:
            await _end(engine, election, parts)
            await engine.ears.end()
            await runner.cleanup()


async def _lead(engine: Engine, election: Election, watchdog: Watchdog) -> None:
    # Whoever cannot see must not lead.
    await watchdog.synced.wait()
    await election.campaign(engine.lead)


async def _first_to_end(parts: Collection[asyncio.Task[object]]) -> None:
    done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    for part in done:
        log.info("ending", because=part.get_name())
        part.result()
        if part.get_name() != "signal":
            sys.exit(f"{part.get_name()} ended")


async def _end(engine: Engine, election: Election, parts: Collection[asyncio.Task[object]]) -> None:
    """In this order: nothing new begins, what runs ends, the Lease is given back."""
    engine.queue.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(min(_GRACE_SECONDS, max(election.seconds_left(), 0))):
            await engine.queue.idle()
    for part in parts:
        if part.get_name() == "election":
            part.cancel()
            await asyncio.wait([part])
    await election.release()
    for part in parts:
        part.cancel()
    await asyncio.wait(parts)


class _Patience:
    """kopf's waits between tries of one request: for ever, or its watch would die of an outage."""

    def __iter__(self) -> Iterator[float]:
        return itertools.chain((0.1, 0.3, 1), itertools.repeat(2.0))


async def _watch(connection: Connection, engine: Engine, stop: asyncio.Event) -> None:
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.persistence.diffbase_storage = NoDiffs()
    settings.persistence.progress_storage = NoProgress()
    settings.networking.error_backoffs = _Patience()
    settings.networking.connect_timeout = 5
    settings.networking.request_timeout = 60
    settings.watching.server_timeout = 240
    settings.watching.connect_timeout = 5
    settings.queueing.idle_timeout = 1
    settings.queueing.exit_timeout = 1
    for watch in WATCHES.values():
        if watch.kind.selector:
            where = (watch.kind.group, watch.kind.version, watch.kind.plural)
            settings.watching.label_selectors[where] = watch.kind.selector

    @kopf.on.login()
    async def _(**_: object) -> kopf.AiohttpSession:
        return kopf.AiohttpSession(server=connection.server, aiohttp_session=connection.session())

    tasks = await kopf.spawn_tasks(
        settings=settings, clusterwide=True, standalone=True, memo=kopf.Memo(engine=engine)
    )
    # kopf would stop watching first; we end in an order of our own.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ours = asyncio.all_tasks() - set(tasks)
    await kopf.run_tasks(tasks, ignored=ours)
