"""Who is let in, and what who is not is told."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from crds.live import ChannelInput
from media_runtime.live.inputs.admission import is_pushed, judge, read_key
from media_runtime.live.line import Introduction, PublishProtocol

CAMERA = ChannelInput(name="camera", protocol="RTMP", priority=1)


def caller(given: str = "s3cret", protocol: PublishProtocol = "RTMP") -> Introduction:
    return Introduction(
        input="camera",
        secret=SecretStr(given),
        protocol=protocol,
        peer="192.0.2.1:5000",
        container="flv",
    )


def test_who_has_the_key_is_let_in() -> None:
    assert judge(caller(), CAMERA, b"s3cret", None).admitted


@pytest.mark.parametrize("key", [b"other", b"s3cret2", b"s3cre", b"", None])
def test_who_has_another_key_is_not(key: bytes | None) -> None:
    assert judge(caller(), CAMERA, key, None).reason == "WrongKey"


def test_who_has_no_key_does_not_learn_that_somebody_publishes() -> None:
    assert judge(caller("guess", "SRT"), CAMERA, b"s3cret", "192.0.2.9:1").reason == "WrongKey"


def test_a_second_publisher_is_refused_and_told_who_is_first() -> None:
    verdict = judge(caller(), CAMERA, b"s3cret", "192.0.2.9:1")
    assert verdict.reason == "InUse"
    assert "192.0.2.9:1" in verdict.message


def test_an_input_is_published_to_by_its_own_protocol() -> None:
    assert judge(caller(protocol="SRT"), CAMERA, b"s3cret", None).reason == "WrongProtocol"


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        ChannelInput(name="camera", protocol="HLS", priority=1, uri="https://media.example/a"),
        ChannelInput(name="camera", protocol="SRT", priority=1, uri="srt://media.example:1"),
        ChannelInput(name="camera", protocol="Test", priority=1),
    ],
)
def test_what_is_pulled_or_unknown_is_not_published_to(wanted: ChannelInput | None) -> None:
    assert judge(caller(), wanted, b"s3cret", None).reason == "UnknownInput"
    assert wanted is None or not is_pushed(wanted)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (b"abc", b"abc"),
        (b"abc\n", b"abc"),
        (b"abc\r\n", b"abc"),
        (b" abc ", b" abc "),
        (b"\n", None),
    ],
)
def test_a_keys_file_may_end_with_a_line(tmp_path: Path, written: bytes, key: bytes | None) -> None:
    (tmp_path / "camera").mkdir()
    (tmp_path / "camera" / "streamKey").write_bytes(written)
    assert read_key(tmp_path, "camera") == key


def test_without_a_file_there_is_no_key(tmp_path: Path) -> None:
    assert read_key(tmp_path, "camera") is None
