"""A report always fits where Kubernetes keeps it, and is always whole."""

import asyncio
import json
from errno import ENOSPC

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crds.work import Dropped, EncodeReport, Exit, Failure, ProbeReport, ProbeSummary
from media_runtime.failure import Refused, ScratchFull, TryAgain
from media_runtime.step import REPORT_BYTES, ending, told
from media_runtime.store import Changed, Missing, StoreAway, StoreRefused

warnings = some.lists(some.text(max_size=400), max_size=40)


@given(warnings)
def test_warnings_give_way(said: list[str]) -> None:
    report = EncodeReport(task="chunk/0", media_millis=1, wall_millis=1, warnings=tuple(said))
    content = told(report)
    assert len(content) <= REPORT_BYTES
    kept = json.loads(content)["warnings"]
    assert kept == said[: len(kept)]


def test_a_short_report_is_told_whole() -> None:
    report = EncodeReport(task="audio", media_millis=1, wall_millis=1, warnings=("a", "b"))
    assert json.loads(told(report))["warnings"] == ["a", "b"]


def test_a_failure_in_any_script_fits() -> None:
    content = told(Failure(reason="EncodeFailed", message="\N{SNOWMAN}" * 1024))
    assert len(content) <= REPORT_BYTES
    assert json.loads(content)["reason"] == "EncodeFailed"


def test_a_long_ladder_keeps_its_reasons() -> None:
    dropped = (Dropped(name="x" * 32, reason="Upscale", message="m" * 256),) * 16
    probe = ProbeSummary(container="MP4", duration_millis=1, size_bytes=1)
    report = ProbeReport(probe=probe, ladder=(), dropped=dropped, chunks_total=0, tasks=0)
    content = told(report)
    assert len(content) <= REPORT_BYTES
    assert [d["reason"] for d in json.loads(content)["dropped"]] == ["Upscale"] * 16


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (Refused("NoMedia", "text only"), Exit.REFUSED, "NoMedia"),
        (Changed("read x"), Exit.REFUSED, "InputChanged"),
        (StoreRefused("write x: no such bucket"), Exit.REFUSED, "OutputUnwritable"),
        (StoreAway("connection refused"), Exit.TRY_AGAIN, "StoreAway"),
        (Missing("no plan"), Exit.TRY_AGAIN, "TryAgain"),
        (TryAgain("ffmpeg was killed"), Exit.TRY_AGAIN, "TryAgain"),
        (ScratchFull("encoding: no room"), Exit.TRY_AGAIN, "ScratchFull"),
        (OSError(ENOSPC, "No space left on device"), Exit.TRY_AGAIN, "ScratchFull"),
        (OSError("an odd one"), Exit.TRY_AGAIN, "TryAgain"),
        (asyncio.CancelledError(), Exit.TRY_AGAIN, "TryAgain"),
    ],
)
def test_an_end_says_whether_to_try_again(error: BaseException, code: Exit, reason: str) -> None:
    assert (ending(error)[0], ending(error)[1].reason) == (code, reason)
