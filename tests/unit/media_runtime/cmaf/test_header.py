"""A header is made of the codec's configuration alone."""

from dataclasses import replace

from media_runtime.cmaf import AudioFormat, Header, VideoFormat, read_header, write_header
from media_runtime.cmaf.boxes import box, walk

AVC1 = box(b"avc1", bytes(24) + b"\x02\x80\x01\x68" + bytes(50), box(b"avcC", b"\x01\x64\0\x1e"))
PICTURE = Header(12_800, AVC1, VideoFormat(640, 360))


def sound() -> Header:
    fields = bytes(16) + b"\0\2\0\x10" + bytes(4) + (48_000 << 16).to_bytes(4, "big")
    return Header(48_000, box(b"mp4a", fields, box(b"esds", b"x")), AudioFormat(48_000, 2))


def test_a_header_is_read_as_it_was_written() -> None:
    assert read_header(write_header(PICTURE)) == PICTURE
    assert read_header(write_header(sound())) == sound()


def test_bit_rates_and_encoder_names_do_not_reach_the_header() -> None:
    name = b"\x15Lavc59.37.100 libx264"
    noisy = box(
        b"avc1",
        bytes(24) + b"\x02\x80\x01\x68" + bytes(14) + name + bytes(32 - len(name)) + bytes(4),
        box(b"avcC", b"\x01\x64\0\x1e"),
        box(b"btrt", bytes(12)),
    )
    assert read_header(write_header(replace(PICTURE, entry=noisy))) == PICTURE


def test_a_track_with_reordered_pictures_says_so_in_an_edit_list() -> None:
    _, moov = walk(write_header(replace(PICTURE, shift=1024)))
    elst = moov.child(b"trak", b"edts", b"elst")
    assert (elst.number(4, 4), elst.number(8, 4), elst.number(12, 4)) == (1, 0, 1024)


def test_a_track_in_order_has_no_edit_list() -> None:
    assert b"elst" not in write_header(PICTURE)
