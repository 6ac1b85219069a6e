"""What this image can encode, and the name of it that goes into every content address."""

from dataclasses import dataclass
from typing import Literal

from media_runtime.failure import TryAgain
from media_runtime.ffmpeg import FFMPEG, Limits, require_success, run
from media_runtime.title.plan import AudioCodec, Codec

REVISION = 2
"""Of our own encoding: raised by whoever changes what bytes come out for the same plan."""

_SOFTWARE: dict[Codec, str] = {
    "H264": "libx264",
    "H265": "libx265",
    "VP9": "libvpx-vp9",
    "AV1": "libsvtav1",
}
_NVENC: dict[Codec, str] = {"H264": "h264_nvenc", "H265": "hevc_nvenc", "AV1": "av1_nvenc"}
_AUDIO: dict[AudioCodec, str] = {"AAC": "aac", "Opus": "libopus", "EAC3": "eac3"}


@dataclass(frozen=True)
class Engine:
    version: str
    encoders: frozenset[str]

    @property
    def name(self) -> str:
        return f"ffmpeg {self.version}, revision {REVISION}"

    def encoder(self, wish: Literal["Auto", "Software", "Nvenc"], codec: Codec) -> str | None:
        """Its name in ffmpeg. Auto is software: that a build knows NVENC does not put a GPU in."""
        name = _NVENC.get(codec) if wish == "Nvenc" else _SOFTWARE[codec]
        return name if name in self.encoders else None

    def hears(self, codec: AudioCodec) -> bool:
        return _AUDIO[codec] in self.encoders


def engine(version_printed: str, encoders_printed: str) -> Engine:
    """From what `ffmpeg -version` and `ffmpeg -encoders` print. Pure."""
    first = version_printed.split()
    _, _, listed = encoders_printed.partition("------")
    return Engine(
        version=first[2] if first[:2] == ["ffmpeg", "version"] else "unknown",
        encoders=frozenset(
            line.split()[1] for line in listed.splitlines() if len(line.split()) > 1
        ),
    )


async def installed() -> Engine:
    """Raises TryAgain where ffmpeg does not even start."""
    printed = []
    for question in ("-version", "-encoders"):
        try:
            ended = await run([*FFMPEG, question], Limits(wall_seconds=30))
        except FileNotFoundError as e:
            raise TryAgain("ffmpeg is not installed") from e
        require_success(ended, "EncodeFailed", f"ffmpeg {question}")
        printed.append(ended.stdout.decode("utf-8", "replace"))
    return engine(*printed)
