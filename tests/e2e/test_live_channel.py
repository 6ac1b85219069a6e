"""Story: a channel with two encoders stays on air, whatever becomes of them and of the platform."""

import json
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from cli.endpoints import SYSTEM
from cli.kinds import CHANNEL, DEPLOYMENT, EVENT, POD, Place
from clusters.cache import Cache
from tests.e2e import node
from tests.e2e.live_auditor import Auditor
from tests.e2e.live_faults import FAULTS, RETURN_SECONDS, backup_takes_over, both_gone, reset
from tests.e2e.live_news import auditor, studio, viewers, watched
from tests.e2e.live_publishers import refused
from tests.e2e.live_station import KEY, now
from tests.e2e.live_studio import CLEAR, LOSS, NAME, Studio
from tests.e2e.live_viewers import LiveViewers, Told
from tests.e2e.platform import Platform

__all__ = ["auditor", "studio", "viewers", "watched"]

BUFFERED_SECONDS = 6
"""Of most viewers, who are not at the edge of what there is."""
GONE_SECONDS = 60
SERVICE = Place("Service", "services", "", "v1")


def test_a_channel_without_encoders_shows_its_slate_and_plays(
    platform: Platform, studio: Studio, viewers: LiveViewers, auditor: Auditor
) -> None:
    assert studio.on_air() == "slate"
    first = platform.do(viewers.told())
    platform.wait("segments", lambda: auditor.newest >= 0 and len(auditor.dates) > 4, 20)
    platform.wait(
        "both players play on",
        lambda: all(
            told.position > first[engine].position + 3
            for engine, told in platform.do(viewers.told()).items()
        ),
        20,
    )
    assert auditor.wrong == []


def test_two_encoders_are_received_and_the_preferred_one_is_on_air(studio: Studio) -> None:
    studio.both_well()
    studio.until_received(primary="640x360", backup="480x272")
    assert KEY not in json.dumps(studio.status())


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("what", FAULTS)
def test_the_backup_takes_over_and_the_primary_returns(studio: Studio, what: str) -> None:
    backup_takes_over(studio, FAULTS[what])


@pytest.mark.usefixtures("watched")
def test_a_primary_that_flaps_is_held_off(studio: Studio) -> None:
    camera = studio.both_well()
    moment, returns = now(), list[datetime]()
    for _ in range(3):
        reset(studio, camera)
        time.sleep(LOSS + 0.2)  # the fault itself: gone for more than the threshold, back for less
        camera, connected = studio.camera_back()
        returns.append(connected)
        time.sleep(2)  # the fault too: well again, but not for long enough to be trusted
    studio.switch_after(returns[-1], "primary", RETURN_SECONDS + 10)
    switches = studio.switches_since(moment)
    assert switches[:1] == ["backup"]
    assert "slate" not in switches
    # by the switches' own times: on a slow machine "well again" is longer than was slept
    for connected in returns:
        held_off = studio.times_on_air("primary", connected)
        assert min(held_off) >= CLEAR, "it was trusted too early"


@pytest.mark.usefixtures("watched")
def test_with_both_gone_there_is_a_slate_and_then_the_primary_again(studio: Studio) -> None:
    both_gone(studio, seconds=6)


@pytest.mark.usefixtures("watched")
def test_who_has_the_wrong_key_or_comes_second_is_refused_and_told_of(
    platform: Platform, studio: Studio
) -> None:
    camera = studio.both_well()
    moment = now()
    url = studio.publishing("primary")["url"]
    assert refused(url.replace(KEY, "f" * 32), 15)
    assert refused(url, 15), "a second publisher of the same input"
    assert studio.switches_since(moment) == [], "the one who is on air goes on"
    # refusals alone are written at leisure, for strangers can make any number; a switch soon
    moment = now()
    reset(studio, camera)
    studio.status_tells(moment, "backup")
    told = studio.status()["refusals"]
    assert told["count"] >= 2
    assert told["lastReason"] == "InUse"
    assert told["lastInput"] == "primary"

    def audited() -> bool:
        events = platform.all_of(EVENT, studio.namespace)
        return any(e["reason"] == "PublisherRefused" and "InUse" in e["message"] for e in events)

    platform.wait("an Event of the refusal", audited, 20)
    studio.roll_camera()
    studio.until_on_air("primary", RETURN_SECONDS + 10)


@pytest.mark.usefixtures("watched")
def test_the_operator_killed_changes_nothing_on_air(platform: Platform, studio: Studio) -> None:
    studio.both_well()
    pods = [
        p for p in platform.all_of(POD, SYSTEM) if "streamverse-operator" in p["metadata"]["name"]
    ]
    before = studio.pod()["metadata"]["uid"]
    assert [pod for pod in pods if node.killed(node.of_pod(pod))], "no operator was there to kill"
    time.sleep(5)  # what is not there to be waited for: nothing happens
    assert studio.pod()["metadata"]["uid"] == before


