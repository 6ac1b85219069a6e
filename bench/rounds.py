"""Several rounds of ours and theirs in turn, and what is typical of them. Pure but for the runs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """The middle, the least and the greatest of some figures."""

    median: float
    least: float
    greatest: float

    def text(self, digits: int = 1) -> str:
        if self.least == self.greatest:
            return f"{self.median:.{digits}f}"
        between = f"{self.least:.{digits}f}–{self.greatest:.{digits}f}"  # noqa: RUF001 - a range
        return f"{self.median:.{digits}f} ({between})"


def spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))


@dataclass(frozen=True)
class Rounds(Generic[T]):
    """What each contender did in each round."""

    results: Mapping[str, Sequence[T]]

    def of(self, contender: str, measure: Callable[[T], float]) -> Spread:
        return spread([measure(result) for result in self.results[contender]])

    def ratio(self, ours: str, theirs: str, measure: Callable[[T], float]) -> Spread:
        """Round by round, as the machine's mood changes between rounds more than within one."""
        pairs = zip(self.results[ours], self.results[theirs], strict=True)
        return spread([measure(a) / measure(b) for a, b in pairs])


def alternate(contenders: Mapping[str, Callable[[int], T]], count: int) -> Rounds[T]:
    """Each contender once a round; who begins changes from round to round."""
    results: dict[str, list[T]] = {name: [] for name in contenders}
    for turn in range(count):
        names = list(contenders)
        for name in names if turn % 2 == 0 else reversed(names):
            results[name].append(contenders[name](turn))
    return Rounds(results)
