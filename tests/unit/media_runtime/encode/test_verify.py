"""What was made is promised only if it decodes to just what was meant, in silence."""

import pytest

from media_runtime.encode.verify import verdict
from media_runtime.failure import Refused
from media_runtime.ffmpeg import Ended, Messages

GOOD = b'{"streams": [{"nb_read_frames": "50", "start_pts": 100}]}'


def ended(stdout: bytes = GOOD, *, code: int = 0, said: str = "") -> Ended:
    messages = Messages()
    messages.feed(said.encode())
    messages.close()
    return Ended(code, stdout, messages, 1.0)


def test_the_right_count_in_silence_passes() -> None:
    verdict(ended(), name="a", frames=50, start=100)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (ended(said="[warning] non-existing PPS 0 referenced"), "decoding says: non-existing"),
        (ended(code=1), "decoding says"),
        (ended(GOOD.replace(b"50", b"49")), "49 of 50 frames"),
        (ended(GOOD.replace(b"100", b"612")), "begins at 612, not 100"),
    ],
)
def test_anything_else_is_refused(found: Ended, why: str) -> None:
    with pytest.raises(Refused, match=why):
        verdict(found, name="a", frames=50, start=100)
