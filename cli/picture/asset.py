"""A MediaAsset: what it is, the job that stands for it, where it plays."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table

from crds.v1alpha1 import MediaAsset, MediaAssetStatus, TranscodeJob
from crds.v1alpha1.observed import Output

from .blocks import conditions, facts, given, headline, stack, warnings, what_to_do
from .job import ladder, playback, probe_line, progress_bar, timing_line
from .words import length, size, state

EMPTY = MediaAssetStatus()


def asset_picture(
    asset: MediaAsset, job: TranscodeJob | None = None, origin_url: str = ""
) -> RenderableType:
    """The whole of one asset, with the progress of its current job if that is known."""
    status = asset.status or EMPTY
    at_work = job.status if job else None
    return stack(
        headline(asset),
        what_to_do(asset),
        facts(
            [
                ("title", " · ".join(f"{t} ({lang})" for lang, t in asset.spec.title.items())),
                ("kind", asset.spec.kind),
                ("source", asset.spec.source.uri),
                ("is", given(status.probe, probe_line)),
                ("profile", asset.spec.profile_ref.name),
                ("length", given(status.duration_millis, length)),
                ("plays at", given(status.playback, lambda p: playback(p, origin_url))),
                ("used by", ", ".join(status.used_by)),
                ("warnings", warnings(status.warnings)),
                ("job", given(job, _job_line)),
                ("progress", given(at_work.progress if at_work else None, progress_bar)),
                ("times", given(at_work, lambda s: timing_line(s.timing))),
                ("ladder", ladder(at_work) if at_work else renditions(status.renditions)),
                ("state", conditions(status.conditions)),
            ]
        ),
    )


def _job_line(job: TranscodeJob) -> RenderableType:
    line = state(job)
    line.append(f"  transcodejob/{job.metadata.name}", "dim")
    return line


def renditions(outputs: Sequence[Output]) -> RenderableType | None:
    if not outputs:
        return None
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("rendition")
    table.add_column("codecs")
    for column in ("size", "average kbps", "peak"):
        table.add_column(column, justify="right")
    for output in outputs:
        table.add_row(
            output.name,
            output.codecs,
            size(output.bytes),
            str(output.average_kbps),
            str(output.peak_kbps),
        )
    return table
