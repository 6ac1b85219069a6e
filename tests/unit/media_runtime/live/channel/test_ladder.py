"""Every rung takes whole frames of one canvas; what cannot is told, and the rest goes on air."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.failure import Refused
from media_runtime.live.channel.ladder import ladder
from media_runtime.live.clock import Place, Timeline
from media_runtime.live.switcher.picture import Picture

from .orders import SMALL, order, profile


def test_the_canvas_is_the_highest_rungs_and_all_are_widescreen() -> None:
    made = ladder(order())
    assert made.canvas == Picture(1280, 720, Fraction(30))
    assert [(r.name, r.width, r.height, r.every) for r in made.rungs] == [
        ("240p", 426, 240, 1), ("360p", 640, 360, 1), ("720p", 1280, 720, 1),
    ]  # fmt: skip
    assert made.timeline == Timeline(2, Fraction(2), 6)
    assert made.gop == 60
    assert made.lost == ()


def test_a_rung_of_fewer_frames_takes_every_second_one() -> None:
    slow = {"name": "360p", "maxHeight": 360, "maxFrameRate": 24, "bitrateKbps": 800}
    made = ladder(order(profile=profile(SMALL[0], slow)))
    assert [(r.name, r.every, r.gop) for r in made.rungs] == [("360p", 2, 30), ("720p", 1, 60)]
    assert len({r.cadence.timescale for r in made.rungs}) == 1


def test_a_cap_is_meant_nominally() -> None:
    film = {"name": "360p", "maxHeight": 360, "maxFrameRate": 24, "bitrateKbps": 800}
    for rate in ("24000/1001", "24", "25"):
        (rung,) = ladder(order(profile=profile(film), frame_rate=rate)).rungs
        assert rung.every == 1


def test_what_live_has_no_encoder_for_is_told() -> None:
    hevc = {"name": "2160p", "codec": "H265", "maxHeight": 2160, "bitrateKbps": 15000}
    opus: tuple[dict[str, object], ...] = (
        {"name": "opus", "codec": "Opus"},
        {"name": "aac", "codec": "AAC"},
    )
    made = ladder(order(profile=profile(*SMALL, hevc, audio=opus)))
    assert [(x.name, x.reason) for x in made.lost] == [
        ("2160p", "UnsupportedCodec"), ("opus", "UnsupportedCodec"),
    ]  # fmt: skip
    assert made.canvas.height == 720
    assert [sound.name for sound in made.sounds] == ["aac"]


def test_a_profile_without_any_rung_for_live_is_refused() -> None:
    hevc = {"name": "2160p", "codec": "H265", "maxHeight": 2160, "bitrateKbps": 15000}
    with pytest.raises(Refused, match="no H264 rung"):
        ladder(order(profile=profile(hevc)))


RATES = some.sampled_from(["24", "25", "30", "50", "60", "24000/1001", "30000/1001", "60000/1001"])


@given(RATES, some.integers(1001, 10**9))
def test_every_encoder_begins_its_samples_on_the_epochs_grid(rate: str, segment: int) -> None:
    """Whichever segment it begins with, sample numbers are those of any other encoder."""
    made = ladder(order(frame_rate=rate))
    frame = segment * made.gop
    begins = Fraction(frame) / made.canvas.rate
    place = Place(segment - made.timeline.epoch / made.timeline.segment, 0)  # type: ignore[arg-type]
    assert made.timeline.at(begins) == place
    for rung in made.rungs:
        assert rung.first(frame) == made.timeline.first(rung.cadence, place)
        assert made.timeline.epoch + Fraction(rung.first(frame)) / rung.cadence.rate == begins
    (sound,) = made.sounds
    heard = (sound.first(frame) + 1) * 1024  # the first unit is priming
    assert Fraction(heard + sound.lead(frame), 48_000) == begins - made.timeline.epoch
    assert 0 <= sound.lead(frame) < 1024


@given(RATES)
def test_no_channel_began_with_unix_time(rate: str) -> None:
    timeline = ladder(order(frame_rate=rate)).timeline
    assert timeline.epoch > 0
    assert timeline.epoch % timeline.segment == 0
