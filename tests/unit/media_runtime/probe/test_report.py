"""What the probe tells the operator fits into a termination message."""

from crds.work import Dropped, ProbeReport, ProbeSummary
from media_runtime.probe.report import MOST_BYTES, fitting


def report(warnings: int, dropped: int) -> ProbeReport:
    return ProbeReport(
        probe=ProbeSummary(container="MP4 or QuickTime", duration_millis=1, size_bytes=1),
        ladder=(),
        dropped=tuple(
            Dropped(name=f"rung-{n}", reason="Upscale", message="m" * 200) for n in range(dropped)
        ),
        chunks_total=1,
        tasks=1,
        warnings=tuple(f"{n} " + "ä" * 200 for n in range(warnings)),
    )


def size(found: ProbeReport) -> int:
    return len(found.model_dump_json(by_alias=True).encode())


def test_what_fits_is_told_whole() -> None:
    assert fitting(report(2, 2)) == report(2, 2)


def test_the_last_warnings_go_first() -> None:
    found = fitting(report(50, 2))
    assert size(found) <= MOST_BYTES
    assert 0 < len(found.warnings) < 50
    assert found.dropped == report(50, 2).dropped


def test_the_names_of_dropped_rungs_stay_when_their_messages_cannot() -> None:
    found = fitting(report(0, 16))
    assert size(found) <= MOST_BYTES
    assert [drop.name for drop in found.dropped] == [f"rung-{n}" for n in range(16)]
