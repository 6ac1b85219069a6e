"""The ladder of one source: what is made, at which size and rate, and what is dropped and why."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Rendition
from media_runtime.failure import Refused
from media_runtime.probe.engine import Engine
from media_runtime.probe.ladder import Ladder, Picture, ladder
from media_runtime.probe.rates import FAMILIAR, FAMILIAR_TIMESCALE

ENGINE = Engine("5.1", frozenset({"libx264", "libx265", "libvpx-vp9"}))


def rung(name: str, height: int, **wishes: object) -> Rendition:
    fields = {"name": name, "max_height": height, "bitrate_kbps": height * 3, **wishes}
    return Rendition.model_validate(fields)


def profile(*renditions: Rendition, gop: int = 2000, segment: int = 4000) -> EncodingProfileSpec:
    return EncodingProfileSpec(
        renditions=renditions, gop_duration_millis=gop, segment_duration_millis=segment
    )


def picture(
    width: int = 1280,
    height: int = 720,
    rate: str = "25",
    seconds: int = 10,
    transfer: str = "SDR",
) -> Picture:
    return Picture(width, height, Fraction(rate), Fraction(seconds), transfer)  # type: ignore[arg-type]


DEFAULT = profile(
    rung("360p", 360, max_frame_rate=24),
    rung("480p", 480, max_frame_rate=24),
    rung("720p", 720, max_frame_rate=30),
    rung("1080p", 1080, max_frame_rate=30),
    rung("2160p", 2160, max_frame_rate=60),
    rung("hdr", 2160, codec="H265", hdr="Passthrough"),
)


def sizes(found: Ladder) -> dict[str, tuple[int, int]]:
    return {r.name: (r.width, r.height) for r in found.rungs}


def reasons(found: Ladder) -> dict[str, str]:
    return {d.name: d.reason for d in found.dropped}


def test_nothing_is_upscaled() -> None:
    found = ladder(DEFAULT, picture(), ENGINE)
    assert sizes(found) == {"360p": (640, 360), "480p": (854, 480), "720p": (1280, 720)}
    assert reasons(found) == {"1080p": "Upscale", "2160p": "Upscale", "hdr": "SdrSource"}


def test_a_portrait_stands_in_the_same_box() -> None:
    found = ladder(DEFAULT, picture(1080, 1920), ENGINE)
    assert sizes(found)["1080p"] == (1080, 1920)
    assert sizes(found)["360p"] == (360, 640)


def test_a_scope_film_keeps_its_full_width() -> None:
    assert sizes(ladder(DEFAULT, picture(1920, 800), ENGINE))["1080p"] == (1920, 800)


def test_a_source_smaller_than_every_rung_is_made_at_its_own_even_size() -> None:
    found = ladder(DEFAULT, picture(161, 91), ENGINE)
    assert sizes(found) == {"360p": (160, 90)}
    assert reasons(found)["480p"] == "Upscale"


def test_a_source_a_little_short_of_a_rung_is_made_at_its_own_size() -> None:
    assert sizes(ladder(DEFAULT, picture(1920, 1072), ENGINE))["1080p"] == (1920, 1072)


def test_two_rungs_that_the_source_makes_alike_are_one() -> None:
    found = ladder(profile(rung("a", 480), rung("b", 486)), picture(853, 479), ENGINE)
    assert sizes(found) == {"b": (852, 478)}
    assert reasons(found) == {"a": "Duplicate"}


def test_two_bitrates_of_one_size_are_two_rungs() -> None:
    found = ladder(
        profile(rung("good", 360, bitrate_kbps=500), rung("better", 360, bitrate_kbps=900)),
        picture(),
        ENGINE,
    )
    assert list(sizes(found)) == ["good", "better"]


@pytest.mark.parametrize(
    ("source", "cap", "made"),
    [
        ("60000/1001", 30, "30000/1001"),
        ("60000/1001", 24, "24000/1001"),
        ("24000/1001", 24, "24000/1001"),
        ("60", 30, "30"),
        ("60", 24, "24"),
        ("50", 30, "25"),
        ("50", 24, "24"),
        ("25", 30, "25"),
        ("12", 24, "12"),
        ("240", 60, "60"),
    ],
)
def test_a_rung_is_as_fast_as_it_may_be_in_the_family_of_its_source(
    source: str, cap: int, made: str
) -> None:
    found = ladder(profile(rung("a", 360, max_frame_rate=cap)), picture(rate=source), ENGINE)
    assert found.rungs[0].rate == Fraction(made)


def test_hdr_is_kept_mapped_or_left_out() -> None:
    wishes = profile(
        rung("kept", 720, codec="H265", hdr="Passthrough"),
        rung("mapped", 720),
        rung("never", 360, hdr="Forbid"),
    )
    found = ladder(wishes, picture(transfer="HLG"), ENGINE)
    assert {r.name: r.transfer for r in found.rungs} == {"kept": "HLG", "mapped": "SDR"}
    assert reasons(found) == {"never": "HdrForbidden"}


def test_h264_cannot_carry_hdr() -> None:
    with pytest.raises(Refused, match="use H265") as refused:
        ladder(profile(rung("a", 360, hdr="Passthrough")), picture(transfer="HDR10"), ENGINE)
    assert refused.value.reason == "UnsupportedCodec"


def test_a_missing_encoder_drops_an_optional_rung_and_refuses_another() -> None:
    found = ladder(
        profile(rung("a", 360), rung("b", 360, codec="AV1", optional=True)), picture(), ENGINE
    )
    assert reasons(found) == {"b": "NoEncoder"}
    with pytest.raises(Refused) as refused:
        ladder(profile(rung("b", 360, codec="AV1")), picture(), ENGINE)
    assert refused.value.reason == "UnsupportedCodec"


def test_a_ladder_with_no_rung_left_is_refused() -> None:
    with pytest.raises(Refused, match="a: SdrSource") as refused:
        ladder(profile(rung("a", 360, codec="H265", hdr="Passthrough")), picture(), ENGINE)
    assert refused.value.reason == "LadderEmpty"


def test_the_peak_is_one_and_a_half_times_the_average_unless_told() -> None:
    wishes = profile(rung("a", 360, bitrate_kbps=801), rung("b", 240, max_bitrate_kbps=999))
    found = ladder(wishes, picture(), ENGINE)
    assert [r.max_bitrate_kbps for r in found.rungs] == [1201, 999]


renditions = st.lists(
    st.builds(
        rung,
        name=st.just("x"),
        height=st.integers(64, 4320),
        max_frame_rate=st.integers(1, 120),
        bitrate_kbps=st.integers(30, 20_000),
    ),
    min_size=1,
    max_size=6,
)
pictures = st.builds(
    Picture,
    width=st.integers(2, 8192),
    height=st.integers(2, 4320),
    rate=st.sampled_from([*FAMILIAR, *(Fraction(n) for n in range(1, 121))]),
    seconds=st.fractions(Fraction(1, 100), 20_000, max_denominator=90_000),
    transfer=st.just("SDR"),
)
nominal = st.integers(500, 12_000)


@given(renditions, pictures, nominal, nominal)
def test_every_ladder_keeps_its_promises(
    wishes: list[Rendition], source: Picture, gop: int, segment: int
) -> None:
    named = [wish.model_copy(update={"name": f"r{n}"}) for n, wish in enumerate(wishes)]
    found = ladder(profile(*named, gop=gop, segment=max(segment, 1000)), source, ENGINE)
    assert len(found.rungs) + len(found.dropped) == len(named)
    assert found.rungs
    last_segments = set()
    for made in found.rungs:
        wish = next(w for w in named if w.name == made.name)
        # never larger, never faster, always even
        assert made.width <= source.width
        assert made.height <= source.height
        assert made.width % 2 == made.height % 2 == 0
        assert made.rate <= source.rate
        assert made.rate <= wish.max_frame_rate
        # whole ticks, whole frames, the same instants in every rung
        assert Fraction(made.timescale, made.ticks_per_frame) == made.rate
        assert made.gop_frames / made.rate == found.gop_seconds
        assert made.segment_frames / made.rate == found.segment_seconds
        assert made.segment_frames % made.gop_frames == 0
        # the whole title, and less than a frame more
        assert 0 <= made.frames / made.rate - source.seconds < 1 / made.rate
        if all(m.rate in FAMILIAR for m in found.rungs):
            assert made.timescale == FAMILIAR_TIMESCALE
        last_segments.add(-(-made.frames // made.segment_frames))
    assert len(last_segments) == 1