@pytest.mark.usefixtures("watched")
def test_a_rolling_update_is_not_seen(platform: Platform, studio: Studio) -> None:
    studio.both_well()
    before = studio.pod()["metadata"]["uid"]
    kubectl = [str(Cache.here().programs / "kubectl"), "--kubeconfig", platform.kubeconfig]
    deployment = [f"deployment/channel-{NAME}", "-n", studio.namespace]
    subprocess.run([*kubectl, "rollout", "restart", *deployment], check=True)
    subprocess.run([*kubectl, "rollout", "status", *deployment, "--timeout=90s"], check=True)

    def moved() -> bool:
        pods = platform.pods(studio.namespace, f"channel-{NAME}")
        return [p["metadata"]["uid"] for p in pods if node.of_pod(p)] not in ([], [before]) and len(
            pods
        ) == 1

    platform.wait("the old pod gone", moved, 60)
    studio.until_on_air("primary", 20)


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def recovered(
    platform: Platform, studio: Studio, viewers: LiveViewers, auditor: Auditor
) -> dict[str, Told]:
    """The timeline went on where time is, nobody saw again what was seen, and who has six seconds
    of it has seen it stand still once at most. These viewers have one, so they tell for how long.
    """
    reached = auditor.newest
    platform.wait("new segments", lambda: auditor.newest > reached + 1, 60)
    before = platform.do(viewers.told())
    platform.wait(
        "both players play on",
        lambda: all(
            told.moment > before[engine].moment + 2000
            for engine, told in platform.do(viewers.told()).items()
        ),
        30,
    )
    after = platform.do(viewers.told())
    assert auditor.wrong == []
    for engine, told in after.items():
        assert told.went_back == [], f"{engine}: {told.errors}"
        seen = [seconds for seconds in told.pauses if seconds > BUFFERED_SECONDS]
        assert len(seen) <= 1, f"{engine}: {told.waits}, {told.errors}"
        assert max(told.pauses, default=0) < 2 * BUFFERED_SECONDS, f"{engine}: {told.waits}"
    studio.until_on_air("primary", 30)
    return after


def encoder(pids: list[int]) -> list[int]:
    return [pid for pid in pids if b"libx264" in command_line(pid)]


def programs(pids: list[int]) -> list[int]:
    """The supervisor, and the channel that it started."""
    return sorted(pid for pid in pids if b"media_runtime" in command_line(pid))


VICTIMS: dict[str, Callable[[list[int]], list[int]]] = {
    "the encoder": encoder,
    "the packager": lambda pids: programs(pids)[1:],
    "the pod's first process": lambda pids: programs(pids)[:1],
}


@pytest.mark.soak  # tests/browser and tests/media kill the same, one at a time, for every change
@pytest.mark.parametrize("victim", VICTIMS)
def test_what_is_killed_in_the_pod_comes_back_on_the_same_timeline(
    platform: Platform, studio: Studio, viewers: LiveViewers, auditor: Auditor, victim: str
) -> None:
    studio.both_well()
    platform.do(viewers.forget())
    auditor.wrong.clear()
    chosen = VICTIMS[victim](node.of_pod(studio.pod()))
    assert len(chosen) == 1
    node.kill(chosen)
    recovered(platform, studio, viewers, auditor)


def test_a_channel_that_is_deleted_ends_in_order_and_leaves_nothing(
    platform: Platform, studio: Studio, viewers: LiveViewers, auditor: Auditor
) -> None:
    platform.delete(CHANNEL, NAME, studio.namespace)
    platform.wait("ENDLIST", lambda: auditor.ended, 30, every=0.2)

    def ended() -> list[str]:
        return [engine for engine, told in platform.do(viewers.told()).items() if told.ended]

    platform.wait("hls.js ended", lambda: "hls" in ended(), 30)
    platform.wait("Shaka ended", lambda: "dash" in ended(), 30)
    platform.until_gone(CHANNEL, NAME, studio.namespace, 120)

    def left() -> list[str]:
        found = (platform.all_of(place, studio.namespace) for place in (DEPLOYMENT, SERVICE, POD))
        names = [str(one["metadata"]["name"]) for things in found for one in things]
        mine = [name for name in names if name.startswith(f"channel-{NAME}")]
        # What swept up goes a minute later: test_recording waits for one that did.
        return [name for name in mine if "-retire-" not in name]

    platform.wait("nothing left", lambda: left() == [], GONE_SECONDS)
