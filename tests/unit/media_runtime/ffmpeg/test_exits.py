"""What an exit of ffmpeg means."""

import pytest

from media_runtime.failure import Refused, ScratchFull, TryAgain
from media_runtime.ffmpeg import Ended, Messages, require_success


def ended(code: int, text: bytes = b"") -> Ended:
    messages = Messages()
    messages.feed(text)
    messages.close()
    return Ended(code=code, stdout=b"", messages=messages, wall_seconds=1)


def test_a_good_end_raises_nothing_whatever_was_said() -> None:
    require_success(ended(0, b"[warning] odd"), "EncodeFailed", "encoding")


def test_damage_is_refused_with_the_first_complaint() -> None:
    with pytest.raises(Refused, match="probing: moov atom not found") as refused:
        require_success(ended(1, b"[error] moov atom not found"), "InputCorrupt", "probing")
    assert refused.value.reason == "InputCorrupt"


def test_a_full_disk_is_called_so_and_tried_again() -> None:
    with pytest.raises(ScratchFull):
        require_success(ended(1, b"[error] No space left on device"), "EncodeFailed", "encoding")


@pytest.mark.parametrize("message", ["Resource temporarily unavailable", "Too many open files"])
def test_a_pressed_node_is_tried_again(message: str) -> None:
    with pytest.raises(TryAgain):
        require_success(ended(1, f"[error] {message}".encode()), "EncodeFailed", "encoding")


def test_a_kill_is_tried_again() -> None:
    with pytest.raises(TryAgain, match="signal 9"):
        require_success(ended(-9), "EncodeFailed", "encoding")


def test_a_decoder_that_is_not_let_in_is_an_unsupported_codec() -> None:
    with pytest.raises(Refused) as refused:
        require_success(ended(1, b"[error] Codec (x) not on whitelist"), "InputCorrupt", "probing")
    assert refused.value.reason == "UnsupportedCodec"
