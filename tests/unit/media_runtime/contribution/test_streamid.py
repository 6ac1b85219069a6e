"""What an SRT caller's streamid asks for."""

import pytest

from media_runtime.contribution.key import parse
from media_runtime.contribution.refusal import PublisherRefused
from media_runtime.contribution.srt.streamid import key_in

KEY = "demo.news.main.s3cret"


@pytest.mark.parametrize(
    "streamid",
    [KEY, f"#!::r={KEY}", f"#!::u=me,m=publish,r={KEY},t=stream", f"%23!::r={KEY},m=publish"],
)
def test_a_key_is_found_in_either_form(streamid: str) -> None:
    assert key_in(streamid) == parse(KEY)


@pytest.mark.parametrize(
    ("streamid", "reason"),
    [
        ("", "BadKey"),
        ("#!::", "BadKey"),
        ("#!::m=publish", "BadKey"),
        (f"#!::r={KEY},m=request", "BadRequest"),
        (f"#!::m=bidirectional,r={KEY}", "BadRequest"),
        ("#!:{r=x}", "BadKey"),
    ],
)
def test_what_asks_for_anything_else_is_refused(streamid: str, reason: str) -> None:
    with pytest.raises(PublisherRefused, match=reason):
        key_in(streamid)
