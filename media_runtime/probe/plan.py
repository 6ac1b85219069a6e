"""Makes the plan of a title from what was found out about its source. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.title.pictures import poster_rung, wanted
from media_runtime.title.plan import Chunk, Images, Plan, VideoTrack
from media_runtime.title.tasks import tasks_of

from . import keys, parts, reads
from .audio import renditions
from .chunks import Spans, chunks_in_task, cut, segments_in
from .ladder import Ladder, Picture, ladder, no_ladder

if TYPE_CHECKING:
    from crds.work import Dropped, Order
    from media_runtime.title.plan import AudioRendition, ByteRange

    from .chunks import Span
    from .engine import Engine
    from .survey import Survey

_LONGEST_HOURS = 48
_LONGEST_GAP_SECONDS = 3600
"""Without a new frame: longer than any slide, so a clock that leaps."""
_THUMBNAIL_LINES = 90


@dataclass(frozen=True)
class Planned:
    plan: Plan
    """Its tasks are all there are; the step leaves out what is done."""
    dropped: tuple[Dropped, ...]


def planned(order: Order, survey: Survey, engine: Engine) -> Planned:
    """Raises Refused: LadderEmpty, UnsupportedCodec, NoAudio, NoMedia, InputCorrupt."""
    seconds = _seconds(survey)
    found = _ladder(order, survey, engine)
    audio = renditions(
        order.profile.audio, survey.audio, start_seconds=_start(survey), engine=engine
    )
    if not found.rungs and not audio:
        raise Refused("NoMedia", "the source has only sound, and the profile no audio renditions")
    images = _images(order, survey)
    chunks = _chunks(order, survey, found, engine, images)
    stills = [chunk.stills for chunk in chunks if chunk.stills is not None]
    facts = (str(seconds), str(found.segment_seconds), engine.name)
    whole = Plan(
        title=order.title,
        name=order.name,
        source=survey.source,
        engine=engine.name,
        duration_seconds=seconds,
        gop_seconds=found.gop_seconds,
        segment_seconds=found.segment_seconds,
        video=_track(survey),
        rungs=found.rungs,
        audio=audio,
        audio_keys={r.name: _audio_key(r, survey, facts) for r in audio},
        images=images,
        images_key=keys.images(images, stills, engine.name) if images else None,
        chunks=chunks,
        chunks_in_task=chunks_in_task(found.segment_seconds, order.target_chunk_seconds),
        tasks=(),
        min_ssim=order.min_ssim,
        av_skew_max_millis=order.av_skew_max_millis,
        hls=order.hls,
        dash=order.dash,
    )
    return Planned(whole.model_copy(update={"tasks": tasks_of(whole)}), found.dropped)


def _start(survey: Survey) -> Fraction:
    """Time zero of the title, on the source's clock: where the picture starts."""
    if survey.timing is not None:
        return survey.timing.start
    return survey.sound[0] if survey.sound is not None else Fraction(0)


def _seconds(survey: Survey) -> Fraction:
    if survey.timing is not None:
        seconds = survey.timing.seconds
    elif survey.sound is not None:
        seconds = survey.sound[1] - survey.sound[0]
    else:
        seconds = Fraction(0)
    if seconds > _LONGEST_HOURS * 3600:
        hours = float(seconds / 3600)
        raise Refused("InputCorrupt", f"its timestamps span {hours:.0f} h: more than any film")
    gap = survey.timing.longest_gap_seconds if survey.timing is not None else 0
    if gap > _LONGEST_GAP_SECONDS:
        raise Refused("InputCorrupt", f"its clock leaps by {float(gap):.0f} s; remux it")
    if seconds <= 0:
        raise Refused("InputCorrupt", "its packets last no time at all")
    return seconds


def _ladder(order: Order, survey: Survey, engine: Engine) -> Ladder:
    video, timing = survey.contents.video, survey.timing
    if video is None or timing is None:
        return no_ladder(order.profile)
    picture = Picture(
        width=video.display_width,
        height=video.display_height,
        rate=timing.rate,
        seconds=timing.seconds,
        transfer=video.transfer,
    )
    return ladder(order.profile, picture, engine)


def _track(survey: Survey) -> VideoTrack | None:
    video, timing = survey.contents.video, survey.timing
    if video is None or timing is None:
        return None
    return VideoTrack(
        stream=video.index,
        start_seconds=timing.start,
        rotation=video.rotation,
        deinterlace=survey.interlaced,
        transfer=video.transfer,
        matrix=video.matrix,
        full_range=video.full_range,
        mastering=video.mastering if video.transfer == "HDR10" else None,
    )


def _chunks(
    order: Order, survey: Survey, found: Ladder, engine: Engine, images: Images | None
) -> tuple[Chunk, ...]:
    video, timing, track = survey.contents.video, survey.timing, _track(survey)
    if video is None or timing is None or track is None:
        return ()
    packets = survey.packets[video.index]
    spans = Spans(packets, video.time_base, timing.start, timing.rate)
    segments, segment = segments_in(timing.seconds, found.segment_seconds), found.segment_seconds
    measured = "measured" if order.min_ssim is not None else "not measured"
    chunks = []
    for index, (first, count) in enumerate(cut(segments, segment, order.target_chunk_seconds)):
        begin, end = first * segment, (first + count) * segment
        span = spans.of(timing.start + begin, timing.start + end)
        picture = keys.picture(packets, span, video, track, timing)
        stills = None
        if images is not None:
            shown = wanted(images, timing.seconds, begin, end)
            stills = keys.stills(picture, images, poster_rung(found.rungs), shown, engine.name)
        chunks.append(
            Chunk(
                index=index,
                first_segment=first,
                segments=count,
                seek_seconds=span.seek_seconds,
                reads=_reads(survey, span, video.index),
                excerpt=_excerpt(survey, span, video.index),
                keys={
                    rung.name: keys.chunk(
                        picture,
                        rung,
                        frames=(
                            first * rung.segment_frames,
                            min(rung.frames, (first + count) * rung.segment_frames),
                        ),
                        facts=(measured, engine.name),
                    )
                    for rung in found.rungs
                },
                stills=stills,
            )
        )
    return tuple(chunks)


def _reads(survey: Survey, span: Span, video: int) -> tuple[ByteRange, ...]:
    if survey.index is None:
        return reads.whole(survey.source.size)
    return reads.of_chunk(
        span,
        survey.packets[video],
        (packets for index, packets in survey.packets.items() if index != video),
        headers=survey.index,
        size=survey.source.size,
    )


def _excerpt(survey: Survey, span: Span, video: int) -> tuple[ByteRange, ...]:
    if survey.parts is None:
        return ()
    return parts.of_chunk(span, survey.packets[video], survey.parts, survey.source.size)


def _audio_key(rendition: AudioRendition, survey: Survey, facts: tuple[str, ...]) -> str:
    streams = {stream.index: stream for stream in survey.audio}
    if rendition.stream is None:
        return keys.silence(rendition, *facts)
    packets = survey.packets[rendition.stream]
    return keys.audio(rendition, packets, streams[rendition.stream], *facts)


def _images(order: Order, survey: Survey) -> Images | None:
    video, every = survey.contents.video, order.profile.images.thumbnails_every_seconds
    if video is None or not every:
        return None
    tall = 2 * max(1, round(_THUMBNAIL_LINES / 2))
    wide = 2 * max(1, round(tall * video.display_width / video.display_height / 2))
    return Images(every_seconds=every, width=min(wide, 4 * tall), height=tall)
