"""RTMP's chunk stream: any cutting gives the same messages, and nothing is kept without bound."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.refusal import BadBytes
from media_runtime.contribution.rtmp.chunks import (
    FIRST_MESSAGE_BYTES,
    MAX_CHUNK_STREAMS,
    MAX_MESSAGE_BYTES,
    MAX_PARTIAL_BYTES,
    ChunkReader,
)
from media_runtime.contribution.rtmp.messages import Kind, Message, command, control, written


def read(*pieces: bytes, largest: int = FIRST_MESSAGE_BYTES) -> list[Message]:
    reader = ChunkReader()
    reader.max_message_bytes = largest
    return [message for piece in pieces for message in reader.feed(piece)]


def begin(stream: int, time: int, kind: int, body: bytes, length: int | None = None) -> bytes:
    """A chunk of type 0."""
    size = len(body) if length is None else length
    said = min(time, 0xFFFFFF).to_bytes(3, "big") + size.to_bytes(3, "big") + bytes((kind,))
    more = time.to_bytes(4, "big") if time >= 0xFFFFFF else b""
    return bytes((stream,)) + said + b"\x01\0\0\0" + more + body


messages = st.builds(
    Message,
    kind=st.sampled_from([Kind.AUDIO, Kind.VIDEO, Kind.DATA, Kind.COMMAND]),
    stream=st.just(1),
    timestamp=st.just(0),
    body=st.binary(max_size=600),
)


@given(st.lists(messages, max_size=5), st.lists(st.integers(1, 400), max_size=8))
def test_messages_are_the_same_however_they_are_cut(said: list[Message], cuts: list[int]) -> None:
    data = b"".join(map(written, said))
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in pairwise(edges)]
    assert read(*pieces) == said


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_are_messages_or_refused_and_little_is_kept(pieces: Iterable[bytes]) -> None:
    reader = ChunkReader()
    try:
        for piece in pieces:
            list(reader.feed(piece))
            assert reader.partial_bytes <= MAX_PARTIAL_BYTES
    except BadBytes:
        return


def test_later_chunks_say_only_what_is_new() -> None:
    first = begin(4, 1000, 9, b"aa")
    same_stream = b"\x44" + (40).to_bytes(3, "big") + (3).to_bytes(3, "big") + b"\x08" + b"bbb"
    same_length = b"\x84" + (20).to_bytes(3, "big") + b"ccc"
    all_the_same = b"\xc4" + b"ddd"
    assert [
        (one.kind, one.timestamp, one.body)
        for one in read(first, same_stream, same_length, all_the_same)
    ] == [(9, 1000, b"aa"), (8, 1040, b"bbb"), (8, 1060, b"ccc"), (8, 1080, b"ddd")]


def test_messages_of_two_chunk_streams_may_be_interleaved() -> None:
    video = begin(6, 0, 9, b"v" * 128, length=200)
    audio = begin(4, 5, 8, b"a" * 10)
    rest = b"\xc6" + b"w" * 72
    assert [one.kind for one in read(video, audio, rest)] == [8, 9]


@pytest.mark.parametrize("repeats", [True, False])
def test_a_time_past_four_and_a_half_hours_is_read_from_either_kind_of_encoder(
    *, repeats: bool
) -> None:
    time = 0x01_00_00_10
    again = time.to_bytes(4, "big") if repeats else b""
    first = begin(4, time, 9, b"x" * 128, length=140)
    message, second = read(first, b"\xc4" + again + b"y" * 12, begin(4, time + 40, 9, b"z"))
    assert (message.timestamp, len(message.body)) == (time, 140)
    assert second.timestamp == time + 40


@pytest.mark.parametrize("number", [2, 63, 64, 319, 320, 65_599])
def test_a_chunk_stream_may_have_any_number(number: int) -> None:
    if number < 64:
        head = bytes((number,))
    elif number < 320:
        head = bytes((0, number - 64))
    else:
        head = bytes((1,)) + (number - 64).to_bytes(2, "little")
    assert [one.body for one in read(head + begin(0, 0, 8, b"abc")[1:])] == [b"abc"]


def test_chunks_are_as_long_as_the_publisher_said() -> None:
    longer = written(control(Kind.SET_CHUNK_SIZE, 4096))
    assert [len(one.body) for one in read(longer, begin(4, 0, 9, b"x" * 4000))] == [4, 4000]


def test_an_aborted_message_is_forgotten() -> None:
    half = begin(4, 0, 9, b"x" * 128, length=140)
    whole = begin(4, 0, 9, b"y")
    assert [one.body for one in read(half, written(control(Kind.ABORT, 4)), whole)][1:] == [b"y"]


def test_before_somebody_is_let_in_messages_are_small() -> None:
    keyframe = begin(4, 0, 9, b"x" * 128, length=FIRST_MESSAGE_BYTES + 1)
    with pytest.raises(BadBytes, match="65537"):
        read(keyframe)
    assert read(keyframe, largest=MAX_MESSAGE_BYTES) == []


@pytest.mark.parametrize(
    "data",
    [
        b"\xc4abc",
        b"\x84" + bytes(20),
        written(control(Kind.SET_CHUNK_SIZE, 0)),
        written(control(Kind.SET_CHUNK_SIZE, 1 << 31)),
        b"".join(
            begin(0, 0, 9, b"x")[:0] + bytes((0, n)) + begin(0, 0, 9, b"x")[1:]
            for n in range(MAX_CHUNK_STREAMS + 1)
        ),
        begin(4, 0, 9, b"", length=MAX_MESSAGE_BYTES + 1),
    ],
)
def test_what_nobody_needs_is_refused(data: bytes) -> None:
    with pytest.raises(BadBytes):
        read(data, largest=MAX_MESSAGE_BYTES)


def test_half_messages_on_many_streams_are_bounded_together() -> None:
    big = written(control(Kind.SET_CHUNK_SIZE, 7 << 20))
    half = [begin(n, 0, 9, bytes(7 << 20), length=8 << 20) for n in (4, 5)]
    with pytest.raises(BadBytes, match="too many"):
        read(big, *half, largest=MAX_MESSAGE_BYTES)


def test_what_we_say_can_be_read_by_the_same_rules() -> None:
    said = command(0, "_result", 1.0, {"description": "x" * 300})
    assert read(written(said)) == [said]
