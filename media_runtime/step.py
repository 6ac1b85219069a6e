"""Runs one step of a job: the order in, the report out, an exit code that says what to do next."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from crds.work import (
    EncodeReport,
    Exit,
    Failure,
    Order,
    ProbeReport,
    PublishReport,
    RetireReport,
)
from media_runtime.failure import Refused, ScratchFull, TryAgain, out_of_room
from media_runtime.ffmpeg import OverTime
from media_runtime.logs import log_to_stderr
from media_runtime.store import Changed, Missing, StoreAway, StoreRefused, StoreSettings
from media_runtime.store.patient import PatientStore

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from media_runtime.store import Store

AnyReport = ProbeReport | EncodeReport | PublishReport | RetireReport | Failure

REPORT_BYTES = 4096
"""What Kubernetes keeps of a termination message."""
_REPORT_AT = "/dev/termination-log"

log = structlog.get_logger()


def main(argv: Sequence[str]) -> int:
    """The exit code; the report lies where STREAMVERSE_REPORT says."""
    log_to_stderr()
    asked = _parsed(argv)
    where = Path(os.environ.get("STREAMVERSE_REPORT", _REPORT_AT))
    code, report = asyncio.run(_ended(asked))
    if report is not None:
        with suppress(OSError):  # a report that cannot be left does not undo the work
            where.write_bytes(told(report))
    return code


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m media_runtime")
    steps = parser.add_subparsers(dest="step", required=True)
    for step in ("probe", "publish", "make-bucket", "origin"):
        steps.add_parser(step)
    encode = steps.add_parser("encode")
    index = os.environ.get("JOB_COMPLETION_INDEX")
    encode.add_argument("--task-index", type=int, default=index, required=index is None)
    retire = steps.add_parser("retire")
    for wish in ("--tenant", "--title", "--name"):
        retire.add_argument(wish, help="by default as the order has it")
    steps.add_parser("sweep").add_argument("--tenant", required=True)
    return parser.parse_args(argv)


async def _ended(asked: argparse.Namespace) -> tuple[Exit, AnyReport | None]:
    """Runs the step, and makes of its end what Kubernetes is to know. SIGTERM ends it in order."""
    task = asyncio.create_task(_run(asked))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return Exit.DONE, await task
    except (
        *(Refused, Changed, TryAgain, StoreAway, Missing, OverTime, OSError),
        asyncio.CancelledError,
    ) as e:
        code, said = ending(e)
        log.warning(code.name.lower(), step=asked.step, kind=type(e).__name__, why=said.message)
        return code, said


def ending(error: BaseException) -> tuple[Exit, Failure]:
    """What Kubernetes and the operator are told of a step that ended so. Pure."""
    code, reason = _verdict(error)
    message = str(error)
    if isinstance(error, Refused):
        message = error.message
    elif isinstance(error, asyncio.CancelledError):
        message = "ended by SIGTERM"
    return code, Failure(reason=reason, message=message[:1024])


def _verdict(error: BaseException) -> tuple[Exit, str]:
    match error:
        case Refused():
            found = Exit.REFUSED, str(error.reason)
        case Changed():
            found = Exit.REFUSED, "InputChanged"
        case StoreRefused():
            found = Exit.REFUSED, "OutputUnwritable"
        case StoreAway():
            found = Exit.TRY_AGAIN, "StoreAway"
        case ScratchFull():
            found = Exit.TRY_AGAIN, "ScratchFull"
        case OSError() if out_of_room(error):
            found = Exit.TRY_AGAIN, "ScratchFull"
        case _:
            # Missing: what another step is to write; OverTime: ffmpeg hung; SIGTERM; the node
            found = Exit.TRY_AGAIN, "TryAgain"
    return found


async def _run(asked: argparse.Namespace) -> AnyReport | None:
    if asked.step == "make-bucket":
        from media_runtime.store.bucket import make_bucket  # noqa: PLC0415 - see _step

        await make_bucket(StoreSettings())
        return None
    if asked.step == "sweep":
        from media_runtime.retire.sweep import sweep  # noqa: PLC0415 - see _step

        return await sweep(asked.tenant, PatientStore.open(StoreSettings()))
    order = Order.model_validate_json(os.environ["STREAMVERSE_ORDER"])
    store = PatientStore.open(StoreSettings())
    with tempfile.TemporaryDirectory(prefix=f"{asked.step}-") as scratch:
        try:
            return await _step(asked, order, store, Path(scratch))
        except (Refused, Changed) as e:
            await turn_viewers_away(asked.step, order, store, ending(e)[1])
            raise


async def turn_viewers_away(step: str, order: Order, store: Store, said: Failure) -> None:
    """A title that was planned may be watched while it grows: it will not grow any more."""
    from media_runtime.title import records  # noqa: PLC0415 - see _step
    from media_runtime.title.index import Ended  # noqa: PLC0415 - see _step
    from media_runtime.title.layout import Layout  # noqa: PLC0415 - see _step

    layout = Layout(order.tenant)
    if step == "retire" or said.reason == "ChunksLost":
        return
    if await store.head(layout.plan(order.title)) is not None:
        why = Ended(reason=said.reason, message=said.message)
        await records.write_ended(store, layout, order.title, why)


def _step(
    asked: argparse.Namespace, order: Order, store: PatientStore, scratch: Path
) -> Coroutine[None, None, AnyReport]:
    """Each step's part is imported when it is asked for: the start of a pod is waited for."""
    match asked.step:
        case "probe":
            from media_runtime.probe.step import probe  # noqa: PLC0415 - see _step

            return probe(order, store, scratch)
        case "encode":
            from media_runtime.encode.step import encode  # noqa: PLC0415 - see _step

            return encode(order, asked.task_index, store, scratch)
        case "publish":
            from media_runtime.publish.step import publish  # noqa: PLC0415 - see _step

            return publish(order, store)
        case _:
            from media_runtime.retire.step import retire  # noqa: PLC0415 - see _step

            return retire(
                asked.tenant or order.tenant,
                asked.title or order.title,
                asked.name or order.name,
                store,
            )


def told(report: AnyReport) -> bytes:
    """JSON of at most 4 KiB, always whole: warnings go first, the last ones before the others."""
    while len(content := report.model_dump_json(by_alias=True, exclude_none=True).encode()) > (
        REPORT_BYTES
    ):
        report = shorter(report)
    return content


def shorter(report: AnyReport) -> AnyReport:
    """The same with less said. Pure."""
    warnings = getattr(report, "warnings", ())
    if warnings:
        return report.model_copy(update={"warnings": tuple(warnings)[:-1]})
    if isinstance(report, Failure):
        return report.model_copy(update={"message": report.message[: len(report.message) // 2]})
    if isinstance(report, ProbeReport) and any(d.message for d in report.dropped):
        brief = (dropped.model_copy(update={"message": ""}) for dropped in report.dropped)
        return report.model_copy(update={"dropped": tuple(brief)})
    raise ValueError(f"a {report.step} report of more than {REPORT_BYTES} bytes")
