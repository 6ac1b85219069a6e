"""A channel's multivariant playlist keeps the rules that a title's does."""

from dataclasses import replace

import pytest

from media_runtime.live.multivariant import multivariant_playlist
from tests.unit.media_runtime.origin.rfc8216 import breaches

from .shows import lineup

LOW = replace(lineup().sounds[0], name="aac-low", group="audio-low", peak_kbps=66, average_kbps=64)
SHAPES = {
    "pictures and sound": lineup(),
    "silent": lineup(sound=None),
    "sound alone": replace(lineup(), rungs=()),
    "two qualities of sound": replace(lineup(), sounds=(*lineup().sounds, LOW)),
    "HDR beside SDR": replace(
        lineup(), rungs=(*lineup().rungs, replace(lineup().rungs[0], name="hdr", transfer="HLG"))
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_keeps_every_rule(shape: str) -> None:
    assert breaches(multivariant_playlist(SHAPES[shape])) == []


def test_a_player_begins_with_a_rung_that_most_lines_carry() -> None:
    names = [x for x in multivariant_playlist(lineup()).split("\n") if x and x[0] != "#"]
    assert names == ["360p.m3u8", "720p.m3u8"]


def test_a_variants_rate_counts_its_sound() -> None:
    assert "BANDWIDTH=1030000,AVERAGE-BANDWIDTH=928000" in multivariant_playlist(lineup())
