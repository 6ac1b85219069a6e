"""A TranscodeJob: its ladder with what was dropped and why, how far it is, where it plays."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from crds.v1alpha1 import TranscodeJob, TranscodeJobStatus
from crds.v1alpha1.observed import Output, Playback, ProbeSummary
from crds.v1alpha1.transcodejob import Progress, Timing

from .blocks import conditions, facts, given, headline, stack, warnings, what_to_do
from .words import address, frame_rate, length, size

EMPTY = TranscodeJobStatus()


def job_picture(job: TranscodeJob, origin_url: str = "") -> RenderableType:
    """The whole of one job. `origin_url` makes its playback paths openable."""
    status = job.status or EMPTY
    return stack(
        headline(job),
        what_to_do(job),
        facts(
            [
                ("source", _source(job)),
                ("is", given(status.probe, probe_line)),
                ("profile", job.spec.profile_ref.name if job.spec.profile_ref else "its own"),
                ("progress", given(status.progress, progress_bar)),
                ("times", timing_line(status.timing)),
                ("sound", ", ".join(status.audio)),
                ("sync", "" if status.av_skew_millis is None else f"{status.av_skew_millis} ms"),
                ("plays at", given(status.playback, lambda p: playback(p, origin_url))),
                ("warnings", warnings(status.warnings)),
                ("ladder", ladder(status)),
                ("state", conditions(status.conditions)),
            ]
        ),
    )


def _source(job: TranscodeJob) -> str:
    if job.status and job.status.input_uri:
        return job.status.input_uri
    asset = job.spec.input.asset_ref
    return job.spec.input.uri or (f"mediaasset/{asset.name}" if asset else "")


def probe_line(probe: ProbeSummary) -> str:
    parts = [
        length(probe.duration_millis),
        size(probe.size_bytes),
        probe.container,
        probe.video or "no picture",
        probe.audio or "no sound",
        f"turned {probe.rotation}°" if probe.rotation else "",
        "variable frame rate" if probe.variable_frame_rate else "",
        "interlaced" if probe.interlaced else "",
        probe.transfer if probe.transfer != "SDR" else "",
    ]
    return " · ".join(part for part in parts if part)


def progress_bar(progress: Progress) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    told = f"{progress.percent} %  {progress.chunks_done} of {progress.chunks_total}"
    speed = f"  {progress.speed}" if progress.speed else ""
    grid.add_row(ProgressBar(total=100, completed=progress.percent, width=40), told + speed)
    return grid


def timing_line(timing: Timing) -> str:
    """When it began, and how long after that each step was reached."""
    start = timing.started_at
    if start is None:
        return ""
    steps = (
        ("probed", timing.probed_at),
        ("playable", timing.playable_at),
        ("encoded", timing.encoded_at),
        ("ended", timing.completed_at),
    )
    reached = [
        f"{name} after {length(round((at - start).total_seconds() * 1000))}"
        for name, at in steps
        if at is not None
    ]
    return " · ".join([f"began {start:%Y-%m-%d %H:%M:%S} UTC", *reached])


def playback(found: Playback, origin_url: str) -> RenderableType | None:
    lines = [address(origin_url, path) for path in (found.hls, found.dash) if path]
    return Text("\n".join(lines)) if lines else None


def ladder(status: TranscodeJobStatus) -> RenderableType | None:
    """Every rung of the profile: those that are made, then those that are not, with the reason."""
    if not status.resolved_ladder and not status.dropped:
        return None
    measured = {output.name: output for output in status.outputs}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("rung", "codec", "picture", "rate"):
        table.add_column(column)
    for column in ("aim kbps", "average", "peak", "SSIM"):
        table.add_column(column, justify="right")
    for rung in status.resolved_ladder:
        table.add_row(
            rung.name,
            rung.codec,
            f"{rung.width}x{rung.height}" + (f" {rung.transfer}" * (rung.transfer != "SDR")),
            frame_rate(rung.frame_rate),
            str(rung.bitrate_kbps),
            *_measures(measured.get(rung.name)),
        )
    if not status.dropped:
        return table
    gone = Table.grid(padding=(0, 2))
    for drop in status.dropped:
        gone.add_row(
            Text(drop.name, "strike dim"), Text(drop.reason, "yellow"), Text(drop.message, "dim")
        )
    return stack(table if status.resolved_ladder else None, Padding(gone, (0, 0)))


def _measures(output: Output | None) -> tuple[str, str, str]:
    if output is None:
        return "", "", ""
    ssim = "" if output.ssim is None else f"{output.ssim:.3f}"
    return str(output.average_kbps), str(output.peak_kbps), ssim
