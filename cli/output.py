"""Where the command speaks: results on stdout, everything else on stderr."""

import json
import os
import sys
from enum import StrEnum
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--output", "-o", help="How to print the result.")]


def _width(stream: TextIO) -> int | None:
    """A terminal knows its own; a pipe gets lines that a person can still read, unbroken."""
    return None if stream.isatty() or "COLUMNS" in os.environ else 160


# Names and messages come from others: brackets in them are no markup, colons no emoji.
out = Console(width=_width(sys.stdout), highlight=False, markup=False, emoji=False)
"""Results: safe to pipe."""
err = Console(width=_width(sys.stderr), stderr=True, highlight=False, markup=False, emoji=False)
"""Progress, warnings and errors."""


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """One document, indented, without colour codes whoever reads it."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_plain(text: str) -> None:
    """A bare value for scripts: no wrapping, no markup."""
    typer.echo(text)
