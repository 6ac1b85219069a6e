"""What is entered in an encoder."""

import pytest

from cli.endpoints import Endpoints
from cli.exits import Exit, Stop
from cli.publish import input_of, publish_to, value_of
from tests.unit.cli.builders import channel

WHERE = Endpoints(
    "http://127.0.0.1:30080",
    "http://127.0.0.1:30900",
    "streamverse",
    "rtmp://127.0.0.1:31935",
    "srt://127.0.0.1:31888",
    "http://127.0.0.1:31889",
)
KEY = "5ecre7"
NEWS = channel()


def test_an_rtmp_address_ends_with_the_whole_key() -> None:
    found = publish_to(NEWS, input_of(NEWS, "primary"), WHERE, KEY)
    assert found.url == f"rtmp://127.0.0.1:31935/live/demo.news.primary.{KEY}"
    assert (found.server, found.key) == (
        "rtmp://127.0.0.1:31935/live",
        f"demo.news.primary.{KEY}",
    )


def test_an_srt_address_names_the_stream_and_the_passphrase() -> None:
    found = publish_to(NEWS, input_of(NEWS, "studio"), WHERE, KEY, "region-wide")
    wanted = f"streamid=demo.news.studio.{KEY}&passphrase=region-wide"
    assert found.url == f"srt://127.0.0.1:31888?{wanted}"


def test_a_passphrase_that_may_not_be_read_is_left_out() -> None:
    assert "passphrase" not in publish_to(NEWS, input_of(NEWS, "studio"), WHERE, KEY).url


def test_a_whip_address_has_the_key_beside_it() -> None:
    found = publish_to(NEWS, input_of(NEWS, "phone"), WHERE, KEY)
    assert found.url == "http://127.0.0.1:31889/whip/demo.news.phone"
    assert found.key == KEY


def test_a_key_is_not_shown_by_accident() -> None:
    found = publish_to(NEWS, input_of(NEWS, "phone"), WHERE, KEY)
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("name", "said"), [("backup", "is not published to"), ("other", "is no input of this channel")]
)
def test_an_input_that_nobody_publishes_to_is_refused(name: str, said: str) -> None:
    with pytest.raises(Stop) as stopped:
        input_of(NEWS, name)
    assert stopped.value.code is Exit.USAGE
    assert said in stopped.value.sentence
    assert "primary, studio, phone" in stopped.value.hint


@pytest.mark.parametrize("key", ["", "a b", "a/b", "schlüssel"])
def test_a_key_that_encoders_cannot_send_is_refused(key: str) -> None:
    with pytest.raises(Stop) as stopped:
        publish_to(NEWS, input_of(NEWS, "primary"), WHERE, key)
    assert "openssl rand -hex 16" in stopped.value.hint


def test_a_platform_without_contribution_says_so() -> None:
    nowhere = Endpoints("http://127.0.0.1:30080", "http://127.0.0.1:30900", "streamverse")
    with pytest.raises(Stop) as stopped:
        publish_to(NEWS, input_of(NEWS, "primary"), nowhere, KEY)
    assert stopped.value.code is Exit.NOT_FOUND
    assert "contribution.enabled" in stopped.value.hint


def test_a_value_of_a_secret_is_read_without_its_line_break() -> None:
    assert value_of({"data": {"streamKey": "a2V5Cg=="}}, "streamKey") == "key"
    assert value_of({"data": None}, "streamKey") == ""
    assert value_of(None, "streamKey") == ""
