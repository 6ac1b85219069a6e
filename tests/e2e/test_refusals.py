"""Story: what cannot work is refused when I apply it, with a sentence that says what to do.

Every rule has its case in tests/apiserver; these show that the sentences arrive.
"""

from typing import Any

import pytest

from tests.e2e.platform import Platform, media_asset, tiny_ladder, transcode_job

URI = "s3://streamverse/demo/uploads/film.mp4"


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (transcode_job("x", "demo", "file:///etc/passwd"), "give an s3://bucket/key or https://"),
        (
            transcode_job("x", "demo", "https://me:pass@host/film.mp4"),
            "leave user and password out",
        ),
        (transcode_job("x", "demo", URI, packaging={"hls": False, "dash": False}), "hls or dash"),
        (media_asset("Not-A-Label", "demo", URI), "lowercase RFC 1123"),
        (tiny_ladder("x", heights=()), "at least 1 items"),
    ],
    ids=["file", "password", "packaging", "name", "no-rungs"],
)
def test_it_is_refused_with_what_to_do(
    platform: Platform, manifest: dict[str, Any], sentence: str
) -> None:
    assert sentence in platform.refusal(manifest)
