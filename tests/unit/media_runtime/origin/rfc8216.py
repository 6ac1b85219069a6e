"""What RFC 8216bis says a playlist MUST be, as rules: each yields what breaks it, with its section.

A reader of its own, so that the writer is not judged by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
KNOWN = {
    "EXTM3U": "both",
    "EXT-X-VERSION": "both",
    "EXT-X-INDEPENDENT-SEGMENTS": "both",
    "EXT-X-START": "both",
    "EXT-X-DEFINE": "both",
    "EXTINF": "media",
    "EXT-X-BYTERANGE": "media",
    "EXT-X-DISCONTINUITY": "media",
    "EXT-X-MAP": "media",
    "EXT-X-TARGETDURATION": "media",
    "EXT-X-MEDIA-SEQUENCE": "media",
    "EXT-X-PLAYLIST-TYPE": "media",
    "EXT-X-ENDLIST": "media",
    "EXT-X-MEDIA": "multivariant",
    "EXT-X-STREAM-INF": "multivariant",
}
QUOTED = {
    "URI",
    "GROUP-ID",
    "LANGUAGE",
    "NAME",
    "CHANNELS",
    "CODECS",
    "AUDIO",
    "VIDEO",
    "SUBTITLES",
}


@dataclass(frozen=True)
class Tag:
    name: str
    value: str

    @property
    def attributes(self) -> dict[str, str]:
        return dict(ATTRIBUTE.findall(self.value))


@dataclass(frozen=True)
class Playlist:
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def tags(self) -> list[Tag]:
        found = (line[1:].partition(":") for line in self.lines if line.startswith("#EXT"))
        return [Tag(name, value) for name, _, value in found]

    @property
    def uris(self) -> list[str]:
        return [line for line in self.lines if line and not line.startswith("#")]

    @property
    def kind(self) -> str:
        return "multivariant" if self.all("EXT-X-STREAM-INF") else "media"

    def all(self, name: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name == name]


Rule = Callable[[Playlist], Iterator[str]]


def shape(playlist: Playlist) -> Iterator[str]:
    """4.1: UTF-8 without a byte order mark, lines ended by LF or CRLF, no blanks but inside."""
    if playlist.text.startswith("\ufeff"):
        yield "4.1: a byte order mark"
    if not playlist.text.endswith("\n"):
        yield "4.1: the last line is not ended"
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", playlist.text):
        yield "4.1: a control character"
    for uri in playlist.uris:
        if uri != uri.strip() or " " in uri:
            yield f"4.1: blanks in {uri!r}"


def head(playlist: Playlist) -> Iterator[str]:
    if playlist.lines[0] != "#EXTM3U":
        yield "4.4.1.1: EXTM3U is not the first line"
    if len(playlist.all("EXT-X-VERSION")) != 1:
        yield "4.4.1.2: not one EXT-X-VERSION"
    elif int(playlist.all("EXT-X-VERSION")[0].value) < 6 and playlist.all("EXT-X-MAP"):
        yield "8: EXT-X-MAP outside an I-frame playlist needs version 6"


def kinds(playlist: Playlist) -> Iterator[str]:
    for tag in playlist.tags:
        if tag.name not in KNOWN:
            yield f"a tag this lint does not know: {tag.name}"
        elif KNOWN[tag.name] not in ("both", playlist.kind):
            yield f"4.4: {tag.name} in a {playlist.kind} playlist"


def attribute_lists(playlist: Playlist) -> Iterator[str]:
    """4.2: well-formed, no name twice, strings quoted where they must be."""
    for tag in playlist.tags:
        if tag.name not in {"EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-MAP", "EXT-X-START"}:
            continue
        pairs = ATTRIBUTE.findall(tag.value)
        if ",".join(f"{k}={v}" for k, v in pairs) != tag.value:
            yield f"4.2: not an attribute list: {tag.value}"
        if len({k for k, _ in pairs}) != len(pairs):
            yield f"4.2: an attribute twice: {tag.value}"
        for name, value in pairs:
            if (name in QUOTED) != value.startswith('"') and value != "NONE":
                yield f"4.2: {name}={value}: quotes"


def durations(playlist: Playlist) -> Iterator[str]:
    if playlist.kind != "media":
        return
    targets = playlist.all("EXT-X-TARGETDURATION")
    if len(targets) != 1 or not targets[0].value.isdecimal():
        yield "4.4.3.1: not one EXT-X-TARGETDURATION, a decimal integer"
        return
    for tag in playlist.all("EXTINF"):
        value = re.fullmatch(r"(\d+(?:\.\d+)?),[^\r\n]*", tag.value)
        if not value:
            yield f"4.4.4.1: EXTINF:{tag.value}"
        elif int(float(value[1]) + 0.5) > int(targets[0].value):
            yield f"4.4.3.1: {value[1]} s is more than the target of {targets[0].value}"
    if len(playlist.all("EXTINF")) != len(playlist.uris):
        yield "4.4.4.1: every segment has one EXTINF"


def segments(playlist: Playlist) -> Iterator[str]:
    if playlist.kind != "media":
        return
    sequence = playlist.lines.index("#EXT-X-MEDIA-SEQUENCE:0")
    firsts = [n for n, line in enumerate(playlist.lines) if line.startswith("#EXTINF")]
    if firsts and sequence > firsts[0]:
        yield "4.4.3.2: EXT-X-MEDIA-SEQUENCE after the first segment"
    maps = [n for n, line in enumerate(playlist.lines) if line.startswith("#EXT-X-MAP")]
    if len(maps) != 1 or (firsts and maps[0] > firsts[0]):
        yield "3.1.2: a fragmented MPEG-4 segment needs an EXT-X-MAP before it"
    for line, after in zip(playlist.lines, playlist.lines[1:], strict=False):
        if line.startswith("#EXTINF") and (not after or after.startswith("#")):
            yield f"4.4.4.1: no segment after {line}"
    if len(set(playlist.uris)) != len(playlist.uris):
        yield "a segment twice"


def ending(playlist: Playlist) -> Iterator[str]:
    if playlist.kind != "media":
        return
    types = [tag.value for tag in playlist.all("EXT-X-PLAYLIST-TYPE")]
    if types not in (["VOD"], ["EVENT"]):
        yield f"4.4.3.5: EXT-X-PLAYLIST-TYPE {types}"
    if types == ["VOD"] and len(playlist.all("EXT-X-ENDLIST")) != 1:
        yield "6.2.1: VOD cannot change, so it has an end"


def variants(playlist: Playlist) -> Iterator[str]:
    """4.4.6.2: what every variant must have, and where it leads."""
    for line, after in zip(playlist.lines, playlist.lines[1:], strict=False):
        if line.startswith("#EXT-X-STREAM-INF") and (not after or after.startswith("#")):
            yield f"4.4.6.2: no URI after {line}"
    groups = {tag.attributes["GROUP-ID"] for tag in playlist.all("EXT-X-MEDIA")}
    for tag in playlist.all("EXT-X-STREAM-INF"):
        told = tag.attributes
        if not told.get("BANDWIDTH", "").isdecimal():
            yield f"4.4.6.2: no BANDWIDTH: {tag.value}"
        elif int(told.get("AVERAGE-BANDWIDTH", 0)) > int(told["BANDWIDTH"]):
            yield f"4.4.6.2: the average is above the peak: {tag.value}"
        if "CODECS" not in told:
            yield f"4.4.6.2: SHOULD have CODECS: {tag.value}"
        if "AUDIO" in told and told["AUDIO"] not in groups:
            yield f"4.4.6.2.1: no group {told['AUDIO']}"


def pictures(playlist: Playlist) -> Iterator[str]:
    """4.2 and 4.4.6.2: how a variant's picture is told."""
    told = [tag.attributes for tag in playlist.all("EXT-X-STREAM-INF")]
    for variant in told:
        if not re.fullmatch(r"\d+x\d+", variant.get("RESOLUTION", "1x1")):
            yield f"4.2: RESOLUTION {variant['RESOLUTION']}"
        if not re.fullmatch(r"\d+\.\d{3}", variant.get("FRAME-RATE", "1.000")):
            yield f"4.4.6.2: FRAME-RATE {variant['FRAME-RATE']}"
    closed = {variant.get("CLOSED-CAPTIONS") for variant in told}
    if "NONE" in closed and len(closed) > 1:
        yield "4.4.6.2: CLOSED-CAPTIONS=NONE in some variants only"


