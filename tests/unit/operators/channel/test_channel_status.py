"""What is said of a channel, and what of it is worth saying."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crds.live import InputState, LostRung, Refusal, Restarted
from crds.v1alpha1 import ChannelStatus, MediaAsset
from crds.v1alpha1.meta import Condition
from operators.channel.news import AT_INTERVALS, AT_LEISURE
from operators.channel.notices import notices
from operators.channel.observed import format_gist, gist
from operators.channel.order import REFRESH
from tests.unit.operators.channel.studio import (
    NOON,
    decide,
    deployed,
    ladder,
    news,
    on_air,
    pod,
    said,
    seen,
    switch,
    told,
)


def reasons(status: ChannelStatus) -> dict[str, tuple[str, str]]:
    return {c.type: (c.status, c.reason) for c in status.conditions}


def status_when(**more: object) -> ChannelStatus:
    """Of a channel on air that is then seen so."""
    channel, observed = on_air()
    later = replace(observed, now=NOON + timedelta(minutes=5), **more)  # type: ignore[arg-type]
    return said(decide(channel, later))


def test_a_channel_on_air_is_ready_and_nothing_else() -> None:
    channel, _ = on_air()
    assert channel.status is not None
    assert reasons(channel.status) == {
        "InputAvailable": ("True", "Received"),
        "Streaming": ("True", "Streaming"),
        "OutputFresh": ("True", "Fresh"),
        "ReferencesFound": ("True", "Found"),
        "Ready": ("True", "OnAir"),
    }


def test_every_condition_tells_of_which_generation() -> None:
    status = said(decide(news(generation=4), seen()))
    assert {c.observed_generation for c in status.conditions} == {4}


@pytest.mark.parametrize(
    ("stale", "ready", "fresh"),
    [
        ("STALE_MANIFEST", ("False", "StaleManifest"), ("False", "StaleManifest")),
        ("INCOMPLETE_MANIFEST", ("True", "OnAir"), ("False", "IncompleteManifest")),
        ("SLATE_INPUT", ("True", "OnAir"), ("False", "SlateInput")),
    ],
)
def test_output_that_is_not_as_it_should_be(
    stale: str, ready: tuple[str, str], fresh: tuple[str, str]
) -> None:
    found = reasons(status_when(pods=[pod(state=told(stale=stale))]))
    assert (found["Ready"], found["OutputFresh"]) == (ready, fresh)


def test_a_backup_on_air_is_told_with_what_is_wrong_with_the_preferred_one() -> None:
    lost = InputState(
        name="primary", protocol="RTMP", priority=1, state="Faulty", fault="InputLost"
    )
    state = told("backup")
    state = state.model_copy(update={"inputs": (lost, state.inputs[1])})
    status = status_when(pods=[pod(state=state)])
    over = status.condition("FailedOver")
    assert over is not None
    assert over.message == "backup is on air instead of primary (InputLost)"
    assert (status.active_input, status.receiving) == ("backup", "1/2")


def test_inputs_of_equal_priority_replace_one_another_without_a_failover() -> None:
    equal = [{"name": n, "protocol": "Test", "priority": 1} for n in ("primary", "backup")]
    channel, observed = on_air(inputs=equal)
    later = replace(observed, pods=[pod(state=told("backup"))], now=NOON + timedelta(minutes=1))
    assert said(decide(channel, later)).condition("FailedOver") is None


@pytest.mark.parametrize(
    ("held_up_by", "reason"),
    [
        (("CrashLoopBackOff", ""), "PodFailing"),
        (("ErrImageNeverPull", ""), "ImagePull"),
        (("Unschedulable", "0/1 nodes"), "Unschedulable"),
        (("CreateContainerConfigError", "secret"), "PodBlocked"),
    ],
)
def test_a_pod_that_does_not_come_up_says_why(held_up_by: tuple[str, str], reason: str) -> None:
    waiting = pod(ready=False, held_up_by=held_up_by)
    assert reasons(status_when(pods=[waiting]))["Ready"] == ("False", reason)


def test_a_pod_that_streams_is_believed_before_one_that_does_not_come_up() -> None:
    waiting = pod("b", ready=False, held_up_by=("ErrImageNeverPull", ""))
    channel, observed = on_air()
    later = replace(observed, now=NOON + timedelta(minutes=5), pods=[pod(state=told()), waiting])
    assert decide(channel, later).desired.status is None


def test_a_successor_that_finds_no_room_is_told_while_the_channel_is_on_air() -> None:
    waiting = pod("b", address="", ready=False, held_up_by=("Unschedulable", "insufficient cpu"))
    channel, observed = on_air()
    rolling = deployed(decide(channel, observed), rolling=True)
    pods = [pod(state=told()), waiting]
    later = replace(observed, now=NOON + timedelta(minutes=5), pods=pods, deployment=rolling)
    found = reasons(said(decide(channel, later)))
    assert found["Ready"] == ("True", "OnAir")
    assert found["Reconciling"] == ("True", "Unschedulable")


def test_the_newest_pod_that_is_ready_has_the_word() -> None:
    old = pod("old", told("primary"), began="2026-06-01T11:00:00Z")
    new = pod("new", told("backup"), began="2026-06-01T12:00:00Z")
    assert status_when(pods=[old, new]).active_input == "backup"
    starting = replace(new, ready=False)
    assert seen(pods=[old, starting]).voice == old
    assert seen(pods=[replace(old, going=True), starting]).voice == starting


def test_silence_is_no_news_until_it_lasts() -> None:
    channel, observed = on_air()
    for silent in (None, 1.0, 14.0):
        quiet = replace(observed, pods=[pod(silent_seconds=silent)])
        assert decide(channel, quiet).desired.status is None, silent
    late = replace(observed, pods=[pod(silent_seconds=15.5)], now=NOON + timedelta(seconds=20))
    assert reasons(said(decide(channel, late)))["Ready"] == ("Unknown", "NotObserved")


def test_a_channel_keeps_its_ladder_until_it_is_refreshed() -> None:
    channel, observed = on_air()
    edited = replace(observed, profile=ladder(kbps=900), now=NOON + timedelta(minutes=1))
    status = said(decide(channel, edited))
    assert status.profile == ladder().spec
    assert reasons(status)["ReferencesFound"] == ("False", "ProfileEdited")
    again = said(decide(news(status, annotations={REFRESH: "x"}), edited))
    assert again.profile == ladder(kbps=900).spec
    assert reasons(again)["ReferencesFound"] == ("True", "Found")


def test_a_ladder_of_another_timeline_needs_a_stop() -> None:
    channel, observed = on_air()
    edited = replace(observed, profile=ladder(gop=1000), now=NOON + timedelta(minutes=1))
    asked = news(channel.status, annotations={REFRESH: "x"})
    status = said(decide(asked, edited))
    assert status.profile == ladder().spec
    assert reasons(status)["ReferencesFound"] == ("False", "ProfileNeedsStop")
    assert not decide(asked, edited).to_end


def test_a_slate_that_a_pod_cannot_show_is_told_with_what_to_do() -> None:
    asset = MediaAsset.model_validate(
        {
            "metadata": {"name": "break", "namespace": "demo", "uid": "m1"},
            "spec": {
                "source": {"uri": "s3://streamverse/demo/uploads/break.mp4"},
                "profileRef": {"name": "small"},
            },
            "status": {"playback": {"hls": "/vod/demo.break/master.m3u8"}},
        }
    )
    channel = news(on_air()[0].status, lossBehavior={"slateRef": {"name": "break"}})
    _, observed = on_air()

    def condition(problem: str) -> Condition:
        state = told(slate_problem=problem)
        now = replace(observed, slate=asset, pods=[pod(state=state)])
        status = said(decide(channel, now))
        assert reasons(status)["Ready"] == ("True", "OnAir")
        return next(c for c in status.conditions if c.type == "ReferencesFound")

    assert condition("").reason == "Found"
    lacking = condition("break: its header is not in the store")
    assert (lacking.status, lacking.reason) == ("False", "SlateNotShown")
    assert "break: its header is not in the store" in lacking.message
    assert "encode it anew" in lacking.message


def test_another_profile_is_taken_at_once() -> None:
    channel, observed = on_air()
    other = news(channel.status, profileRef={"name": "other"})
    edited = replace(observed, profile=ladder(kbps=900), now=NOON + timedelta(minutes=1))
    status = said(decide(other, edited))
    assert (status.profile_name, status.profile) == ("other", ladder(kbps=900).spec)


def test_a_stopped_channel_forgets_its_ladder_once_it_is_off_air() -> None:
    channel, observed = on_air()
    stopped = news(channel.status, desiredState="Stopped")
    ending = said(decide(stopped, replace(observed, now=NOON + timedelta(minutes=1))))
    assert (reasons(ending)["Ready"], ending.profile) == (("False", "Ending"), ladder().spec)
    off = said(decide(news(ending, desiredState="Stopped"), seen(now=NOON + timedelta(minutes=2))))
    assert (reasons(off)["Ready"], off.profile) == (("False", "Stopped"), None)
    assert "Reconciling" not in reasons(off)


# What is worth saying.


def changed(state_changes: dict[str, Any], *, after: float) -> ChannelStatus | None:
    """What is written when a pod tells something else, so many seconds after the last write."""
    channel, observed = on_air()
    later = replace(
        observed, pods=[pod(state=told(**state_changes))], now=NOON + timedelta(seconds=after)
    )
    return decide(channel, later).desired.status


def test_time_alone_is_no_news() -> None:
    line = told().timeline
    assert line is not None
    moved = line.model_copy(update={"media_sequence": 99, "latency_millis": 1})
    assert changed({"timeline": moved, "behind_millis": 5}, after=86_400) is None


def test_a_measured_rate_is_no_news_and_a_new_format_is() -> None:
    one, other = told().inputs

    def tells(text: str, after: float) -> ChannelStatus | None:
        inputs = (one.model_copy(update={"format": text}), other)
        return changed({"inputs": inputs}, after=after)

    assert tells("H.264 1280x720 25 fps 2400 kbit/s", 5) is None
    found = tells("H.264 1280x720 25 fps 2400 kbit/s", 11)
    assert found is not None
    assert format_gist("H.264 640x360 24.97 fps 2400 kbit/s, AAC 48 kHz") == format_gist(
        "H.264 640x360 25 fps 1 kbit/s, AAC 48 kHz"
    )
    assert format_gist("H.264 640x360 25 fps") != format_gist("H.264 1280x720 25 fps")


def test_why_an_input_is_not_there_is_told_and_not_again_for_another_figure() -> None:
    one, other = told().inputs
    channel, observed = on_air()

    def tells(why: str) -> ChannelStatus | None:
        state = told(inputs=(one.model_copy(update={"problem": why}), other))
        later = replace(observed, pods=[pod(state=state)], now=NOON + timedelta(minutes=1))
        return decide(channel, later).desired.status

    written = tells("the listener is not reached: 10.0.0.5:9000 refused")
    assert written is not None
    assert written.inputs[0].problem == "the listener is not reached: 10.0.0.5:9000 refused"
    channel = channel.model_copy(update={"status": written})
    assert tells("the listener is not reached: 10.0.0.6:9001 refused") is None


def test_a_switch_is_written_at_once() -> None:
    state = told("backup", switches=(switch("primary", "backup"),))
    found = changed({"on_air": state.on_air, "switches": state.switches}, after=1)
    assert found is not None
    assert found.active_input == "backup"


def test_inputs_that_flap_are_written_at_intervals() -> None:
    flapping = tuple(switch("primary", "backup", seconds=n) for n in range(7))
    state = told("backup", switches=flapping)
    change = {"on_air": state.on_air, "switches": flapping}
    assert changed(change, after=AT_INTERVALS.total_seconds() - 1) is None
    assert changed(change, after=AT_INTERVALS.total_seconds()) is not None


def test_strangers_who_knock_are_written_at_leisure() -> None:
    knock = Refusal(
        at=NOON, input="primary", protocol="RTMP", peer="[2001:db8::7]:5", reason="WrongKey"
    )
    late = AT_LEISURE.total_seconds()
    assert changed({"refusals": (knock,)}, after=late - 1) is None
    found = changed({"refusals": (knock, knock), "stale": None}, after=late)
    assert found is not None
    assert found.refusals is not None
    assert (found.refusals.count, found.refusals.last_peer) == (2, "2001:db8::7")


def test_an_edit_is_answered_at_once() -> None:
    channel, observed = on_air()
    edited = news(channel.status, generation=2)
    assert said(decide(edited, observed)).observed_generation == 2


def test_a_second_look_has_nothing_to_say() -> None:
    channel, observed = on_air()
    assert decide(channel, observed).desired.status is None


def test_the_gist_of_a_state_is_without_what_moves() -> None:
    line = told().timeline
    assert line is not None
    moved = told(timeline=line.model_copy(update={"latency_millis": 1}), behind_millis=3)
    assert gist(moved) == gist(told())
    assert gist(told(timeline=None)) != gist(told())
    assert gist(told("backup")) != gist(told())


# What a person is told as it happens.


def test_each_switch_is_an_event_of_its_own() -> None:
    course = (
        switch("primary", "backup"),
        switch("backup", "slate", seconds=1),
        switch("slate", "primary", seconds=2, reason="Recovered"),
    )
    back = told(switches=course)
    on_air_again = back.on_air.model_copy(update={"since": course[-1].at})
    now = status_when(pods=[pod(state=back.model_copy(update={"on_air": on_air_again}))])
    channel, _ = on_air()
    found = [(n.type, n.reason) for n in notices(channel.status, now)]
    assert found == [("Warning", "Switched"), ("Warning", "SlateShown"), ("Normal", "Returned")]
    assert notices(now, now) == []


def test_of_many_switches_the_last_are_told_and_the_others_counted() -> None:
    course = tuple(switch("primary", "backup", seconds=n) for n in range(9))
    now = status_when(pods=[pod(state=told("backup", switches=course))])
    channel, _ = on_air()
    found = notices(channel.status, now)
    assert [n.reason for n in found] == ["Flapping", "Switched", "Switched", "Switched"]
    assert "6 switches from 12:00:00 to 12:00:05" in found[0].message


def test_each_restart_in_a_pod_is_an_event_once() -> None:
    first = Restarted(count=1, reason="SIGKILL")
    began = NOON + timedelta(minutes=1)
    channel, observed = on_air()
    now = status_when(pods=[pod(state=told(restarted=first, started_at=began))])
    (found,) = notices(channel.status, now)
    assert (found.type, found.reason) == ("Warning", "Restarted")
    assert "died (SIGKILL) and was started again in its pod at 12:01:00 UTC" in found.message
    # another pod, another count
    later = told(restarted=first, started_at=began + timedelta(minutes=9))
    for state, count, told_of in ((told(), 1, []), (later, 2, ["Restarted"])):
        seen_then = replace(observed, now=NOON + timedelta(hours=1), pods=[pod("b", state)])
        decision = decide(news(now, generation=2), seen_then)
        restarts = said(decision).restarts
        assert restarts is not None
        assert restarts.count == count
        assert [n.reason for n in decision.desired.notices] == told_of


def test_a_rung_that_is_dropped_and_comes_back_is_told() -> None:
    dropped = status_when(
        pods=[pod(state=told(dropped=(LostRung(name="720p", reason="EncoderBehind"),)))]
    )
    channel, _ = on_air()
    assert [n.reason for n in notices(channel.status, dropped)] == ["RungDropped"]
