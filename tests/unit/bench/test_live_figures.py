"""Figures of live benchmarks are what they say they are."""

import asyncio
import sys
from fractions import Fraction

import pytest

from bench.ladders import ladder_small
from bench.live_cpu import bare_argv
from bench.live_cpu_parts import ENCODE, PYTHON, RECEIVE, SLATE, part_of
from bench.live_crowd import Place, newest
from bench.live_latency import floor_millis
from bench.live_peers import hls, low_latency_dash
from bench.live_studio import counters, order
from bench.live_viewer import percentile
from bench.live_viewers import added
from media_runtime.live.channel.encoder_argv import encoder_argv
from media_runtime.live.channel.ladder import ladder
from media_runtime.live.switcher.decoder import Pattern, Relayed, decoder_argv
from media_runtime.live.switcher.picture import Picture

PLAYLIST = """#EXTM3U
#EXT-X-PART:DURATION=1.0,URI="720p/880.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.0,URI="720p/880.1.m4s"
#EXTINF:2.0,
720p/880.m4s
#EXT-X-PART:DURATION=1.0,URI="720p/881.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="720p/881.1.m4s"
"""


def test_the_floor_is_the_hold_back_and_the_part_that_is_still_to_come() -> None:
    assert floor_millis(Fraction(1, 3)) == pytest.approx(1333.3, abs=0.1)
    assert floor_millis(Fraction(1, 5), hold_back_parts=4) == 1000


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (100, 100), (0, 1)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: int) -> None:
    assert percentile(range(100, 0, -1), percent) == value


def test_a_crowd_asks_for_the_part_after_the_newest() -> None:
    place, parts = newest(PLAYLIST)
    assert (place, parts) == (Place(881, 0), 2)
    assert place.next(parts) == Place(881, 1)
    assert Place(881, 1).next(parts) == Place(882, 0)


def test_what_the_crowd_waits_longer_is_told_for_each_answer() -> None:
    alone = {f"1.{n}": [float(n)] for n in range(12)}
    many = {f"1.{n}": [n + 0.05, n + 0.1] for n in range(11)}
    assert added(alone, many) == pytest.approx((50, 100, 50, 100))


def test_a_counter_is_read_by_its_labels() -> None:
    text = '# HELP x_total y\nx_total{kind="delta"} 12.0\nx_total_more{kind="delta"} 3.0\ny 1.0\n'
    assert counters(text, "x_total") == {'kind="delta"': 12.0}
    assert counters(text, "y") == {"": 1.0}


def test_the_bare_ffmpeg_makes_what_our_encoder_makes() -> None:
    argv = bare_argv(order(ladder_small(), [("camera", "RTMP")]), "rtmp://camera", outputs=1)
    assert argv.count("libx264") == 3
    assert argv.count("pipe:1") == 4
    assert "1:a:0" not in argv
    assert "rawvideo" not in argv
    assert argv[argv.index("-i") + 1] == "rtmp://camera"


def test_each_program_of_a_pod_is_known_by_its_command_line() -> None:
    canvas = Picture(1280, 720, Fraction(30))
    watched = Relayed("mpegts", pour=lambda _: asyncio.sleep(0))
    made = ladder(order(ladder_small(), [("camera", "RTMP")]))
    encoder = encoder_argv(
        made.canvas,
        made.rungs,
        made.sounds,
        first=0,
        video_fd=3,
        audio_fd=4,
        outputs={one.name: 5 for one in made.makers},
    )
    assert part_of(encoder) == ENCODE
    assert part_of(decoder_argv(watched, canvas, video_fd=3, audio_fd=4, input_fds=[5])) == RECEIVE
    assert part_of(decoder_argv(Pattern(), canvas, video_fd=3, audio_fd=4)) == SLATE
    assert part_of([sys.executable, "-m", "media_runtime", "channel"]) == PYTHON


def test_the_peers_make_the_same_rungs() -> None:
    for argv in (
        hls("rtmp://camera", ladder_small(), "http://stage"),
        low_latency_dash("rtmp://camera", ladder_small(), "http://stage", "http://stage/time"),
    ):
        for n, rung in enumerate(ladder_small().renditions):
            assert argv[argv.index(f"-b:v:{n}") + 1] == f"{rung.bitrate_kbps}k"
            assert argv[argv.index(f"-g:v:{n}") + 1] == "60"
