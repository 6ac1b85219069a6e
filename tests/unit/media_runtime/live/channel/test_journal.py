"""Which header goes with which segment survives the pod that knew it."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from media_runtime.live.channel.dvr.journal import Headers, journal, minute_of, read
from media_runtime.live.channel.dvr.keys import DvrKeys

TWO = Fraction(2)
KEYS = DvrKeys("demo", "news", "u1")


@given(some.dictionaries(some.tuples(some.sampled_from(["a", "b"]), some.integers(0, 50)),
                         some.sampled_from(["x", "y"])))  # fmt: skip
def test_what_was_kept_is_known_again(inits: dict[tuple[str, int], str]) -> None:
    again = read(journal(TWO, 1, inits).model_dump_json(by_alias=True).encode())
    assert again is not None
    headers = Headers(TWO, [again])
    assert {at: headers.of(*at) for at in inits} == inits


def test_segments_after_the_last_that_was_told_of_go_with_its_header() -> None:
    headers = Headers(TWO, [journal(TWO, 1, {("a", 30): "x"}), journal(TWO, 2, {("a", 60): "y"})])
    assert [headers.of("a", msn) for msn in (29, 30, 59, 60, 75)] == [None, "x", "x", "y", "y"]
    assert headers.of("b", 30) is None


@given(some.lists(some.dictionaries(some.tuples(some.just("a"), some.integers(0, 40)),
                                    some.sampled_from("xyz")), max_size=5))  # fmt: skip
def test_of_many_pods_the_one_counts_that_kept_the_segment(
    pods: list[dict[tuple[str, int], str]],
) -> None:
    journals = [journal(TWO, n, inits) for n, inits in enumerate(pods)]
    told = sorted((k for one in journals for k in one.kept), key=lambda k: (k.first, k.last))
    headers = Headers(TWO, journals)
    for msn in range(45):
        exact = [kept for kept in told if kept.first <= msn <= kept.last]
        before = [kept for kept in told if kept.first <= msn]
        chosen = exact or before
        assert headers.of("a", msn) == (chosen[-1].init if chosen else None)


def test_numbers_of_another_grid_mean_nothing() -> None:
    other = journal(Fraction(1001, 500), 1, {("a", 30): "x"})
    assert Headers(TWO, [other]).of("a", 30) is None


def test_one_that_a_later_release_wrote_is_passed_over() -> None:
    assert read(b'{"kept": 5}') is None
    assert read(b"") is None


def test_a_segment_belongs_to_the_minute_in_which_it_begins() -> None:
    assert [minute_of(TWO, msn) for msn in (0, 29, 30)] == [0, 0, 1]


def test_keys_tell_what_they_are() -> None:
    assert KEYS.segment_at(KEYS.segment("720p", 897)) == ("720p", 897)
    assert KEYS.minute_at(KEYS.journal(29_923_716, "ef72")) == 29_923_716
    assert KEYS.segment_at(KEYS.journal(1, "a")) is None
    assert KEYS.minute_at(KEYS.segment("journal", 1)) is None
    assert KEYS.segment_at(DvrKeys("demo", "news", "u2").segment("720p", 1)) is None
