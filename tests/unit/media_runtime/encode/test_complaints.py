"""A chunk is told what was said of it, not of those before."""

from media_runtime.encode.complaints import Complaints, complaints
from media_runtime.ffmpeg import FORGET, Messages


def test_each_time_only_what_is_new() -> None:
    messages, told = Messages(), Complaints()
    messages.feed(b"[error] one\n")
    assert told.since(messages, "chunk 0") == (
        "chunk 0: 1 errors in the source, concealed",
        "chunk 0: one",
    )
    assert told.since(messages, "chunk 1") == ()
    messages.feed(b"[error] two\n[error] three\n")
    assert told.since(messages, "chunk 2")[0] == "chunk 2: 2 errors in the source, concealed"


def test_a_warning_is_no_complaint() -> None:
    messages = Messages()
    messages.feed(b"[warning] deprecated\n")
    assert complaints(messages, "chunk 0") == ()


def test_what_was_to_be_forgotten_is_nobody_s() -> None:
    messages = Messages()
    messages.feed(f"[error] of the GOP before\n{FORGET}\n".encode())
    assert Complaints().since(messages, "chunk 1") == ()
