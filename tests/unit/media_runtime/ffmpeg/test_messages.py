"""What is kept of ffmpeg's messages."""

from media_runtime.ffmpeg import Messages
from media_runtime.ffmpeg.messages import presentable


def said(text: bytes) -> Messages:
    messages = Messages()
    messages.feed(text)
    messages.close()
    return messages


def test_every_line_is_counted_and_errors_apart() -> None:
    messages = said(b"[h264 @ 0x55] [warning] odd\n[mov @ 0x1] [error] bad\n\n[fatal] worse")
    assert (messages.count, messages.errors) == (3, 2)


def test_a_line_split_between_two_reads_is_one_line() -> None:
    messages = Messages()
    messages.feed(b"[error] half")
    messages.feed(b" a line\n")
    messages.close()
    assert (messages.count, messages.gist()) == (1, "half a line")


def test_a_flood_is_counted_but_not_kept() -> None:
    messages = said(b"[error] again\n" * 100_000)
    assert messages.count == 100_000
    assert len(messages.first) + len(messages.last) <= 40


def test_a_line_without_end_is_cut() -> None:
    messages = Messages()
    for _ in range(1000):
        messages.feed(b"x" * 10_000)
    messages.close()
    assert (messages.count, len(messages.gist())) == (1, 200)


def test_our_own_paths_and_addresses_of_memory_are_not_shown() -> None:
    line = "[mov,mp4 @ 0x55d0c0] [error] file:/scratch/abc/source: moov atom not found"
    assert presentable(line) == "the file: moov atom not found"


def test_bytes_that_are_not_text_are_not_shown() -> None:
    assert presentable("codec \x1b[31m\x00tag") == "codec ?[31m?tag"
