"""Sound lies where the picture is, to a fraction of an access unit, and comes early."""

import array
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from .encode_titles import Title, make, plan_of, rung, shown, stereo, title

RATE = 48_000
FRAMES = 105


def beeps_and_flashes(file: Path, *flags: str, layout: str = "stereo") -> Path:
    """A flash of one frame with a beep at every full second after the first."""
    each = "gte(t,0.5)*lt(mod(t,1),0.04)"
    picture = f"color=black:s=160x90:r=25:d=4.2,drawbox=c=white:t=fill:enable='{each}'"
    tone = f"aevalsrc='{each}*0.8*sin(2*PI*1000*t)':s=48000:d=4.2"
    return make(
        file, "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone,
        "-af", f"aformat=channel_layouts={layout}",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p", *flags,
    )  # fmt: skip


def filtered(folder: Path, sound: str, codec: str) -> Path:
    whole = beeps_and_flashes(folder / "whole.mkv", "-c:a", "flac")
    return make(folder / "film.mkv", "-i", str(whole), "-c:v", "copy", "-af", sound, "-c:a", codec)


def beeps(file: Path) -> list[float]:
    argv = ["ffmpeg", "-v", "error", "-i", str(file), "-f", "f32le", "-ac", "1"]
    raw = subprocess.run([*argv, "-ar", str(RATE), "-"], check=True, capture_output=True).stdout
    loud = [i for i, value in enumerate(array.array("f", raw)) if abs(value) > 0.2]
    return [at / RATE for n, at in enumerate(loud) if n == 0 or at - loud[n - 1] > RATE // 2]


def flashes(file: Path) -> list[float]:
    argv = ["ffmpeg", "-v", "error", "-i", str(file), "-vf", "scale=1:1,format=gray"]
    raw = subprocess.run(
        [*argv, "-fps_mode", "passthrough", "-f", "rawvideo", "-"], check=True, capture_output=True
    ).stdout
    return [n / 25 for n in range(1, len(raw)) if raw[n] > 128 >= raw[n - 1]]


def skew_millis(film: Title) -> list[float]:
    heard, seen = beeps(film.audio_file()), flashes(film.rung_file("v"))
    assert len(heard) == len(seen) == 4
    return [abs(a - b) * 1000 for a, b in zip(heard, seen, strict=True)]


def encoded(source: Path, folder: Path, *, start: Fraction = Fraction(0), **more: Any) -> Title:  # noqa: ANN401
    form = {".mkv": "matroska", ".ts": "mpegts"}.get(source.suffix, "mov")
    plan = plan_of(
        source,
        [rung("v", 160, 90, frames=FRAMES)],
        form=form,
        start=start,
        audio=[stereo(start_seconds=start, **more)],
    )
    film = title(folder, source, plan)
    film.encode_all()
    return film


@pytest.mark.parametrize("codec", ["AAC", "Opus", "EAC3"])
def test_a_beep_is_heard_when_its_flash_is_seen(tmp_path: Path, codec: str) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac")
    assert max(skew_millis(encoded(source, tmp_path, codec=codec))) < 1


def test_a_clock_that_does_not_begin_at_zero(tmp_path: Path) -> None:
    offset = ["-output_ts_offset", "7.3"]
    source = beeps_and_flashes(tmp_path / "film.mkv", "-c:a", "flac", *offset)
    film = encoded(source, tmp_path, start=Fraction(73, 10))
    assert max(skew_millis(film)) < 1


def test_sound_that_begins_late_is_preceded_by_silence(tmp_path: Path) -> None:
    late = filtered(tmp_path, "atrim=start=0.7", "flac")
    assert max(skew_millis(encoded(late, tmp_path))) < 1


def test_a_gap_in_the_sound_does_not_move_what_follows(tmp_path: Path) -> None:
    holed = filtered(tmp_path, "aselect='not(between(t,1.3,1.8))'", "pcm_s16le")
    assert max(skew_millis(encoded(holed, tmp_path))) < 1


def test_loudness_is_brought_to_what_is_asked_for(tmp_path: Path) -> None:
    quiet = ["-af", "volume=-20dB", "-c:a", "aac"]
    source = make(tmp_path / "quiet.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4.2",
                  "-f", "lavfi", "-i", "sine=440:d=4.2", *quiet)  # fmt: skip
    plan = plan_of(
        source,
        [rung("v", 160, 90, frames=FRAMES)],
        audio=[stereo(loudness_lufs=-23.0)],
    )
    film = title(tmp_path, source, plan)
    film.encode("audio")
    argv = ["ffmpeg", "-i", str(film.audio_file()), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    measured = float(said.rsplit("I:", 1)[1].split()[0])
    assert abs(measured + 23) < 2


def test_a_source_without_sound_gets_silence(tmp_path: Path) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-an")
    film = encoded(source, tmp_path, stream=None)
    assert beeps(film.audio_file()) == []
    assert shown(film.audio_file()).messages == ""


def test_surround_becomes_stereo(tmp_path: Path) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac", layout="5.1")
    film = encoded(source, tmp_path)
    assert shown(film.audio_file()).stream["channels"] == "2"
    assert len(beeps(film.audio_file())) == 4


def test_surround_is_kept_where_the_rendition_has_it(tmp_path: Path) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac", layout="5.1")
    film = encoded(source, tmp_path, channels=6, codec="EAC3", bitrate_kbps=384)
    assert shown(film.audio_file()).stream["channels"] == "6"
    assert film.runs("stereo")[0].codecs == "ec-3"


def test_sound_lasts_as_long_as_the_picture(tmp_path: Path) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac", "-t", "2")
    film = encoded(source, tmp_path)
    ticks = sum(s.duration for run in film.runs("stereo") for s in run.segments)
    assert 0 <= Fraction(ticks, RATE) - film.plan.duration_seconds < Fraction(1024, RATE)


def test_units_are_continuous_over_runs(tmp_path: Path) -> None:
    """Three segments: two in the first run, one in the last."""
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac", "-t", "4.2")
    film = encoded(source, tmp_path)
    runs = film.runs("stereo")
    assert [(run.run, run.last, len(run.segments)) for run in runs] == [(0, False, 2), (1, True, 1)]
    found = shown(film.audio_file())
    assert found.messages == ""
    assert found.times == [n * 1024 for n in range(len(found.times))]


def test_segments_end_within_half_a_unit_of_the_picture_s(tmp_path: Path) -> None:
    source = beeps_and_flashes(tmp_path / "film.mp4", "-c:a", "aac")
    film = encoded(source, tmp_path)
    at = 0
    for n, segment in enumerate(s for run in film.runs("stereo") for s in run.segments):
        assert abs(Fraction(at, RATE) - n * film.plan.segment_seconds) <= Fraction(512, RATE)
        at += segment.duration
