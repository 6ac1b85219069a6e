"""A stream key names a place and carries a secret; what is none becomes no host's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.key import StreamKey, of_place, parse
from media_runtime.contribution.refusal import PublisherRefused


def test_a_key_says_which_channel_and_input_and_the_secret_may_have_dots() -> None:
    key = parse("demo.news-1.main.a.b.c")
    assert key == StreamKey("demo", "news-1", "main", "a.b.c")
    assert key.host("svc") == "channel-news-1.demo.svc"
    assert key.place == "demo.news-1.main"


def test_a_key_that_is_logged_does_not_tell_its_secret() -> None:
    assert "topsecret" not in repr(parse("demo.news.main.topsecret"))


def test_place_and_secret_may_come_apart() -> None:
    assert of_place("demo.news.main", "k") == parse("demo.news.main.k")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "demo.news.main",
        "demo.news.main.",
        "Demo.news.main.k",
        "demo.news/.main.k",
        "-demo.news.main.k",
        "demo.news.main.k k",
        "demo.news.main.k\n",
        "demo.news.main\n.k",
        f"{'a' * 64}.news.main.k",
        f"demo.news.main.{'k' * 257}",
        "demo@evil.news.main.k",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(PublisherRefused, match="BadKey"):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_a_key_with_harmless_names_or_refused(text: str) -> None:
    try:
        key = parse(text)
    except PublisherRefused:
        return
    assert set(key.host("svc")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
