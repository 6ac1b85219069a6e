"""What draft-pantos-hls-rfc8216bis says a low-latency playlist MUST be, as rules by section.

A reader of its own, which also expands delta updates as a player does.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
Attributes = dict[str, str]


@dataclass(frozen=True)
class Segment:
    msn: int
    shown: datetime | None = None
    map: str | None = None
    discontinuity: bool = False
    gap: bool = False
    seconds: float | None = None
    """None while it grows."""
    uri: str = ""
    parts: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def told(self) -> list[Attributes]:
        return [dict(part) for part in self.parts]

    @property
    def length(self) -> float:
        return self.seconds or sum(float(p["DURATION"]) for p in self.told)


@dataclass(frozen=True)
class Read:
    text: str
    head: dict[str, str]
    segments: tuple[Segment, ...]
    skipped: int
    ended: bool
    hints: tuple[Attributes, ...]
    reports: tuple[Attributes, ...]

    def attributes(self, tag: str) -> Attributes:
        return dict(ATTRIBUTE.findall(self.head.get(tag, "")))

    @property
    def part_target(self) -> float:
        return float(self.attributes("EXT-X-PART-INF")["PART-TARGET"])

    @property
    def target(self) -> int:
        return int(self.head["EXT-X-TARGETDURATION"])


HEAD = {
    "EXTM3U", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-SERVER-CONTROL", "EXT-X-PART-INF",
    "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-INDEPENDENT-SEGMENTS",
}  # fmt: skip


def read(text: str, before: Read | None = None) -> Read:  # noqa: C901, PLR0912 - one arm a tag
    """`before` is what a delta update leaves out."""
    head: dict[str, str] = {}
    segments: list[Segment] = []
    hints, reports = [], []
    skipped, ended = 0, False
    now: Segment | None = None
    for line in text.split("\n")[:-1]:
        if not line.startswith("#"):
            assert now is not None
            segments.append(replace(now, uri=line))
            now = Segment(now.msn + 1, map=now.map)
            continue
        name, _, value = line[1:].partition(":")
        told = dict(ATTRIBUTE.findall(value))
        if name in HEAD:
            assert name not in head, f"{name} twice"
            assert now is None, f"{name} after a segment"
            head[name] = value
            continue
        if now is None:
            now = Segment(int(head["EXT-X-MEDIA-SEQUENCE"]))
        match name:
            case "EXT-X-SKIP":
                assert before is not None
                skipped = int(told["SKIPPED-SEGMENTS"])
                kept = [s for s in before.segments if now.msn <= s.msn < now.msn + skipped]
                assert len(kept) == skipped, "it skips what the player never had"
                segments += [replace(s, parts=()) for s in kept]
                now = Segment(now.msn + skipped, map=kept[-1].map)
            case "EXT-X-MAP":
                now = replace(now, map=told["URI"])
            case "EXT-X-DISCONTINUITY":
                now = replace(now, discontinuity=True)
            case "EXT-X-GAP":
                now = replace(now, gap=True)
            case "EXT-X-PROGRAM-DATE-TIME":
                now = replace(now, shown=datetime.fromisoformat(value))
            case "EXTINF":
                now = replace(now, seconds=float(value.rstrip(",")))
            case "EXT-X-PART":
                now = replace(now, parts=(*now.parts, tuple(told.items())))
            case "EXT-X-PRELOAD-HINT":
                hints.append(told)
            case "EXT-X-RENDITION-REPORT":
                reports.append(told)
            case "EXT-X-ENDLIST":
                ended = True
            case _:
                raise AssertionError(f"a tag this lint does not know: {line}")
    if now is not None and now.parts:
        segments.append(now)
    return Read(text, head, tuple(segments), skipped, ended, tuple(hints), tuple(reports))


Rule = Callable[[Read], Iterator[str]]


def shape(playlist: Read) -> Iterator[str]:
    if not playlist.text.startswith("#EXTM3U\n") or not playlist.text.endswith("\n"):
        yield "4.4.1.1: begins with EXTM3U, and its last line is ended"
    for tag in HEAD - playlist.head.keys():
        yield f"4.4: no {tag}"
    if int(playlist.head["EXT-X-VERSION"]) < 9:
        yield "8: EXT-X-SKIP needs version 9"
    if not playlist.segments:
        yield "a live playlist is never empty"


def server_control(playlist: Read) -> Iterator[str]:
    told = playlist.attributes("EXT-X-SERVER-CONTROL")
    if told["CAN-BLOCK-RELOAD"] != "YES":
        yield "4.4.3.8: low latency needs CAN-BLOCK-RELOAD"
    if float(told["CAN-SKIP-UNTIL"]) < 6 * playlist.target:
        yield "4.4.3.8: the skip boundary is at least six target durations"
    if float(told["HOLD-BACK"]) < 3 * playlist.target:
        yield "4.4.3.8: HOLD-BACK is at least three target durations"
    if float(told["PART-HOLD-BACK"]) < 3 * playlist.part_target - 1e-9:
        yield "4.4.3.8: PART-HOLD-BACK should be at least three part targets"


def part_lengths(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        for n, part in enumerate(segment.told):
            length, last = float(part["DURATION"]), n == len(segment.parts) - 1
            if length > playlist.part_target:
                yield f"4.4.3.7: {part['URI']} is longer than PART-TARGET"
            if length < 0.85 * playlist.part_target and not (last and segment.seconds):
                yield f"4.4.4.9: {part['URI']} is shorter than 85 % of PART-TARGET"


def parts_are_their_segment(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        if segment.seconds and segment.parts:
            together = sum(float(part["DURATION"]) for part in segment.told)
            if abs(together - segment.seconds) > 1e-6:
                yield f"4.4.4.9: the parts of {segment.uri} last {together}, not {segment.seconds}"


def parts_near_the_end(playlist: Read) -> Iterator[str]:
    behind = 0.0
    for segment in reversed(playlist.segments):
        behind += segment.length
        if segment.parts and segment.seconds and behind > 3 * playlist.target + 1e-6:
            yield f"4.4.4.9: parts of {segment.uri}, {behind} s from the end"


def independence(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        first = segment.told[0] if segment.parts else {"GAP": "YES"}
        if "YES" not in {first.get("INDEPENDENT"), first.get("GAP")}:
            yield f"4.4.2.1: {first['URI']} begins a segment and is not independent"


def gaps(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        missing = [part.get("GAP") == "YES" for part in segment.told]
        if segment.gap and not all(missing):
            yield f"4.4.4.7: {segment.uri} is a gap, and its parts are not"
        if missing and all(missing) and segment.seconds and not segment.gap:
            yield f"4.4.4.7: all parts of {segment.uri} are gaps, and it is not"


def target(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        if int(segment.length + 0.5) > playlist.target:
            yield f"4.4.3.1: {segment.uri} lasts {segment.length} s"


def maps(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments:
        if segment.map is None:
            yield f"4.4.4.5: no EXT-X-MAP before {segment.uri}"


def dates(playlist: Read) -> Iterator[str]:
    told = playlist.segments
    for segment, after in pairwise(told):
        if segment.shown is None or after.shown is None:
            yield f"4.4.4.6: no date by {segment.uri}"
            continue
        apart = after.shown - segment.shown - timedelta(seconds=segment.length)
        if abs(apart) > timedelta(milliseconds=1.001):
            yield f"4.4.4.6: after {segment.uri} the date is off by {apart}"


def one_open_segment(playlist: Read) -> Iterator[str]:
    for segment in playlist.segments[:-1]:
        if segment.seconds is None:
            yield f"4.4.4.9: parts of {segment.msn} without their segment"


def hint(playlist: Read) -> Iterator[str]:
    if playlist.ended:
        if playlist.hints:
            yield "4.4.5.3: a hint after the end"
        return
    if len(playlist.hints) != 1:
        yield f"4.4.5.3: {len(playlist.hints)} hints"
        return
    named = {part["URI"] for segment in playlist.segments for part in segment.told}
    if playlist.hints[0]["URI"] in named or playlist.hints[0]["TYPE"] != "PART":
        yield "4.4.5.3: the hinted part is there already"


def reports(playlist: Read) -> Iterator[str]:
    for report in playlist.reports:
        if not {"URI", "LAST-MSN", "LAST-PART"} <= report.keys():
            yield f"4.4.5.4: {report}"
    if len({report["URI"] for report in playlist.reports}) != len(playlist.reports):
        yield "4.4.5.4: a rendition is reported twice"


def skip_boundary(playlist: Read) -> Iterator[str]:
    until = float(playlist.attributes("EXT-X-SERVER-CONTROL")["CAN-SKIP-UNTIL"])
    rest = sum(segment.length for segment in playlist.segments[playlist.skipped :])
    if playlist.skipped and rest < until - 1e-6:
        yield f"6.2.5.1: only {rest} s are left, and {until} may not be skipped"


RULES: Sequence[Rule] = (
    shape, server_control, part_lengths, parts_are_their_segment, parts_near_the_end,
    independence, gaps, target, maps, dates, one_open_segment, hint, reports, skip_boundary,
)  # fmt: skip


def breaches(playlist: Read) -> list[str]:
    return [breach for rule in RULES for breach in rule(playlist)]


def reloaded(before: Read, after: Read) -> Iterator[str]:
    """6.2.1: what may not happen from one reload to the next."""
    if before.ended and before.text != after.text:
        yield "6.2.1: it changed after its end"
    for tag in ("EXT-X-TARGETDURATION", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL"):
        if before.head[tag] != after.head[tag]:
            yield f"6.2.1: {tag} changed"
    known = {segment.msn: segment for segment in before.segments}
    if not known.keys() & {segment.msn for segment in after.segments}:
        yield "6.2.2: nothing is left of what was there"
    for segment in after.segments:
        was = known.get(segment.msn)
        if was is None:
            continue
        if was.seconds and replace(was, parts=()) != replace(segment, parts=()):
            yield f"6.2.1: {segment.uri} changed"
        if segment.parts and segment.parts[: len(was.parts)] != was.parts:
            yield f"6.2.1: parts of {segment.msn} changed"
    gone = [s for s in before.segments if s.msn < after.segments[0].msn]
    moved = int(after.head["EXT-X-DISCONTINUITY-SEQUENCE"]) - int(
        before.head["EXT-X-DISCONTINUITY-SEQUENCE"]
    )
    if moved != sum(segment.discontinuity for segment in gone):
        yield "6.2.2: EXT-X-DISCONTINUITY-SEQUENCE does not count what went"
