"""Whatever is killed, the timeline of a channel goes on and never back."""

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from tests.media.live_pod import RENDITIONS, live_pod, starting_pod
from tests.unit.media_runtime.live.lint import Read, breaches, reloaded

MOST_LOST = 4
"""Segments: the one at hand, the one in which the next encoder comes up, and a busy machine."""


def lost(playlist: Read) -> int:
    return sum(segment.gap for segment in playlist.segments)


def test_an_encoder_that_is_killed_or_hangs_is_replaced(tmp_path: Path) -> None:
    with live_pod(tmp_path) as pod:
        before = pod.playlist()
        for number, blow in enumerate((signal.SIGKILL, signal.SIGSTOP), 1):
            (victim,) = pod.encoders()
            newest = pod.playlist().segments[-1].msn
            gaps = pod.metric("gap_parts_total")
            os.kill(victim, blow)
            pod.until(lambda n=number: pod.metric("encoder_restarts_total") == n)  # type: ignore[misc]
            pod.until(lambda n=newest: pod.state()["timeline"]["mediaSequence"] > n + MOST_LOST)  # type: ignore[misc]
            after = pod.playlist()
            assert breaches(after) == []
            assert list(reloaded(before, after)) == []
            # Of a segment whose first part was there already no player is told that it is a gap.
            assert pod.metric("gap_parts_total") >= gaps + 1
            assert lost(after) <= number * MOST_LOST
            before = after
        assert victim not in pod.encoders()
        assert before.head["EXT-X-DISCONTINUITY-SEQUENCE"] == "0"
        assert "#EXT-X-DISCONTINUITY\n" not in before.text
        assert before.text.count("EXT-X-MAP") == 1
        for rendition in RENDITIONS:
            assert breaches(pod.playlist(rendition)) == []


def test_an_encoder_is_not_blamed_for_a_pod_that_stood_still(tmp_path: Path) -> None:
    with live_pod(tmp_path) as pod:
        (encoder,) = pod.encoders()
        os.kill(pod.channel(), signal.SIGSTOP)
        time.sleep(1.5)  # the fault itself: this is how long it lasts
        os.kill(pod.channel(), signal.SIGCONT)
        newest = pod.playlist().segments[-1].msn
        pod.until(lambda: pod.state()["timeline"]["mediaSequence"] > newest + 1)
        assert pod.encoders() == [encoder]
        assert pod.metric("encoder_restarts_total") == 0


def test_a_pod_that_is_killed_comes_back_with_its_hours(tmp_path: Path) -> None:
    with live_pod(tmp_path) as first:
        before = first.playlist()
        oldest = before.segments[0]
        content = first.get(f"/live/{oldest.uri}").content
        first.until(lambda: first.metric("dvr_waiting_segments") == 0)
        first.process.kill()
        first.process.wait()
    with live_pod(tmp_path) as second:
        after = second.playlist()
        assert breaches(after) == []
        assert list(reloaded(before, after)) == []
        assert after.segments[0].msn == oldest.msn
        assert 1 <= lost(after) <= 3 * MOST_LOST
        again = second.get(f"/live/{oldest.uri}")
        assert (again.status, again.content) == (200, content)
        init = after.segments[0].map
        assert second.get(f"/live/{(init or '').strip(chr(34))}").status == 200


def test_a_new_pod_takes_over_without_a_gap_while_the_old_one_runs(tmp_path: Path) -> None:
    with live_pod(tmp_path) as old, starting_pod(tmp_path, generation=2) as new:
        new.until(new.ready)
        both = old.playlist(), new.playlist()
        assert lost(both[1]) == 0
        assert both[0].segments[0].msn == both[1].segments[0].msn
        # which of them are told in parts too depends on the moment
        olds, news = ([replace(s, parts=()) for s in one.segments if s.seconds] for one in both)
        assert len([segment for segment in olds if segment in news]) > 4
        old.process.terminate()
        assert old.process.wait(15) == 0
        newest = both[1].segments[-1].msn
        new.until(lambda: new.state()["timeline"]["mediaSequence"] > newest + 1)
        after = new.playlist()
        assert lost(after) == 0
        assert "ENDLIST" not in after.text
        assert list(reloaded(both[0], after)) == []


def test_a_channel_that_is_told_to_end_ends_its_playlists(tmp_path: Path) -> None:
    with live_pod(tmp_path, dvrSeconds=0) as pod:
        assert pod.post("/end").status == 202
        pod.until(lambda: pod.state()["ended"])
        for rendition in RENDITIONS:
            playlist = pod.playlist(rendition)
            assert playlist.ended
            assert breaches(playlist) == []
        probe = ["ffprobe", "-v", "warning", "-show_entries", "format=duration", "-of", "csv=p=0"]
        done = subprocess.run(
            [*probe, f"{pod.url}/live/180p.m3u8"], capture_output=True, text=True, check=True
        )
        assert float(done.stdout) >= 6
        pod.process.terminate()
        assert pod.process.wait(15) == 0
