"""Where the command speaks: results on stdout, everything else on stderr."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--output", "-o", help="How to print the result.")]

# Names and messages come from others: brackets in them are no markup, colons no emoji.
out = Console(highlight=False, markup=False, emoji=False)
"""Results: safe to pipe."""
err = Console(stderr=True, highlight=False, markup=False, emoji=False)
"""Progress, warnings and errors."""


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """One document, indented, without colour codes whoever reads it."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_plain(text: str) -> None:
    """A bare value for scripts: no wrapping, no markup."""
    typer.echo(text)
