"""Rounds are fair: everybody in each, nobody always first, ratios within a round."""

from collections.abc import Callable

from bench.rounds import Rounds, alternate, spread


def test_each_round_has_everybody_and_they_take_turns_to_begin() -> None:
    order: list[str] = []

    def contender(name: str) -> Callable[[int], None]:
        return lambda _: order.append(name)

    alternate({name: contender(name) for name in "abc"}, 3)
    assert "".join(order) == "abccbaabc"


def test_a_ratio_is_taken_within_each_round() -> None:
    rounds = Rounds({"ours": [1.0, 20.0, 3.0], "theirs": [2.0, 10.0, 3.0]})
    found = rounds.ratio("ours", "theirs", lambda seconds: seconds)
    assert (found.least, found.median, found.greatest) == (0.5, 1.0, 2.0)


def test_a_spread_names_its_bounds_only_where_there_are_any() -> None:
    assert spread([2.0]).text() == "2.0"
    assert spread([1.0, 3.0, 2.0]).text() == "2.0 (1.0–3.0)"  # noqa: RUF001 - a range
