"""What a scrape of a channel's pod finds: every fact, read where it is. No counting of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .metrics import Sample
    from .pod import Pod


def facts(pod: Pod) -> Iterator[Sample]:
    yield from _output(pod)
    yield from _switching(pod)
    yield from _dvr(pod)
    for name, rendition in pod.packager.renditions.items():
        kept, labels = rendition.ring.statistics(), {"rendition": name}
        yield "parts_total", "Parts on the timeline.", labels, kept.appended_parts
        yield "gap_parts_total", "Parts that nobody made.", labels, kept.gap_parts
        yield "ring_bytes", "Media in memory.", labels, kept.bytes
        yield "ring_segments", "Segments that are known of.", labels, kept.segments
        yield "waiting_requests", "Requests that wait for a part.", labels, kept.waiting
        for kind, count in rendition.troubles.items():
            told = "What an encoder left out, by kind."
            yield "encoder_troubles_total", told, {**labels, "kind": kind}, count


def _output(pod: Pod) -> Iterator[Sample]:
    state = pod.state()
    late, none = pod.lateness, dict[str, str]()
    yield "latency_seconds", "Of the newest part.", none, late.latency_millis / 1000
    yield "late_seconds", "Of the newest part, beyond its time.", none, late.late_millis / 1000
    yield "behind_seconds", "The encoder's, of real time.", none, state.behind_millis / 1000
    yield "restarts_total", "Times that it died, and was started again.", none, pod.restarts.count
    yield "ready", "A player finds enough to begin with.", none, float(pod.ready)
    yield "rungs", "That are encoded.", none, len(pod.encoding.rungs)
    yield "rungs_dropped", "That the encoder was too slow for.", none, pod.encoding.pace.dropped
    if state.timeline is not None:
        told = "The newest whole segment's number."
        yield "media_sequence", told, none, state.timeline.media_sequence
        told = "When the newest whole segment was there, in seconds of Unix time."
        yield (
            "last_segment_timestamp_seconds",
            told,
            none,
            (state.timeline.last_segment_at.timestamp()),
        )
    for reason in ("STALE_MANIFEST", "SLATE_INPUT", "INCOMPLETE_MANIFEST"):
        told = "1 while an edge should look elsewhere for this reason."
        yield "stale", told, {"reason": reason}, float(state.stale == reason)
    for reason, count in pod.encoding.restarts.items():
        told = "Encoders after the first, by what was wrong with the one before."
        yield "encoder_restarts_total", told, {"reason": reason}, count


def _dvr(pod: Pod) -> Iterator[Sample]:
    archive, none = pod.archive, dict[str, str]()
    if archive is None:
        return
    away = 0.0 if archive.away_since is None else time.monotonic() - archive.away_since
    yield "dvr_waiting_segments", "Whole, and not stored yet.", none, archive.waiting
    yield "dvr_stored_segments_total", "Written to the store.", none, archive.stored_segments
    yield "dvr_stored_bytes_total", "Written to the store.", none, archive.stored_bytes
    yield "dvr_missed_segments_total", "Never stored: gaps.", none, archive.missed_segments
    yield "dvr_deleted_segments_total", "Older than the DVR.", none, archive.deleted_segments
    yield "dvr_failures_total", "Calls that the store failed.", none, archive.failures
    yield "dvr_store_away_seconds", "Since when it took nothing; 0 if it does.", none, away


def _switching(pod: Pod) -> Iterator[Sample]:
    on_air, none = pod.switcher.state.on_air, dict[str, str]()
    yield "switches_total", "Changes of what is on air.", none, pod.switch_count
    yield "slate", "1 while the slate is on air.", none, float(on_air.kind == "Slate")
    for one in pod.inputs.states(pod.switcher.seen(), on_air):
        labels = {"input": one.name}
        yield "input_on_air", "1 for the input on air.", labels, float(one.name == on_air.input)
        receiving = one.state in {"Receiving", "OnAir"}
        yield "input_receiving", "1 while it brings something.", labels, float(receiving)
        if one.fault:
            yield "input_faulty", "1 while it is unfit.", {**labels, "fault": one.fault}, 1.0
        for alert in one.alerts:
            told = "1 while it is not what is expected."
            yield "input_alert", told, {**labels, "alert": alert}, 1.0
    for name, count in pod.inputs.received_bytes.items():
        yield "input_received_bytes_total", "Contributed.", {"input": name}, count
    for reason, count in pod.inputs.refused.items():
        yield "publishers_refused_total", "Not let in.", {"reason": reason}, count
    if pod.nudge is not None:
        yield "nudges_total", "That the operator heard.", none, pod.nudge.sent
        yield "nudges_unheard_total", "That it did not.", none, pod.nudge.failed
