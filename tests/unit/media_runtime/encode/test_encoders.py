"""Whatever the encoder: the grid's GOP, the rung's rates, and bytes that repeat."""

import pytest

from media_runtime.encode.encoders import encoder_flags
from media_runtime.title.plan import Mastering

from .rungs import rung

MADE = [("H264", "Software"), ("H265", "Software"), ("VP9", "Software"), ("AV1", "Software")]
MADE += [("H264", "Nvenc"), ("H265", "Nvenc")]


def value(flags: list[str], flag: str) -> str:
    return flags[flags.index(flag) + 1]


@pytest.mark.parametrize(("codec", "encoder"), MADE)
def test_the_gop_is_the_grid_s(codec: str, encoder: str) -> None:
    flags = encoder_flags(rung(codec=codec, encoder=encoder, gop_frames=48))
    assert value(flags, "-g") == "48"
    assert value(flags, "-b:v") == "800k"


@pytest.mark.parametrize(
    ("codec", "encoder"), [made for made in MADE if made[0] in ("H264", "VP9")]
)
def test_the_peak_is_bounded(codec: str, encoder: str) -> None:
    assert value(encoder_flags(rung(codec=codec, encoder=encoder)), "-maxrate") == "1200k"


def test_x264_has_one_thread_so_that_bytes_repeat() -> None:
    assert value(encoder_flags(rung()), "-threads") == "1"


def test_a_chunk_s_first_second_is_given_more() -> None:
    assert "zones=0,6,b=3/7,25,b=2/26,50,b=1.2" in value(encoder_flags(rung()), "-x264-params")


def test_apple_finds_the_parameter_sets_of_hevc_in_the_header() -> None:
    assert value(encoder_flags(rung(codec="H265")), "-tag:v") == "hvc1"


def test_how_hdr10_was_graded_is_passed_on() -> None:
    mastering = Mastering(
        green=(1, 2), blue=(3, 4), red=(5, 6), white=(7, 8), luminance=(9, 10), max_cll=11
    )
    flags = encoder_flags(rung(codec="H265", transfer="HDR10"), mastering)
    told = value(flags, "-x265-params")
    assert "master-display=G(1,2)B(3,4)R(5,6)WP(7,8)L(9,10):max-cll=11,0" in told


def test_an_sdr_rung_says_nothing_of_grading() -> None:
    mastering = Mastering(green=(1, 2), blue=(3, 4), red=(5, 6), white=(7, 8), luminance=(9, 10))
    flags = encoder_flags(rung(codec="H265"), mastering)
    assert "master-display" not in value(flags, "-x265-params")


def test_a_codec_without_an_encoder_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no Nvenc encoder is known for VP9"):
        encoder_flags(rung(codec="VP9", encoder="Nvenc"))
