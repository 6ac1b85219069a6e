"""A file is read as far as it is written, and given out chunk by chunk."""

from pathlib import Path

import pytest

from media_runtime.cmaf import Header, Sample, VideoFormat, write_header, write_segment
from media_runtime.cmaf.boxes import box
from media_runtime.encode.growing import GrowingFile
from media_runtime.failure import Refused

from .rungs import rung

T, GOP = 512, 4
RUNG = rung(gop_frames=GOP, segment_frames=GOP, frames=12)
HEAD = write_header(Header(12_800, box(b"avc1", bytes(78)), VideoFormat(640, 360)))


def gop(n: int, frames: int = GOP, *, late: int = 0) -> bytes:
    samples = [Sample(b"xyz", T, key=i == 0) for i in range(frames)]
    at = 700 + n * GOP * T + late
    return write_segment(samples, sequence=n + 1, decode_time=at, styp=False)


def growing(folder: Path, content: bytes) -> GrowingFile:
    (folder / "rung.mp4").write_bytes(content)
    return GrowingFile(folder / "rung.mp4", RUNG)


def test_a_file_that_is_not_there_yet_has_nothing(tmp_path: Path) -> None:
    assert not GrowingFile(tmp_path / "none.mp4", RUNG).reach(1)


def test_it_is_read_on_as_it_is_written_at_any_byte(tmp_path: Path) -> None:
    whole = HEAD + b"".join(gop(n) for n in range(4))
    file = growing(tmp_path, b"")
    found = []
    for size in range(0, len(whole) + 1, 7):
        file.file.write_bytes(whole[:size])
        while file.reach(2 * GOP):
            found.append((size, [f.decode_time for f in file.take(2 * GOP)]))
    file.file.write_bytes(whole)
    while file.reach(2 * GOP):
        found.append((len(whole), [f.decode_time for f in file.take(2 * GOP)]))
    assert [times for _, times in found] == [
        [700, 700 + GOP * T],
        [700 + 2 * GOP * T, 700 + 3 * GOP * T],
    ]
    assert found[0][0] < len(whole) - len(gop(3))
    assert file.header_read.timescale == 12_800


def test_no_more_is_held_than_was_asked_for(tmp_path: Path) -> None:
    file = growing(tmp_path, HEAD + b"".join(gop(n) for n in range(4)))
    assert file.reach(GOP)
    assert file.held == GOP


@pytest.mark.parametrize(
    "second",
    [gop(1, GOP + 1), gop(1, late=T), gop(2)],
    ids=["one too many", "one late", "a GOP left out"],
)
def test_frames_that_do_not_follow_on_are_refused(tmp_path: Path, second: bytes) -> None:
    file = growing(tmp_path, HEAD + gop(0) + second)
    assert file.reach(GOP)
    file.take(GOP)
    assert file.reach(GOP)
    with pytest.raises(Refused, match="EncodeFailed"):
        file.take(GOP)
