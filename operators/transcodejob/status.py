"""What is said of a TranscodeJob: only what was observed, never less than was said before. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1.observed import Playback
from crds.v1alpha1.transcodejob import Progress, TranscodeJobStatus
from crds.work import EncodeReport
from operators.canonical import hash_of
from operators.transcodejob.conditions import Outcome, conditions
from operators.transcodejob.order import published_as
from operators.transcodejob.timing import timing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.observe import StepJob
    from operators.transcodejob.stages import Seen, Stage


def status(job: TranscodeJob, outcome: Outcome, seen: Seen) -> TranscodeJobStatus:
    before = job.status or TranscodeJobStatus()
    stage, probe, published = outcome.stage, outcome.stage.probe, outcome.stage.publish
    progress = _progress(before.progress, stage, seen)
    timing = timing_of(job, before.timing, outcome, seen)
    found: dict[str, object] = {
        "observed_generation": job.metadata.generation,
        "opening": stage.opening,
        "progress": progress,
        "timing": timing,
        "conditions": conditions(job, outcome, progress, timing),
        "warnings": _warnings(before.warnings, outcome, seen),
        **_latched(job, before, seen, started=timing.started_at is not None),
    }
    if probe is not None and before.probe is None:
        found |= {
            "probe": probe.probe,
            "resolved_ladder": probe.ladder,
            "dropped": probe.dropped,
            "audio": probe.audio,
        }
    if timing.playable_at is not None:
        found["playback"] = before.playback or _playback(job)
    if published is not None:
        found |= {
            "outputs": published.outputs,
            "duration_millis": published.duration_millis,
            "av_skew_millis": published.av_skew_millis,
            "playback": None
            if published.superseded_by
            else Playback(hls=published.hls_path, dash=published.dash_path),
        }
    return TranscodeJobStatus.model_validate(dict(before) | found)


def _playback(job: TranscodeJob) -> Playback:
    """Where the origin serves what is encoded so far; the paths stay when all of it is."""
    base = f"/vod/{job.metadata.namespace}.{published_as(job)}"
    return Playback(
        hls=f"{base}/master.m3u8" if job.spec.packaging.hls else None,
        dash=f"{base}/manifest.mpd" if job.spec.packaging.dash else None,
    )


def _latched(
    job: TranscodeJob, before: TranscodeJobStatus, seen: Seen, *, started: bool
) -> dict[str, object]:
    """What shapes output is copied once, when the job begins; from then on it is read from here."""
    if not started or seen.wishes.profile is None:
        return {}
    return {
        "profile": before.profile or (None if job.spec.profile else seen.wishes.profile),
        "profile_hash": before.profile_hash or hash_of(seen.wishes.profile),
        "input_uri": before.input_uri or seen.wishes.input_uri,
    }


def _progress(before: Progress | None, stage: Stage, seen: Seen) -> Progress | None:
    encode, probe = seen.jobs.get("encode"), stage.probe
    total = probe.chunks_total if probe else before.chunks_total if before else None
    if total is None:
        return None
    if stage.step in {None, "publish"}:
        done = total
    elif encode is not None:
        done = total - encode.completions + len(encode.completed)
    else:
        done = total - probe.tasks if probe else before.chunks_done if before else 0
    done = max(min(done, total), before.chunks_done if before else 0)
    if before is not None and before.chunks_done == done and before.chunks_total == total:
        return before  # a report that comes after its count says nothing that is worth a write
    speed = _speed(encode) if encode is not None else None
    return Progress(
        chunks_done=done,
        chunks_total=total,
        percent=100 * done // total if total else 100,
        speed=speed or (before.speed if before else None),
    )


def _speed(encode: StepJob) -> str | None:
    """Media by wall-clock time, over the chunks that were encoded here."""
    made = [
        (pod.report.media_millis, pod.ended_at)
        for pod in encode.pods
        if isinstance(pod.report, EncodeReport)
        and pod.report.task.startswith("chunk/")
        and not pod.report.reused
        and pod.ended_at is not None
    ]
    if not made or encode.started_at is None:
        return None
    wall = (max(ended for _, ended in made) - encode.started_at).total_seconds()
    return f"{sum(millis for millis, _ in made) / 1000 / wall:.1f}x" if wall > 0 else None


def _warnings(before: Sequence[str], outcome: Outcome, seen: Seen) -> list[str]:
    """Taken in when something else is said anyway: when the job moves on to its next step."""
    reports = [outcome.stage.probe, outcome.stage.publish]
    encode = seen.jobs.get("encode")
    if encode is not None and not encode.active:
        reports += [p.report for p in encode.pods if isinstance(p.report, EncodeReport)]  # type: ignore[misc]
    said: Iterable[str] = (line for report in reports if report for line in report.warnings)
    return list(dict.fromkeys([*before, *said]))[:20]
