"""The containers that are let in, by their demuxer's name; everything else is refused by us.

None of them can name another file or address, with the flags of `flags.input_flags`.
"""

from typing import Literal, get_args

Format = Literal[
    "mov",
    "matroska",
    "mpegts",
    "mpeg",
    "avi",
    "flv",
    "mxf",
    "wav",
    "aiff",
    "mp3",
    "flac",
    "ogg",
    "aac",
    "ac3",
    "eac3",
]

FORMATS: frozenset[str] = frozenset(get_args(Format))

KNOWN_AS: dict[Format, str] = {
    "mov": "MP4 or QuickTime",
    "matroska": "Matroska or WebM",
    "mpegts": "MPEG transport stream",
    "mpeg": "MPEG programme stream",
    "avi": "AVI",
    "flv": "Flash Video",
    "mxf": "MXF",
    "wav": "WAV",
    "aiff": "AIFF",
    "mp3": "MP3",
    "flac": "FLAC",
    "ogg": "Ogg",
    "aac": "AAC (ADTS)",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
}
