"""CMAF (ISO/IEC 23000-19): samples in, bytes out; and back. It knows nothing of titles or live."""

from .codecs import codecs_string
from .header import AudioFormat, Header, VideoFormat, read_header, write_header
from .samples import Fragment, Sample, read_fragments
from .segment import write_segment

__all__ = [
    "AudioFormat",
    "Fragment",
    "Header",
    "Sample",
    "VideoFormat",
    "codecs_string",
    "read_fragments",
    "read_header",
    "write_header",
    "write_segment",
]
