"""Sound is brought to the title's clock before anything else is done to it."""

from fractions import Fraction

from media_runtime.encode.audio_argv import audio_filters
from media_runtime.title.plan import AudioRendition

STEREO = AudioRendition(
    name="stereo",
    codec="AAC",
    bitrate_kbps=128,
    channels=2,
    sample_rate=48_000,
    stream=1,
    start_seconds=Fraction(3, 2),
)


def test_the_clock_comes_first_and_the_length_last() -> None:
    filters = audio_filters(STEREO, Fraction(10)).split(",")
    assert filters[0].startswith("asetpts=floor(PTS-(3/2)/TB")
    assert filters[-2:] == ["apad", f"atrim=end_sample={469 * 1024}"]


def test_opus_is_led_in_so_that_its_delay_fills_a_unit() -> None:
    opus = STEREO.model_copy(update={"codec": "Opus"})
    assert audio_filters(opus, Fraction(10)).endswith("adelay=delays=648S:all=1")


def test_loudness_is_left_alone_unless_asked_for() -> None:
    assert "loudnorm" not in audio_filters(STEREO, Fraction(10))
    normalised = STEREO.model_copy(update={"loudness_lufs": -23.0})
    assert "loudnorm=I=-23:" in audio_filters(normalised, Fraction(10))
