"""The probe's report: what a person wants to know of the source, in 4 KiB. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.work import Dropped, ProbeReport, ProbeSummary, ResolvedRung
from media_runtime.ffmpeg.formats import KNOWN_AS
from media_runtime.title.tasks import tasks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.title.plan import Plan

    from .model import AudioStream, VideoStream
    from .survey import Survey
    from .timing import Timing

MOST_BYTES = 4096
_LONGEST_WARNING = 200


def report(
    survey: Survey, plan: Plan, dropped: Sequence[Dropped], missing: Sequence[str]
) -> ProbeReport:
    whole = ProbeReport(
        probe=_summary(survey, plan),
        ladder=tuple(
            ResolvedRung(
                name=rung.name,
                codec=rung.codec,
                width=rung.width,
                height=rung.height,
                frame_rate=str(rung.rate),
                bitrate_kbps=rung.bitrate_kbps,
                transfer=rung.transfer,
            )
            for rung in plan.rungs
        ),
        dropped=tuple(dropped),
        audio=tuple(rendition.name for rendition in plan.audio),
        chunks_total=len(tasks_of(plan)),
        # the Job's indexes mean the plan's tasks, of which a second probe may find some done
        tasks=len(plan.tasks) if missing else 0,
        warnings=tuple(warning[:_LONGEST_WARNING] for warning in survey.warnings),
    )
    return fitting(whole)


def fitting(whole: ProbeReport) -> ProbeReport:
    """A Kubernetes termination message ends at 4 KiB: the least needed goes first."""
    while len(whole.model_dump_json(by_alias=True).encode()) > MOST_BYTES:
        if whole.warnings:
            whole = whole.model_copy(update={"warnings": whole.warnings[:-1]})
        elif any(drop.message for drop in whole.dropped):
            silent = tuple(drop.model_copy(update={"message": ""}) for drop in whole.dropped)
            whole = whole.model_copy(update={"dropped": silent})
        else:
            return whole.model_copy(update={"audio": whole.audio[:8]})
    return whole


def _summary(survey: Survey, plan: Plan) -> ProbeSummary:
    video, timing = survey.contents.video, survey.timing
    audio = survey.audio
    summary = ProbeSummary(
        container=KNOWN_AS[survey.contents.format],
        duration_millis=round(plan.duration_seconds * 1000),
        size_bytes=survey.source.size,
        audio=", ".join(_sound(stream) for stream in audio)[:256],
        audio_channels=max((stream.channels for stream in audio), default=0),
        timecode=survey.contents.timecode,
    )
    if video is None or timing is None:
        return summary
    return summary.model_copy(
        update={
            "video": _picture(video, timing, interlaced=survey.interlaced)[:128],
            "width": video.display_width,
            "height": video.display_height,
            "frame_rate": str(timing.rate),
            "variable_frame_rate": timing.variable,
            "interlaced": survey.interlaced,
            "rotation": video.rotation,
            "transfer": video.transfer,
        }
    )


def _picture(video: VideoStream, timing: Timing, *, interlaced: bool) -> str:
    rate = f"{float(timing.rate):.3f}".rstrip("0").rstrip(".")
    facts = [
        " ".join(filter(None, (video.codec, video.profile))),
        f"{video.width}x{video.height}" + ("i" if interlaced else ""),
        f"{rate} fps" + (" on average" if timing.variable else ""),
        f"{video.bit_depth} bit",
        video.transfer,
    ]
    if video.sample_aspect != 1:
        aspect = video.sample_aspect
        facts.append(f"pixels {aspect.numerator}:{aspect.denominator}")
    return ", ".join(facts)


def _sound(stream: AudioStream) -> str:
    language = "" if stream.language == "und" else f" {stream.language}"
    return f"{stream.codec} {stream.layout} {stream.sample_rate} Hz{language}"
