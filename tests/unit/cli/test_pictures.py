from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from rich.console import Console, RenderableType

from cli.picture.asset import asset_picture
from cli.picture.job import job_picture
from cli.picture.overview import overview
from cli.picture.profile import profile_picture
from cli.picture.words import age, frame_rate, length, settled, size
from tests.unit.cli.builders import DASH, HLS, LADDER, asset, conditions, job, profile

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


def shown(picture: RenderableType) -> str:
    console = Console(width=140, markup=False, emoji=False, highlight=False, record=True)
    with console.capture() as captured:
        console.print(picture)
    return captured.get()


def test_a_new_job_says_that_nobody_has_looked_at_it() -> None:
    told = shown(job_picture(job()))
    assert "transcodejob/film" in told
    assert "New" in told
    assert "streamverse doctor" in told


def test_a_job_under_way_shows_how_far_and_how_fast() -> None:
    progress = {"chunksDone": 3, "chunksTotal": 9, "percent": 33, "speed": "1.8x"}
    status = {"conditions": conditions(Ready="False Encoding three of nine"), "progress": progress}
    told = shown(job_picture(job(status)))
    assert "… Encoding" in told
    assert "33 %  3 of 9  1.8x" in told


def test_a_dropped_rung_is_shown_with_its_reason() -> None:
    dropped = [{"name": "1080p", "reason": "Upscale", "message": "the source has 720 lines"}]
    told = shown(job_picture(job({"resolvedLadder": LADDER, "dropped": dropped})))
    line = next(line for line in told.splitlines() if "1080p" in line)
    assert "Upscale" in line
    assert "the source has 720 lines" in line
    assert "29.97" in told


def test_a_ladder_of_nothing_but_dropped_rungs_is_shown_too() -> None:
    dropped = [{"name": "1080p", "reason": "NoVideo"}]
    assert "NoVideo" in shown(job_picture(job({"dropped": dropped})))


def test_a_failed_job_says_what_to_do() -> None:
    status = {
        "conditions": conditions(
            Ready="False InputCorrupt the file ends early",
            Failed="True InputCorrupt the file ends early",
            Stalled="True InputCorrupt the file ends early",
        )
    }
    told = shown(job_picture(job(status)))
    assert "✗ InputCorrupt" in told
    assert "→ The source cannot be decoded. Upload it again, or repair it." in told


def test_what_was_measured_stands_beside_what_was_aimed_at() -> None:
    outputs = [
        {
            "name": "360p",
            "codecs": "avc1.64001e",
            "bytes": 1,
            "averageKbps": 790,
            "peakKbps": 1111,
            "ssim": 0.98765,
        }
    ]
    told = shown(job_picture(job({"resolvedLadder": LADDER, "outputs": outputs})))
    line = next(line for line in told.splitlines() if "360p" in line)
    assert line.split()[-4:] == ["800", "790", "1111", "0.988"]


def test_playback_is_an_address_that_can_be_opened() -> None:
    told = shown(job_picture(job({"playback": {"hls": HLS, "dash": DASH}}), "http://here:1"))
    assert f"http://here:1{HLS}" in told
    assert f"http://here:1{DASH}" in told


def test_an_asset_shows_the_progress_of_its_job() -> None:
    progress = {"chunksDone": 1, "chunksTotal": 2, "percent": 50}
    working = job({"progress": progress, "resolvedLadder": LADDER})
    told = shown(asset_picture(asset({"currentJob": "film"}), working))
    assert "50 %" in told
    assert "360p" in told


def test_brackets_in_a_title_are_shown_and_not_obeyed() -> None:
    assert "A [bold]Film[/bold] (en)" in shown(asset_picture(asset()))


def test_a_profile_shows_its_rungs() -> None:
    assert "360 lines" in shown(profile_picture(profile()))


def test_the_overview_has_a_line_for_each_object() -> None:
    told = shown(overview([asset(), job(), profile()], NOW))
    for name in ("mediaasset/film", "transcodejob/film", "encodingprofile/ladder-small"):
        assert name in told


def test_an_empty_overview_says_how_to_begin() -> None:
    assert "streamverse upload" in shown(overview([], NOW))


@dataclass(frozen=True)
class Case:
    said: dict[str, str]
    generation: int
    is_settled: bool


@pytest.mark.parametrize(
    "case",
    [
        Case({"Ready": "True Complete all"}, 1, is_settled=True),
        Case({"Ready": "False NoMedia none", "Stalled": "True NoMedia none"}, 1, is_settled=True),
        Case({"Ready": "False Encoding some"}, 1, is_settled=False),
        Case({"Ready": "True Complete all"}, 0, is_settled=False),
    ],
)
def test_an_object_is_settled_once_it_is_ready_or_stalled_in_its_present_form(case: Case) -> None:
    status = {"conditions": conditions(**case.said), "observedGeneration": case.generation}
    assert settled(job(status)) is case.is_settled


@pytest.mark.parametrize(
    ("millis", "told"),
    [(980, "0.98 s"), (12_500, "12.5 s"), (185_000, "3 min 05 s"), (3_720_000, "1 h 02 min")],
)
def test_lengths_are_told_as_people_do(millis: int, told: str) -> None:
    assert length(millis) == told


def test_sizes_rates_and_ages_are_told_as_people_do() -> None:
    assert (size(999), size(1500), size(2_500_000_000)) == ("999 B", "1.5 kB", "2.5 GB")
    assert (frame_rate("30000/1001"), frame_rate("25"), frame_rate("")) == ("29.97", "25", "")
    assert age(datetime(2025, 1, 1, 11, 58, 30, tzinfo=UTC), NOW) == "90s"
    assert age(datetime(2024, 12, 25, tzinfo=UTC), NOW) == "7d"
