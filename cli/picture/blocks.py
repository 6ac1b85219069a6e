"""The blocks that pictures of all kinds share: headline, facts, conditions, what to do."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crds.v1alpha1 import Condition

from .words import AnyResource, advice, condition, state

SIGN = {"True": ("✓", "green"), "False": ("·", "dim"), "Unknown": ("?", "yellow")}
T = TypeVar("T")

DOWNSIDE = {"Failed", "Stalled", "Reconciling"}
"""Conditions that are no good news when they are True."""


def given(value: T | None, show: Callable[[T], RenderableType | None]) -> RenderableType | None:
    """What is shown of a value, if there is one."""
    return None if value is None else show(value)


def headline(resource: AnyResource) -> RenderableType:
    """What it is and how it is, with the message of Ready."""
    metadata = resource.metadata
    where = f"  in {metadata.namespace}" if metadata.namespace else ""
    ready = condition(resource, "Ready")
    message = ready.message if ready else ""
    return Text.assemble(
        (f"{resource.kind.lower()}/{metadata.name}", "bold"),
        (where, "dim"),
        "  ",
        state(resource),
        f"  {message}" if message else "",
    )


def facts(rows: Iterable[tuple[str, RenderableType | None]]) -> RenderableType:
    """Names at the left, what is known at the right; rows without anything are left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    for name, value in rows:
        if value not in (None, ""):
            grid.add_row(name, value)
    return Padding(grid, (0, 0, 0, 2))


def warnings(said: Sequence[str]) -> RenderableType | None:
    return Group(*(Text(f"! {one}", "yellow") for one in said)) if said else None


def conditions(found: Sequence[Condition]) -> RenderableType | None:
    """A line for each: whether it holds, why, and the message if the headline has not said it."""
    if not found:
        return None
    headline_message = next((c.message for c in found if c.type == "Ready"), "")
    grid = Table.grid(padding=(0, 1))
    for one in found:
        sign, style = SIGN[one.status]
        if one.type in DOWNSIDE and one.status == "True":
            sign, style = "!", "yellow"
        message = "" if one.message == headline_message else one.message
        grid.add_row(Text(sign, style), one.type, Text(one.reason, "dim"), Text(message, "dim"))
    return grid


def what_to_do(resource: AnyResource) -> RenderableType | None:
    said = advice(resource)
    return Padding(Text(f"→ {said}", "bold"), (0, 0, 0, 2)) if said else None


def stack(*blocks: RenderableType | None) -> RenderableType:
    """Blocks under one another, absent ones left out."""
    return Group(*(block for block in blocks if block is not None))
