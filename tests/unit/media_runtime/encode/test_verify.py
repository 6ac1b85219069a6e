"""What was made is promised only if it decodes to just what was meant, in silence."""

from pathlib import Path

import pytest

from media_runtime.encode.verify import Due, verdict
from media_runtime.failure import Refused
from media_runtime.ffmpeg import Ended, Messages

TICKS = 512
LARGE = Due(Path("large.mp4"), "large", frames=3, start=100, ticks=TICKS)
SMALL = Due(Path("small.mp4"), "small", frames=2, start=0, ticks=TICKS)
GOOD = b"""#tb 0: 1/12800
0, 100, 100, 512, 472, 0x1
1,   0,   0, 512, 472, 0x2
0, 612, 612, 512, 472, 0x3
1, 512, 512, 512, 472, 0x4
0, 1124, 1124, 512, 472, 0x5
"""


def ended(stdout: bytes = GOOD, *, code: int = 0, said: str = "") -> Ended:
    messages = Messages()
    messages.feed(said.encode())
    messages.close()
    return Ended(code, stdout, messages, 1.0)


def test_the_right_frames_in_silence_pass() -> None:
    verdict(ended(), [LARGE, SMALL])


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (ended(said="[warning] non-existing PPS 0 referenced"), "decoding says: non-existing"),
        (ended(code=1), "decoding says"),
        (ended(GOOD.replace(b"0, 612, 612, 512, 472, 0x3\n", b"")), "large: 2 of 3 frames"),
        (ended(b""), "large: 0 of 3 frames"),
        (ended(GOOD.replace(b"1,   0,   0", b"1, 1, 1")), "small: frame 0 is at 1, not 0"),
        (ended(GOOD.replace(b"612, 612", b"612, 613")), "large: frame 1 is at 613, not 612"),
    ],
)
def test_anything_else_is_refused(found: Ended, why: str) -> None:
    with pytest.raises(Refused, match=why):
        verdict(found, [LARGE, SMALL])
