"""What an RTMP publisher asks, and what he is answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.refusal import BadBytes, PublisherRefused
from media_runtime.contribution.rtmp import amf0
from media_runtime.contribution.rtmp.conversation import (
    WINDOW_BYTES,
    Acknowledgements,
    Conversation,
    Ended,
    Event,
    Media,
    Publish,
    Say,
    farewell,
)
from media_runtime.contribution.rtmp.messages import Kind, Message, command, control

CONNECT = command(0, "connect", 1.0, {"app": "live"})
PUBLISH = command(1, "publish", 5.0, None, "demo.news.main.key", "live")
VIDEO = Message(Kind.VIDEO, 1, 40, b"\x17\x01")


def events(*messages: Message) -> list[Event]:
    conversation = Conversation()
    return [event for message in messages for event in conversation.hear(message)]


def answers(*messages: Message) -> list[list[amf0.Value]]:
    said = [event.message for event in events(*messages) if isinstance(event, Say)]
    return [amf0.decode(one.body) for one in said if one.kind == Kind.COMMAND]


def test_an_encoder_connects_creates_a_stream_and_publishes() -> None:
    told = events(
        CONNECT,
        command(0, "releaseStream", 2.0, None, "demo.news.main.key"),
        command(0, "FCPublish", 3.0, None, "demo.news.main.key"),
        command(0, "createStream", 4.0, None),
        PUBLISH,
        VIDEO,
        command(1, "deleteStream", 6.0, None, 1.0),
    )
    assert [one for one in told if not isinstance(one, Say)] == [
        Publish("demo.news.main.key"),
        Media(Kind.VIDEO, 40, b"\x17\x01"),
        Ended(),
    ]


def test_each_question_is_answered_with_its_number() -> None:
    said = answers(CONNECT, command(0, "createStream", 4.0, None), command(0, "whatever", 9.0))
    assert [one[:2] for one in said] == [["_result", 1.0], ["_result", 4.0], ["_error", 9.0]]
    assert said[1][3] == 1.0


def test_pictures_before_the_key_go_nowhere() -> None:
    assert events(CONNECT, VIDEO)[-1] != Media(Kind.VIDEO, 40, b"\x17\x01")


def test_nobody_publishes_twice_on_a_connection_or_before_he_connects() -> None:
    assert events(PUBLISH) == [Say(command(0, "_error", 5.0, None, None))]
    assert [one for one in events(CONNECT, PUBLISH, PUBLISH) if isinstance(one, Publish)] == [
        Publish("demo.news.main.key")
    ]


def test_a_query_behind_the_key_is_left_out() -> None:
    told = events(CONNECT, command(1, "publish", 5.0, None, "a.b.c.d?audio=1", "live"))
    assert told[-1] == Publish("a.b.c.d")


def test_metadata_is_kept_without_the_word_that_sets_it() -> None:
    body = amf0.encode(["@setDataFrame", "onMetaData", {"width": 1280.0}])
    told = events(CONNECT, PUBLISH, Message(Kind.DATA, 1, 0, body))
    assert told[-1] == Media(Kind.DATA, 0, amf0.encode(["onMetaData", {"width": 1280.0}]))


@pytest.mark.parametrize("application", ["vod", "", None, 4.0])
def test_another_application_is_refused(application: amf0.Value) -> None:
    with pytest.raises(PublisherRefused, match="BadRequest"):
        events(command(0, "connect", 1.0, {"app": application}))


def test_who_wants_to_play_is_sent_away() -> None:
    with pytest.raises(PublisherRefused, match="publish instead"):
        events(CONNECT, command(1, "play", 0.0, None, "demo.news.main.key"))


@pytest.mark.parametrize("body", [b"", amf0.encode([1.0, "connect"]), amf0.encode(["connect"])])
def test_a_command_without_a_name_and_a_number_is_bad(body: bytes) -> None:
    with pytest.raises(BadBytes):
        events(Message(Kind.COMMAND, 0, 0, body))


@given(st.lists(st.builds(Message, st.integers(0, 30), st.just(1), st.just(0), st.binary())))
def test_any_messages_are_answered_or_refused(said: list[Message]) -> None:
    try:
        events(CONNECT, PUBLISH, *said)
    except (BadBytes, PublisherRefused):
        return


def test_a_ping_comes_back() -> None:
    (pong,) = events(Message(Kind.USER_CONTROL, 0, 0, b"\x00\x06\x00\x00\x12\x34"))
    assert isinstance(pong, Say)
    assert pong.message.body == b"\x00\x07\x00\x00\x12\x34"


def test_the_refused_are_told_by_the_code_that_encoders_know() -> None:
    wrong = amf0.decode(farewell(PublisherRefused("WrongKey", "no")).body)
    assert wrong[3] == {
        "level": "error",
        "code": "NetStream.Publish.BadName",
        "description": "WrongKey: no",
    }
    lost = amf0.decode(farewell(PublisherRefused("BadRequest", "no")).body)
    assert lost[0] == "_error"


def test_every_window_of_bytes_is_acknowledged_once() -> None:
    received = Acknowledgements()
    told = [received.came(WINDOW_BYTES // 2) for _ in range(4)]
    assert told == [
        None,
        control(Kind.ACKNOWLEDGEMENT, WINDOW_BYTES),
        None,
        control(Kind.ACKNOWLEDGEMENT, 2 * WINDOW_BYTES),
    ]


def test_a_window_of_nothing_is_not_believed() -> None:
    received = Acknowledgements()
    received.obey(control(Kind.WINDOW_ACKNOWLEDGEMENT_SIZE, 1))
    assert received.came(1000) is None
