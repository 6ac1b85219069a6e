"""A corpus of uploads that want more than to be transcoded.

Each asks, in the words of some format, for a canary: a file beside it or a server on this
machine. None of them contains the canary's text, so wherever that shows up, something obeyed.
"""

import gzip
import io
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SECRET = "CANARY-7b1f4e"


@dataclass(frozen=True)
class Canary:
    file: Path
    """A film whose bytes carry the secret."""
    url: str
    """Of a server that counts who comes."""


def playlist(*lines: str) -> bytes:
    return "\n".join(("#EXTM3U", "#EXT-X-TARGETDURATION:10", *lines, "#EXT-X-ENDLIST", "")).encode()


def texts(canary: Canary) -> dict[str, bytes]:
    local = playlist("#EXTINF:6,", f"file://{canary.file}")
    remote = playlist("#EXTINF:6,", f"{canary.url}/a.ts")
    return {
        "playlist-of-a-file": local,
        "playlist-of-a-server": remote,
        "playlist-of-a-relative-name": playlist("#EXTINF:6,", canary.file.name),
        "playlist-after-bom": b"\xef\xbb\xbf" + local,
        "playlist-in-utf16": local.decode().encode("utf-16"),
        "playlist-after-blank-lines": b"\n\n  \r\n" + local,
        "playlist-after-junk": b"\x00\x01junk\n" + local,
        "playlist-with-a-key": playlist(
            f'#EXT-X-KEY:METHOD=AES-128,URI="{canary.url}/key"', "#EXTINF:6,", "a.ts"
        ),
        "playlist-with-a-map": playlist(
            f'#EXT-X-MAP:URI="file://{canary.file}"', "#EXTINF:6,", "a"
        ),
        "playlist-of-concat": playlist("#EXTINF:6,", f"concat:{canary.file}|{canary.file}"),
        "playlist-of-subfile": playlist("#EXTINF:6,", f"subfile,,start,0,end,999,,:{canary.file}"),
        "playlist-as-mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + local,
        "manifest": f"""<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"
            type="static"><Period><AdaptationSet><Representation id="1"><BaseURL>{canary.url}/
            </BaseURL><SegmentList><SegmentURL media="a.m4s"/></SegmentList></Representation>
            </AdaptationSet></Period></MPD>""".encode(),
        "smooth-manifest": f"<SmoothStreamingMedia><c n='{canary.url}'/>".encode(),
        "script": f"ffconcat version 1.0\nfile '{canary.file}'\n".encode(),
        "script-of-a-server": f"ffconcat version 1.0\nfile {canary.url}/a.mp4\n".encode(),
        "bare-script": f"file '{canary.file}'\n".encode(),
        "session-description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
        b"m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "smil": f'<smil><body><video src="{canary.url}/a.mp4"/></body></smil>'.encode(),
        "asx": f'<asx version="3"><entry><ref href="{canary.url}/a"/></entry></asx>'.encode(),
        "pls": f"[playlist]\nFile1={canary.url}/a\nNumberOfEntries=1\n".encode(),
        "svg": f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">
            <image x:href="file://{canary.file}"/></svg>""".encode(),
        "entities": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file://{canary.file}">]>'
        "<a>&b;</a>".encode(),
        "page": f'<html><video src="{canary.url}/a.mp4"></video></html>'.encode(),
        "terminal-art": b"\x1b[2J\x1b[1;1HHello\x1b[31m\n" * 100,
        "plain-words": b"The quick brown fox.\n" * 500,
        "subtitles": b"1\n00:00:00,000 --> 00:00:09,000\nHello\n",
        "web-subtitles": b"WEBVTT\n\n00:00.000 --> 00:09.000\nHello\n",
        "concat-address": f"concat:{canary.file}".encode(),
        "subfile-address": f"subfile,,start,0,end,0,,:{canary.file}".encode(),
    }


def pictures_and_archives(canary: Canary) -> dict[str, bytes]:
    folded = io.BytesIO()
    with zipfile.ZipFile(folded, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x", playlist(f"file://{canary.file}"))
        archive.writestr("bomb", bytes(8 << 20))
    return {
        "zip": folded.getvalue(),
        "gzip-bomb": gzip.compress(bytes(16 << 20)),
        "xz-bomb": lzma.compress(bytes(16 << 20)),
        "giant-png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 65535, 65535),
        "giant-jpeg": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00",
        "giant-gif": b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(64),
        "giant-bmp": b"BM" + bytes(16) + struct.pack("<ii", 65535, 65535) + bytes(64),
    }


Edit = Callable[[bytes], bytes]
_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl")


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += size


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def edited(content: bytes, edits: dict[bytes, Edit]) -> bytes:
    """The same MP4, with the contents of some boxes changed; its moov comes after its mdat."""

    def one(kind: bytes, inside: bytes) -> bytes:
        if kind in edits:
            inside = edits[kind](inside)
        elif kind in _PARENTS:
            inside = edited(inside, edits)
        return box(kind, inside)

    return b"".join(one(kind, inside) for kind, inside in boxes(content))


def external(kind: bytes, place: bytes) -> dict[bytes, Edit]:
    """Every track's media lies elsewhere (ISO/IEC 14496-12 8.7.2; alis: QuickTime's)."""
    entry = box(kind, b"\x00\x00\x00\x00" + place)
    return {b"dref": lambda _: b"\x00\x00\x00\x00\x00\x00\x00\x01" + entry}


def _alias(path: str) -> bytes:
    """A QuickTime alias record with an absolute path (tag 2)."""
    name = path.encode()
    name += b"\x00" * (len(name) % 2)
    header = bytes(4) + struct.pack(">HH", 150 + 4 + len(name), 2) + bytes(142)
    return header + struct.pack(">HH", 2, len(path)) + name + struct.pack(">HH", 0xFFFF, 0)


def giant(width: int, height: int) -> Edit:
    """Sample descriptions of uncompressed pictures of that size (8.5.2)."""

    def edit(description: bytes) -> bytes:
        entry = description[16:]
        entry = entry[:24] + struct.pack(">HH", width, height) + entry[28:]
        return description[:12] + b"raw " + entry

    return edit


def containers(film: bytes, canary: Canary) -> dict[str, bytes]:
    """`film`: an MP4 of H.264, its moov last."""
    redirect = box(
        b"rmra",
        box(b"rmda", box(b"rdrf", bytes(4) + b"url " + _counted(f"{canary.url}/a.mov\x00"))),
    )
    nested = box(b"moov", b"")
    for _ in range(5000):
        nested = box(b"trak", nested)
    mkv = b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01"
    return {
        "film-elsewhere-by-file": edited(film, external(b"url ", f"file://{canary.file}".encode())),
        "film-elsewhere-by-server": edited(film, external(b"url ", f"{canary.url}/a".encode())),
        "film-elsewhere-by-alias": edited(film, external(b"alis", _alias(str(canary.file)))),
        "film-that-redirects": box(b"ftyp", b"qt  \x00\x00\x00\x00qt  ") + box(b"moov", redirect),
        "film-of-giants": edited(film, {b"stsd": giant(16_000, 16_000)}),
        "film-of-impossible-giants": edited(film, {b"stsd": giant(65_535, 65_535)}),
        "film-of-countless-samples": edited(
            film, {b"stsz": lambda _: struct.pack(">III", 0, 1, 0xFFFFFFFF)}
        ),
        "film-of-nested-boxes": box(b"ftyp", b"isom\x00\x00\x00\x00") + box(b"moov", nested),
        "film-then-playlist": film + playlist("#EXTINF:6,", f"file://{canary.file}"),
        "playlist-in-a-free-box": box(b"free", playlist("#EXTINF:6,", f"file://{canary.file}")),
        "matroska-of-text": mkv + playlist(f"file://{canary.file}"),
        "transport-stream-of-text": b"".join(
            b"\x47" + f"\n#EXTM3U\nfile://{canary.file}\n".encode().ljust(187) for _ in range(50)
        ),
        "avi-with-a-playlist-for-subtitles": _avi_with_subtitles(
            playlist("#EXTINF:6,", f"file://{canary.file}")
        ),
        "flv-of-text": b"FLV\x01\x05\x00\x00\x00\x09" + playlist(f"file://{canary.file}"),
        "ogg-of-text": b"OggS\x00" + playlist(f"file://{canary.file}"),
        "mxf-of-text": bytes.fromhex("060e2b34020501010d01020101020400")
        + playlist(f"file://{canary.file}"),
        "wav-of-text": b"RIFF\xff\xff\xff\xffWAVEfmt " + playlist(f"file://{canary.file}"),
    }


def _counted(text: str) -> bytes:
    return struct.pack(">I", len(text)) + text.encode()


def _avi_with_subtitles(text: bytes) -> bytes:
    """A text stream whose GAB2 chunk holds what a demuxer would have to be guessed for."""

    def chunk(kind: bytes, inside: bytes) -> bytes:
        return kind + struct.pack("<I", len(inside)) + inside + b"\x00" * (len(inside) % 2)

    header = b"txts" + bytes(16) + struct.pack("<IIIIIIII", 1, 25, 0, 1, 0, 0, 0, 0) + bytes(8)
    streams = chunk(b"LIST", b"strl" + chunk(b"strh", header) + chunk(b"strf", b""))
    listed = chunk(b"LIST", b"hdrl" + chunk(b"avih", struct.pack("<14I", *([1] * 14))) + streams)
    gab2 = (
        b"GAB2\x00\x02\x00" + struct.pack("<I", 2) + b"a\x00\x04\x00" + struct.pack("<I", len(text))
    )
    return chunk(b"RIFF", b"AVI " + listed + chunk(b"LIST", b"movi" + chunk(b"00tx", gab2 + text)))
