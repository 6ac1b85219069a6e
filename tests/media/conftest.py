"""Tests with a real ffmpeg on small files, and no cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media.clips import Clips
from tests.media.ports import kept_port

HERE = Path(__file__).parent
MARKS = {"test_contribution_": "contribution", "test_live_": "live", "test_origin_live": "live"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """It shows by the file's name; what has no mark reads and writes files, however long."""
    for item in items:
        if item.path.parent == HERE:
            for mark in (m for name, m in MARKS.items() if item.path.name.startswith(name)):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much hostility was withstood: a corpus that shrinks unseen proves nothing."""
    held = [r for r in terminalreporter.getreports("passed") if "test_hostile" in r.nodeid]
    held = [r for r in held if getattr(r, "when", "") == "call"]
    if held:
        terminalreporter.write_line(f"hostile inputs: {len(held)} cases withstood")


@pytest.fixture
def later() -> Iterator[int]:
    with kept_port() as port:
        yield port
