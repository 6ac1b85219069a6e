"""Which audio renditions come of which streams."""

from fractions import Fraction

from crds.v1alpha1.encodingprofile import AudioProfile
from media_runtime.probe.audio import renditions
from media_runtime.probe.engine import Engine
from media_runtime.probe.model import AudioStream
from media_runtime.title.plan import AudioRendition

ENGINE = Engine("5.1", frozenset({"aac", "libopus", "eac3"}))
STEREO = AudioProfile(name="stereo")
SURROUND = AudioProfile(name="surround", codec="EAC3", channels=6, bitrate_kbps=384)


def stream(
    index: int,
    *,
    language: str = "und",
    channels: int = 2,
    rate: int = 48_000,
    default: bool = False,
) -> AudioStream:
    return AudioStream(
        index, "aac", channels, "", rate, language, default, Fraction(1, rate), "fingerprint"
    )


def of(profile: list[AudioProfile], *streams: AudioStream) -> list[AudioRendition]:
    return list(renditions(profile, streams, start_seconds=Fraction(0), engine=ENGINE))


def test_the_default_language_has_the_profiles_names() -> None:
    made = of([STEREO], stream(1, language="eng"), stream(2, language="deu", default=True))
    assert [(r.name, r.stream) for r in made] == [("stereo", 2), ("stereo-eng", 1)]


def test_of_one_language_the_fullest_mix_is_taken() -> None:
    made = of([STEREO, SURROUND], stream(1), stream(2, channels=6))
    assert [(r.name, r.stream, r.channels) for r in made] == [("stereo", 2, 2), ("surround", 2, 6)]


def test_wishes_that_become_alike_are_one() -> None:
    wide = AudioProfile(name="wide", channels=6)
    assert [r.name for r in of([STEREO, wide], stream(1, channels=1))] == ["stereo"]


def test_rates_that_players_know_are_kept() -> None:
    opus = AudioProfile(name="opus", codec="Opus")
    assert of([STEREO], stream(1, rate=44_100))[0].sample_rate == 44_100
    assert of([opus], stream(1, rate=44_100))[0].sample_rate == 48_000
    assert of([STEREO], stream(1, rate=96_000))[0].sample_rate == 48_000


def test_silence_has_two_channels_at_most() -> None:
    assert [(r.channels, r.stream) for r in of([SURROUND])] == [(2, None)]


def test_what_may_be_missing_is_left_out() -> None:
    assert of([AudioProfile(name="a", if_missing="Omit")]) == []
