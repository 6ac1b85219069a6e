"""The odd inputs: small films made with ffmpeg, each with one thing that breaks encoders."""

import random
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

PICTURE = "testsrc2=size={size}:rate={rate}:duration={seconds}"
TONE = "sine=frequency=440:sample_rate=48000:duration={seconds}"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25")
AAC = ("-c:a", "aac", "-b:a", "64k")


def ffmpeg(*arguments: str | Path) -> None:
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def picture(size: str = "424x240", rate: str = "25", seconds: float = 2) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", PICTURE.format(size=size, rate=rate, seconds=seconds))


def tone(seconds: float = 2) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", TONE.format(seconds=seconds))


def film(
    path: Path,
    *video: str,
    size: str = "424x240",
    rate: str = "25",
    seconds: float = 2,
    codec: tuple[str, ...] = H264,
    audio: tuple[str, ...] = AAC,
) -> None:
    """A plain film with a tone; `video` are further flags for the picture."""
    ffmpeg(*picture(size, rate, seconds), *tone(seconds), *codec, *video, *audio, path)


def noise(path: Path, seconds: float, *, seed: int = 1, size: str = "424x240") -> None:
    """A film that takes its time to encode; each seed is another film, chunk by chunk."""
    ffmpeg(
        *picture(size, "25", seconds),
        *tone(seconds),
        *("-vf", f"noise=alls=40:allf=t:all_seed={seed}", "-shortest"),
        *H264,
        *AAC,
        path,
    )


def hdr(path: Path, transfer: str) -> None:
    colour = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:log-level=none"
    film(
        path,
        *("-pix_fmt", "yuv420p10le", "-x265-params", colour, "-tag:v", "hvc1"),
        *("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"),
        codec=("-c:v", "libx265", "-preset", "ultrafast"),
    )


def channels(path: Path, layout: str) -> None:
    sine = "|".join(["sin(440*2*PI*t)/4"] * {"mono": 1, "5.1": 6}[layout])
    ffmpeg(
        *picture(),
        *("-f", "lavfi", "-i", f"aevalsrc={sine}:c={layout}:s=48000:d=2"),
        *H264,
        *AAC,
        path,
    )


def rotated(path: Path, degrees: int) -> None:
    upright = path.with_name(f"upright-{path.name}")
    film(upright)
    ffmpeg("-i", upright, "-c", "copy", "-metadata:s:v:0", f"rotate={degrees}", path)


def truncated(path: Path) -> None:
    """The header is whole, and half of the media that it speaks of is missing."""
    film(path, "-movflags", "+faststart", seconds=4)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def bit_flipped(path: Path) -> None:
    """One bit in about every 2,000 bytes of media is wrong; the header is not."""
    film(path, "-movflags", "+faststart", seconds=4)
    content = bytearray(path.read_bytes())
    chance = random.Random(7)  # noqa: S311 - reproducible on purpose
    begin = content.index(b"mdat") + 4
    for _ in range((len(content) - begin) // 2000 + 8):
        content[chance.randrange(begin, len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _variable(path: Path) -> None:
    keep = "select='if(lt(t,1),not(mod(n,2)),1)'"
    film(path, "-vf", keep, "-vsync", "vfr", rate="30")


def _written(path: Path, text: str) -> None:
    path.write_text(text)


# Subsampled colour needs even sizes, so odd ones come with 4:4:4.
ODD = ("-vf", "scale=853:479", "-pix_fmt", "yuv444p")

CLIPS: Mapping[str, Callable[[Path], None]] = {
    "plain": film,
    "no-audio": lambda p: ffmpeg(*picture(), *H264, p),
    "audio-only": lambda p: ffmpeg(*tone(), *AAC, p),
    "mono": lambda p: channels(p, "mono"),
    "surround": lambda p: channels(p, "5.1"),
    "rotated-90": lambda p: rotated(p, 90),
    "rotated-180": lambda p: rotated(p, 180),
    "rotated-270": lambda p: rotated(p, 270),
    "variable-rate": _variable,
    "rate-23-976": lambda p: film(p, rate="24000/1001"),
    "rate-29-97": lambda p: film(p, rate="30000/1001"),
    "rate-59-94": lambda p: film(p, rate="60000/1001"),
    "interlaced": lambda p: film(
        p, "-vf", "tinterlace=interleave_top", "-flags", "+ilme+ildct", rate="50"
    ),
    "hdr10": lambda p: hdr(p, "smpte2084"),
    "hlg": lambda p: hdr(p, "arib-std-b67"),
    "anamorphic": lambda p: film(p, "-vf", "setsar=16/11", size="352x288"),
    "odd-size": lambda p: film(p, *ODD, seconds=1),
    "one-second": lambda p: film(p, seconds=1),
    "one-frame": lambda p: ffmpeg(*picture(seconds=1), *H264, "-frames:v", "1", p),
    "truncated": truncated,
    "bit-flipped": bit_flipped,
    "empty": lambda p: _written(p, ""),
    "text": lambda p: _written(p, "This is a letter, and no film.\n" * 40),
}
"""How each is made; all are called NAME.mp4."""
