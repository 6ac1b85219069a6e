"""Of what was recorded, which segments make which file."""

from fractions import Fraction

from media_runtime.live.channel.dvr.journal import Headers, journal
from media_runtime.live.channel.dvr.takes import Reel, best_rung, reels

RUNGS = ("240p", "720p")
SPAN = range(100, 120)
SOUND = {("aac", msn): "s" for msn in SPAN}


def headers(*inits: dict[tuple[str, int], str]) -> Headers:
    return Headers(Fraction(2), [journal(Fraction(2), 1, told) for told in (*inits, SOUND)])


def test_the_highest_rung_is_recorded_unless_it_misses_much() -> None:
    whole, nearly, half = set(SPAN), set(SPAN) - {105}, set(range(100, 110))
    assert best_rung(RUNGS, {"240p": whole, "720p": nearly}, SPAN) == "720p"
    assert best_rung(RUNGS, {"240p": whole, "720p": half}, SPAN) == "240p"
    assert best_rung(RUNGS, {"720p": half}, SPAN) == "720p"
    assert best_rung(RUNGS, {"720p": {5}}, SPAN) is None


def test_what_is_missing_makes_no_new_file() -> None:
    there = {"720p": set(SPAN) - {107, 108}, "aac": set(SPAN)}
    of = headers({("720p", msn): "v" for msn in SPAN})
    assert reels(SPAN, "720p", "aac", there, of, longest=99) == [
        Reel(100, 120, "720p", "v", "aac", "s")
    ]


def test_another_header_does() -> None:
    there = {"720p": set(SPAN)}
    of = headers({("720p", msn): "v" if msn < 110 else "w" for msn in SPAN})
    assert reels(SPAN, "720p", None, there, of, longest=99) == [
        Reel(100, 110, "720p", "v", None, None), Reel(110, 120, "720p", "w", None, None),
    ]  # fmt: skip


def test_a_programme_too_long_for_one_file_becomes_several() -> None:
    there = {"720p": set(SPAN) - {108}}
    of = headers({("720p", msn): "v" for msn in SPAN})
    made = reels(SPAN, "720p", None, there, of, longest=8)
    assert [(reel.first, reel.end) for reel in made] == [(100, 108), (109, 117), (117, 120)]
