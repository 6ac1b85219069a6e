"""What a long command tells the person who waits: each step by name, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text


class Progress:
    """Steps on a terminal show a spinner and elapsed seconds; elsewhere each is a plain line."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Time one step. A step that raises is marked as the one that did not work."""
        began = time.monotonic()
        mark = ("✗", "red")
        try:
            if self._console.is_terminal:
                from rich.progress import (  # noqa: PLC0415 - slow to import, and not always used
                    Progress as Bar,
                )
                from rich.progress import (  # noqa: PLC0415
                    SpinnerColumn,
                    TextColumn,
                    TimeElapsedColumn,
                )

                columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
                with Bar(*columns, console=self._console, transient=True) as bar:
                    bar.add_task(title, total=None)
                    yield
            else:
                yield
            mark = ("✓", "green")
        finally:
            took = (f"  {time.monotonic() - began:.1f} s", "dim")
            self._console.print(Text.assemble(mark, f" {title}", took))

    def note(self, sentence: str) -> None:
        """One line between steps."""
        self._console.print(f"  {sentence}")
