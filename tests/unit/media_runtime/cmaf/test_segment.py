"""A segment holds just the samples that were put in, at just the times they were given."""

from hypothesis import given
from hypothesis import strategies as some

from media_runtime.cmaf import Sample, read_fragments, write_segment
from media_runtime.cmaf.boxes import walk

samples = some.lists(
    some.builds(
        Sample,
        content=some.binary(min_size=1, max_size=40),
        duration=some.integers(1, 1 << 20),
        key=some.booleans(),
        offset=some.integers(-(1 << 20), 1 << 20),
    ),
    min_size=1,
    max_size=12,
)


def read(segment: bytes) -> list[Sample]:
    (fragment,) = read_fragments(segment)
    return [Sample(bytes(s.content), s.duration, s.key, s.offset) for s in fragment.samples]


@given(samples)
def test_what_is_written_is_what_is_read(written: list[Sample]) -> None:
    assert read(write_segment(written, sequence=1, decode_time=0)) == written


@given(some.integers(0, (1 << 64) - 1))
def test_decode_time_is_exact_for_any_length_of_channel(ticks: int) -> None:
    segment = write_segment([Sample(b"x", 1, key=True)], sequence=7, decode_time=ticks)
    (fragment,) = read_fragments(segment)
    assert fragment.decode_time == ticks


def test_the_same_samples_give_the_same_bytes() -> None:
    picture = [Sample(b"key", 512, key=True), Sample(b"p", 512, key=False, offset=512)]
    first = write_segment(picture, sequence=3, decode_time=1024)
    assert first == write_segment(picture, sequence=3, decode_time=1024)


def test_a_part_has_no_segment_type() -> None:
    part = write_segment([Sample(b"x", 1, key=True)], sequence=1, decode_time=0, styp=False)
    assert [found.kind for found in walk(part)] == [b"moof", b"mdat"]


def test_access_units_of_one_length_cost_four_bytes_each() -> None:
    def size(count: int) -> int:
        units = [Sample(b"", 1024, key=True)] * count
        return len(write_segment(units, sequence=1, decode_time=0))

    assert size(200) - size(100) == 400


def test_the_moof_carries_its_number() -> None:
    segment = write_segment([Sample(b"x", 1, key=True)], sequence=42, decode_time=0)
    moof = next(found for found in walk(segment) if found.kind == b"moof")
    assert moof.child(b"mfhd").number(4, 4) == 42
