"""What is not whole is not promised: verification by a real decoder finds damage of every kind."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from media_runtime.cmaf import Sample, read_fragments, write_segment
from media_runtime.encode.verify import Due, verify
from media_runtime.failure import Refused
from media_runtime.title.ledger import Entry

from .encode_titles import LAYOUT, X264, Title, make, pattern, plan_of, rung, stereo, title

FRAMES = 100
UNIT = 1024


@dataclass(frozen=True)
class Track:
    """What was made of one rendition, to be damaged."""

    header: bytes
    samples: tuple[Sample, ...]
    due: Due
    sound: bool = False

    def check(self, samples: Sequence[Sample]) -> None:
        """Raises what verification says of these in the place of its own."""
        self.due.file.write_bytes(self.header + write_segment(samples, sequence=1, decode_time=0))
        asyncio.run(verify([self.due], sound=self.sound))

    def with_(self, n: int, change: Callable[[bytes], bytes]) -> list[Sample]:
        damaged = replace(self.samples[n], content=change(bytes(self.samples[n].content)))
        return [*self.samples[:n], damaged, *self.samples[n + 1 :]]


def track(of: Title, entry: Entry, due: Due) -> Track:
    fragments = read_fragments(of.media(entry))
    samples = tuple(sample for fragment in fragments for sample in fragment.samples)
    return Track(of.stored(LAYOUT.init(entry.init)), samples, due, sound=due.ticks == UNIT)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Title:
    folder = tmp_path_factory.mktemp("film")
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=4", "-shortest", "-c:a", "aac")
    source = make(folder / "film.mp4", *pattern(4), *tone, *X264)
    large = rung("large", 320, 180, frames=FRAMES, bitrate_kbps=600, max_bitrate_kbps=900)
    small = rung("small", 160, 90, frames=FRAMES)
    encoded = title(folder, source, plan_of(source, [large, small], audio=[stereo()]))
    encoded.encode_all()
    return encoded


@pytest.fixture(scope="module")
def picture(film: Title, tmp_path_factory: pytest.TempPathFactory) -> Track:
    file = tmp_path_factory.mktemp("picture") / "large.mp4"
    return track(film, film.entry("large", 0), Due(file, "large", FRAMES, 0, 512))


@pytest.fixture(scope="module")
def sound(film: Title, tmp_path_factory: pytest.TempPathFactory) -> Track:
    entry = film.runs("stereo")[0]
    file = tmp_path_factory.mktemp("sound") / "stereo.mp4"
    return track(film, entry, Due(file, "stereo", entry.samples, 0, UNIT))


def slice_kind(content: bytes) -> str:
    """By the last NAL unit's head (ISO/IEC 14496-10 7.3.1)."""
    at = unit = 0
    while at < len(content):
        unit = content[at + 4]
        at += 4 + int.from_bytes(content[at : at + 4], "big")
    if unit & 31 == 5:
        return "key frame"
    return "leaned on" if unit >> 5 & 3 else "leaned on by none"


def largest(picture: Track, kind: str) -> int:
    sizes = {
        n: len(sample.content)
        for n, sample in enumerate(picture.samples)
        if slice_kind(bytes(sample.content)) == kind
    }
    return max(sizes, key=sizes.__getitem__)


def flipped(content: bytes) -> bytes:
    """Sixteen bytes in the midst of the slice, every bit."""
    middle = len(content) // 2
    wrong = bytes(byte ^ 0xFF for byte in content[middle : middle + 16])
    return content[:middle] + wrong + content[middle + 16 :]


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def blank(content: bytes) -> bytes:
    """As a block of a disk that was never written."""
    return content[: len(content) // 2].ljust(len(content), b"\0")


def test_what_was_made_passes(picture: Track, sound: Track) -> None:
    picture.check(picture.samples)
    sound.check(sound.samples)


@pytest.mark.parametrize("kind", ["key frame", "leaned on", "leaned on by none"])
@pytest.mark.parametrize("damage", [flipped, cut_off, blank])
def test_a_damaged_picture_is_found(
    picture: Track, kind: str, damage: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(Refused, match="large: decoding says"):
        picture.check(picture.with_(largest(picture, kind), damage))


@pytest.mark.parametrize("kind", ["leaned on", "leaned on by none"])
def test_a_missing_picture_is_found(picture: Track, kind: str) -> None:
    n = largest(picture, kind)
    with pytest.raises(Refused, match="large"):
        picture.check([*picture.samples[:n], *picture.samples[n + 1 :]])


def test_the_last_picture_is_missed_too(picture: Track) -> None:
    with pytest.raises(Refused, match=rf"large: {FRAMES - 1} of {FRAMES} frames decode"):
        picture.check(picture.samples[:-1])


def test_a_picture_at_another_time_is_found(picture: Track) -> None:
    n = largest(picture, "leaned on by none")
    late = replace(picture.samples[n], offset=picture.samples[n].offset + 1)
    with pytest.raises(Refused, match=r"large: frame \d+ is at \d+, not \d+"):
        picture.check([*picture.samples[:n], late, *picture.samples[n + 1 :]])


def test_one_damaged_rung_of_several_is_found(film: Title, picture: Track, tmp_path: Path) -> None:
    """Wherever it stands among those that are decoded together."""
    whole = track(
        film, film.entry("small", 0), Due(tmp_path / "small.mp4", "small", FRAMES, 0, 512)
    )
    whole.check(whole.samples)
    broken = picture.with_(largest(picture, "leaned on by none"), cut_off)
    media = write_segment(broken, sequence=1, decode_time=0)
    picture.due.file.write_bytes(picture.header + media)
    for both in ([whole.due, picture.due], [picture.due, whole.due]):
        with pytest.raises(Refused, match="decoding says"):
            asyncio.run(verify(both))


@pytest.mark.parametrize("damage", [cut_off, blank])
def test_damaged_sound_is_found(sound: Track, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refused, match="stereo"):
        sound.check(sound.with_(len(sound.samples) // 2, damage))


def test_a_missing_unit_of_sound_is_found(sound: Track) -> None:
    with pytest.raises(Refused, match=r"stereo: \d+ of \d+ frames decode"):
        sound.check(sound.samples[:-1])
