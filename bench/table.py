"""What a benchmark found, as markdown: tables, verdicts and the commands that were run. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The first column is words, the others are figures."""
        rule = ("---", *("---:" for _ in self.columns[1:]))
        lines = (f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))
        return "\n".join((f"**{self.title}**", "", *lines))


@dataclass(frozen=True)
class Verdict:
    """A target, and what was measured against it."""

    target: str
    measured: float
    at_most: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.measured <= self.at_most

    def markdown(self) -> str:
        word = "met" if self.met else "**missed**"
        # As many digits as tell it from its limit.
        shown = figure(self.measured)
        if abs(self.measured - self.at_most) < 0.1:
            shown = f"{self.measured:.4f}"
        return f"- {self.target}: {shown}{self.unit}, {word}."


@dataclass(frozen=True)
class Finding:
    """All that one benchmark has to say."""

    name: str
    title: str
    about: str
    """What was run against what, in a few sentences."""
    tables: tuple[Table, ...]
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = field(default=())
    """(whose, the command): ours and theirs."""

    def markdown(self) -> str:
        parts = [f"## {self.title}", self.about, *(table.markdown() for table in self.tables)]
        if self.verdicts:
            parts.append("\n".join(verdict.markdown() for verdict in self.verdicts))
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        for whose, command in self.commands:
            parts.append(f"{whose}:\n\n```sh\n{command}\n```")
        return "\n\n".join(parts)

    def document(self) -> dict[str, Any]:
        """For -o json."""
        verdicts = [{**asdict(verdict), "met": verdict.met} for verdict in self.verdicts]
        return {**asdict(self), "verdicts": verdicts}


def figure(value: float) -> str:
    """Three digits that count, and no more than two behind the point."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def put_between_marks(page: str, name: str, text: str) -> str:
    """The page with `text` between the marks of that name; without them, at its end."""
    begin, end = f"<!-- bench {name} -->", f"<!-- /bench {name} -->"
    block = f"{begin}\n{text}\n{end}"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: block, page)
    return f"{page.rstrip()}\n\n{block}\n"


def wrapped(argv: Sequence[str], width: int = 96) -> str:
    """A command on lines that fit, broken before flags."""
    lines, line = [], ""
    for word in argv:
        flag = word.startswith("-") and len(word) > 1
        if line and flag and len(line) + len(word) + 1 > width - 24:
            lines.append(line)
            line = f"  {word}"
        else:
            line = f"{line} {word}".lstrip() if not line.startswith("  ") else f"{line} {word}"
    return " \\\n".join((*lines, line))
