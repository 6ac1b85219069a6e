"""A channel whose process dies goes on in the same pod, before players have run out of it."""

import itertools
import os
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from crds.work import Exit
from tests.media.live_pod import RENDITIONS, RUNGS, LivePod, children, live_pod, order, starting_pod
from tests.unit.media_runtime.live.lint import breaches, reloaded

MOST_LOST = 3
"""Segments: the one at hand, and the one or two in which the next one comes up."""
AGAIN = "channel died and is started again"


def lives(pod: LivePod) -> Iterator[int]:
    """Process ids of the channels that are started one after the other."""
    for restarts in itertools.count():
        # it is told once nothing is left of the one before
        pod.until(lambda n=restarts: pod.log.read_text().count(AGAIN) == n)  # type: ignore[misc]
        pod.until(lambda: list(children(pod.process.pid)))
        yield pod.channel()


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_channel_that_is_killed_goes_on_with_its_timeline(tmp_path: Path) -> None:
    with live_pod(tmp_path) as pod:
        pod.until(lambda: pod.metric("dvr_waiting_segments") == 0)
        before = {name: pod.playlist(name) for name in RENDITIONS}
        victim, (encoder,) = pod.channel(), pod.encoders()
        programs = [victim, *children(victim)]
        # a connection that is open keeps the port from whoever does not know how to ask for it
        with socket.create_connection(("127.0.0.1", pod.port)):
            os.kill(encoder, signal.SIGSTOP)  # it would not see that nobody reads it any more
            os.kill(victim, signal.SIGKILL)
            pod.until(pod.ready, seconds=10)
        assert not [pid for pid in programs if runs(pid)]
        for name in RENDITIONS:
            after = pod.playlist(name)
            assert breaches(after) == []
            assert list(reloaded(before[name], after)) == []
            assert 1 <= sum(segment.gap for segment in after.segments) <= MOST_LOST
        assert pod.metric("restarts_total") == 1
        assert pod.state()["restarted"] == {"count": 1, "reason": "SIGKILL"}
        assert len(list((tmp_path / "tmp").iterdir())) == 1
        pod.process.terminate()
        assert pod.process.wait(15) == Exit.DONE
        assert pod.log.read_text().count(AGAIN) == 1


def test_a_channel_that_dies_again_and_again_is_given_up_with_its_exit_code(tmp_path: Path) -> None:
    with starting_pod(tmp_path) as pod:
        for life, pid in enumerate(lives(pod), 1):
            os.kill(pid, signal.SIGKILL)
            if life == 5:
                break
        assert pod.process.wait(10) == 128 + signal.SIGKILL
        assert pod.log.read_text().count(AGAIN) == 4


def test_a_channel_that_says_that_it_cannot_begin_is_not_asked_again(tmp_path: Path) -> None:
    profile = order()["profile"] | {"renditions": [{**RUNGS[0], "codec": "H265"}]}
    with starting_pod(tmp_path, profile=profile) as pod:
        assert pod.process.wait(10) == Exit.REFUSED
        assert AGAIN not in pod.log.read_text()


def test_a_pod_that_is_told_to_go_is_not_kept_by_a_channel_that_dies(tmp_path: Path) -> None:
    with starting_pod(tmp_path) as pod:
        victim = next(lives(pod))
        os.kill(victim, signal.SIGSTOP)
        pod.process.terminate()
        os.kill(victim, signal.SIGKILL)
        assert pod.process.wait(10) != Exit.DONE
        assert AGAIN not in pod.log.read_text()


def test_nothing_of_a_pod_outlives_its_first_process(tmp_path: Path) -> None:
    with live_pod(tmp_path) as pod:
        programs = [os.pidfd_open(pid) for pid in (pod.channel(), *children(pod.channel()))]
        pod.process.kill()
        pod.process.wait()
        for program in programs:
            # readable once it has ended
            ended, _, _ = select.select([program], [], [], 10)
            assert ended
            os.close(program)
