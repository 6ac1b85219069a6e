import pytest

from cli.exits import Exit, Stop
from cli.url import Manifest, address_of
from tests.unit.cli.builders import DASH, HLS, asset, conditions, job, profile

ORIGIN = "http://127.0.0.1:30080"
BOTH = {"playback": {"hls": HLS, "dash": DASH}}


@pytest.mark.parametrize(
    ("manifest", "path"),
    [(Manifest.HLS, HLS), (Manifest.DASH, DASH), (Manifest.WATCH, "/watch/demo.film")],
)
def test_what_plays_has_an_address_in_each_format(manifest: Manifest, path: str) -> None:
    assert address_of(asset(BOTH), ORIGIN, manifest) == ORIGIN + path
    assert address_of(job(BOTH), ORIGIN, manifest) == ORIGIN + path


def test_an_address_that_is_whole_already_stays() -> None:
    whole = asset({"playback": {"hls": f"https://edge.example{HLS}"}})
    assert address_of(whole, ORIGIN, Manifest.HLS) == f"https://edge.example{HLS}"
    assert address_of(whole, ORIGIN, Manifest.WATCH) == f"{ORIGIN}/watch/demo.film"


def test_what_does_not_play_yet_says_why() -> None:
    waiting = job({"conditions": conditions(Ready="False Probing the source is being read")})
    with pytest.raises(Stop) as stopped:
        address_of(waiting, ORIGIN, Manifest.HLS)
    assert stopped.value.code is Exit.UNWELL
    assert "Probing" in stopped.value.sentence
    assert "--watch" in stopped.value.hint


def test_a_format_that_was_not_packaged_is_said_to_be_missing() -> None:
    with pytest.raises(Stop) as stopped:
        address_of(job({"playback": {"hls": HLS}}), ORIGIN, Manifest.DASH)
    assert stopped.value.code is Exit.UNWELL
    assert "DASH" in stopped.value.sentence


def test_a_page_needs_only_one_of_the_formats() -> None:
    only_dash = job({"playback": {"dash": DASH}})
    assert address_of(only_dash, ORIGIN, Manifest.WATCH) == f"{ORIGIN}/watch/demo.film"


def test_a_profile_is_nothing_that_plays() -> None:
    with pytest.raises(Stop) as stopped:
        address_of(profile(), ORIGIN, Manifest.HLS)
    assert stopped.value.code is Exit.USAGE
