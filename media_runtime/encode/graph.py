"""The filter graph of a chunk: one decode, every rung, each frame at its place. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from media_runtime.ffmpeg import FORGET
from media_runtime.title.plan import Chunk, VideoRung, VideoTrack

from .colour import to_hdr, to_sdr, tone_mapped
from .span import decimal, seconds, span_of

STILLS = "stills"

TURN: dict[int, tuple[str, ...]] = {
    0: (),
    90: ("transpose=clock",),
    180: ("hflip", "vflip"),
    270: ("transpose=cclock",),
}
"""By the clockwise degrees that a player would turn the coded picture by."""


def video_graph(
    track: VideoTrack,
    rungs: Sequence[VideoRung],
    chunk: Chunk,
    *,
    clock: VideoRung | None = None,
    beside: Sequence[str] = (),
) -> str:
    """A -filter_complex whose outputs [r0], [r1], … are the rungs' frames, in their order.

    `clock`: any rung of the title, where there is none to make. `beside`: lines that take the
    source's frames, in the title's time, from [stills].
    """
    some = clock or rungs[0]
    rates = sorted({rung.rate for rung in rungs}, reverse=True)
    heard, source = _without_what_leads_up(track, some, chunk)
    source += _not_far_ahead(some, chunk)
    if track.deinterlace:
        # one frame out for each frame in, whether flagged or not: the probe step looked at pictures
        source.append("bwdif=mode=send_frame:deint=all")
    source += TURN[track.rotation]
    heads = [f"[at{i}]" for i in range(len(rates))] + [f"[{STILLS}]"] * bool(beside)
    lines = [*heard, _split(",".join(source), heads)]
    for i, rate in enumerate(rates):
        same = [(n, rung) for n, rung in enumerate(rungs) if rung.rate == rate]
        lines += _at_rate(track, same, chunk, f"at{i}")
    return ";".join((*lines, *beside))


def _without_what_leads_up(
    track: VideoTrack, rung: VideoRung, chunk: Chunk
) -> tuple[list[str], list[str]]:
    """The filters that the source begins with, and before them a line that listens.

    After a seek a decoder may complain of what it lacks: pictures that lean on the GOP before (open
    GOPs), packets before the key frame. None of these is used. With one decoding thread whatever it
    says of them is said before the chunk's first picture comes out, and that one is announced.
    """
    clock = f"[0:{track.stream}]{on_title_time(track.start_seconds, 'setpts')}"
    if chunk.index == 0:
        return [], [clock]
    begin = seconds(span_of(rung, chunk).first, rung) - 1 / rung.rate / 2
    key, _, value = FORGET.partition("=")
    announced = (
        f"[heard]trim=start={decimal(begin)},select='eq(n,0)',"
        f"metadata=mode=add:key={key}:value={value},"
        "metadata=mode=print:direct=1:file='pipe\\:2',nullsink"
    )
    return [f"{clock},split=2[heard][wanted]", announced], ["[wanted]null"]


def _not_far_ahead(rung: VideoRung, chunk: Chunk) -> tuple[str, ...]:
    """Bounds what the fps filter may have to repeat, which it does all at once and in memory.

    One flipped bit in a timestamp is a leap of hours. What lies further ahead than any picture is
    held (the probe step refuses more than an hour) is dropped; what is shown after the chunk ends
    it just the same if it is shown soon after.
    """
    end = seconds(span_of(rung, chunk).end, rung)
    return (f"select='lt(t,{decimal(end + 3600)})'", f"setpts='min(PTS,{decimal(end + 1)}/TB)'")


def on_title_time(start: Fraction, setter: str) -> str:
    """Shifts the source's clock to the title's; rounded, for these filters truncate doubles."""
    return f"{setter}=floor(PTS-({start.numerator}/{start.denominator})/TB+0.5)"


def _at_rate(
    track: VideoTrack, rungs: Sequence[tuple[int, VideoRung]], chunk: Chunk, label: str
) -> list[str]:
    _, some = rungs[0]
    start = seconds(span_of(some, chunk).first, some)
    paced = ",".join(
        (
            # The grid has one phase in all chunks (frame n at n / rate), so chunks agree on which
            # source frame is shown when. start_time drops what was decoded only to get here, and
            # repeats the first picture if the source begins late or is broken there.
            f"fps=fps={some.rate}:start_time={decimal(start)}:round=near",
            # the last picture goes on until -frames:v says stop: a chunk is never short
            "tpad=stop=-1:stop_mode=clone",
        )
    )
    sdr = [(n, rung) for n, rung in rungs if rung.transfer == "SDR"]
    hdr = [(n, rung) for n, rung in rungs if rung.transfer != "SDR"]
    mapping = track.transfer != "SDR" and bool(sdr)
    heads = [f"[{label}m]"] if mapping else [f"[{label}s{n}]" for n, _ in sdr]
    lines = [_split(f"[{label}]{paced}", [*heads, *(f"[{label}h{n}]" for n, _ in hdr)])]
    if mapping:
        largest = max((rung for _, rung in sdr), key=lambda rung: rung.width * rung.height)
        mapped = f"[{label}m]{tone_mapped(track, largest.width, largest.height)}"
        lines.append(_split(mapped, [f"[{label}s{n}]" for n, _ in sdr]))
    lines += [f"[{label}s{n}]{to_sdr(track, rung, mapped=mapping)}[r{n}]" for n, rung in sdr]
    return lines + [f"[{label}h{n}]{to_hdr(track, rung)}[r{n}]" for n, rung in hdr]


def _split(line: str, outputs: Sequence[str]) -> str:
    return f"{line},split={len(outputs)}{''.join(outputs)}"
