"""The operator is told of what a person would want to know, and not of every segment."""

from datetime import UTC, datetime

from crds.live import ChannelState, InputState, OnAirState, TimelineState
from media_runtime.live.channel.gist import gist

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def state(**changes: object) -> ChannelState:
    usual: dict[str, object] = {
        "channel": "news",
        "generation": 1,
        "started_at": NOON,
        "on_air": OnAirState(kind="Input", input="a", since=NOON, reason="Started"),
        "inputs": (InputState(name="a", protocol="RTMP", priority=1, state="OnAir"),),
        "timeline": timeline(1),
    }
    return ChannelState.model_validate(usual | changes)


def timeline(msn: int) -> TimelineState:
    return TimelineState(media_sequence=msn, last_segment_at=NOON, latency_millis=400 + msn)


def test_a_segment_more_is_no_news() -> None:
    assert gist(state()) == gist(state(timeline=timeline(2), behind_millis=900))


def test_what_a_person_would_want_to_know_is() -> None:
    slate = OnAirState(kind="Slate", since=NOON, reason="InputLost")
    lost = InputState(name="a", protocol="RTMP", priority=1, state="Faulty", fault="InputLost")
    for news in (
        {"on_air": slate},
        {"inputs": (lost,)},
        {"stale": "SLATE_INPUT"},
        {"timeline": None},
        {"ended": True},
        {"slate_problem": "break: it has no picture"},
    ):
        assert gist(state(**news)) != gist(state()), news