def rendition_groups(playlist: Playlist) -> Iterator[str]:
    groups: dict[str, list[dict[str, str]]] = {}
    for tag in playlist.all("EXT-X-MEDIA"):
        told = tag.attributes
        missing = {"TYPE", "GROUP-ID", "NAME"} - told.keys()
        if missing:
            yield f"4.4.6.1: EXT-X-MEDIA without {missing}"
        if told.get("DEFAULT") == "YES" and told.get("AUTOSELECT", "YES") != "YES":
            yield "4.4.6.1: DEFAULT=YES needs AUTOSELECT=YES"
        groups.setdefault(told["GROUP-ID"], []).append(told)
    members = [
        [(m["NAME"], m.get("LANGUAGE"), m.get("DEFAULT"), m.get("AUTOSELECT")) for m in group]
        for group in groups.values()
    ]
    for group in members:
        if len({name for name, *_ in group}) != len(group):
            yield "4.4.6.1.1: a NAME twice in a group"
        if sum(default == "YES" for _, _, default, _ in group) > 1:
            yield "4.4.6.1.1: more than one DEFAULT=YES in a group"
    if any(sorted(map(str, group)) != sorted(map(str, members[0])) for group in members):
        yield "4.4.6.1.1: groups of one type differ in their members"


RULES: list[Rule] = [
    shape,
    head,
    kinds,
    attribute_lists,
    durations,
    segments,
    ending,
    variants,
    pictures,
    rendition_groups,
]


def breaches(text: str) -> list[str]:
    playlist = Playlist(text)
    return [breach for rule in RULES for breach in rule(playlist)]


def reloaded(before: str, after: str) -> list[str]:
    """6.2.1: what may not happen to a media playlist from one reload of its URL to the next."""
    old, new = Playlist(before), Playlist(after)
    types = [[tag.value for tag in p.all("EXT-X-PLAYLIST-TYPE")] for p in (old, new)]
    found = []
    if types[0] != types[1]:
        found.append(f"6.2.1: EXT-X-PLAYLIST-TYPE {types[0]} became {types[1]}")
    if old.all("EXT-X-TARGETDURATION") != new.all("EXT-X-TARGETDURATION"):
        found.append("6.2.1: the target duration changed")
    if new.uris[: len(old.uris)] != old.uris:
        found.append("6.2.1: a segment went or another came before it")
    if new.all("EXTINF")[: len(old.uris)] != old.all("EXTINF"):
        found.append("6.2.1: the duration of a segment changed")
    if (types[0] == ["VOD"] or old.all("EXT-X-ENDLIST")) and before != after:
        found.append("6.2.1: VOD, or EVENT that has ended, does not change")
    # 4.4.3.5: of an EVENT playlist nothing may be changed or taken, only lines added at its end.
    gone = [line for line in old.lines[:-1] if line not in new.lines]
    if gone:
        found.append(f"6.2.1: lines went: {gone}")
    elif not after.startswith(before):
        found.append("6.2.1: something was added that is not at the end")
    return found
