"""A programme that is recorded becomes one file, in time, however many pods it went through."""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.media.live_pod import LivePod, live_pod


def recorded(pod: LivePod, scratch: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told of the one recording, and what ffprobe finds in its file."""
    pod.until(lambda: pod.state()["recordings"])
    (told,) = pod.state()["recordings"]
    file = scratch / "store" / told["uri"].removeprefix("s3://streamverse/")
    probe = ["ffprobe", "-v", "warning", "-show_streams", "-show_format", "-of", "json", str(file)]
    done = subprocess.run(probe, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    decode = ["ffmpeg", "-v", "warning", "-i", str(file), "-f", "null", "-"]
    assert subprocess.run(decode, capture_output=True, text=True, check=True).stderr == ""
    return told, json.loads(done.stdout)


def lasted(told: dict[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(told[name]) for name in ("began", "ended"))
    return (ended - began).total_seconds()


def test_a_programme_is_recorded_from_its_first_picture_to_its_end(tmp_path: Path) -> None:
    with live_pod(tmp_path, record=True, dvrSeconds=0) as pod:
        pod.post("/end")
        told, found = recorded(pod, tmp_path)
        pod.until(lambda: pod.state()["ended"])
    video, audio = found["streams"]
    assert (video["codec_name"], video["height"], audio["codec_name"]) == ("h264", 180, "aac")
    assert lasted(told) >= 6
    assert float(video["start_time"]) == pytest.approx(0, abs=0.02)
    assert float(audio["start_time"]) == pytest.approx(0, abs=0.03)
    assert int(video["nb_frames"]) == lasted(told) * 25
    assert float(audio["duration"]) == pytest.approx(lasted(told), abs=0.05)
    assert told["name"].startswith("news-")


def test_the_pod_that_no_longer_records_makes_the_file_of_the_one_before(tmp_path: Path) -> None:
    with live_pod(tmp_path, record=True) as first:
        began = first.playlist().segments[0]
        first.until(lambda: first.metric("dvr_waiting_segments") == 0)
        first.process.kill()
        first.process.wait()
    with live_pod(tmp_path, record=False, generation=2) as second:
        told, found = recorded(second, tmp_path)
        assert datetime.fromisoformat(told["began"]) == began.shown
        assert lasted(told) >= 6
        assert float(found["format"]["duration"]) == pytest.approx(lasted(told), abs=3)
