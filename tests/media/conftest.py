"""Tests with a real ffmpeg on small files, and no cluster."""

from pathlib import Path

import pytest

from tests.media.clips import Clips

HERE = Path(__file__).parent
AT_THEIR_OWN_PACE = ("test_contribution_", "test_live_", "test_origin_live")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is live shows by the file's name; all else reads and writes files, however long."""
    for item in items:
        if item.path.parent == HERE and item.path.name.startswith(AT_THEIR_OWN_PACE):
            item.add_marker("live")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much hostility was withstood: a corpus that shrinks unseen proves nothing."""
    held = [r for r in terminalreporter.getreports("passed") if "test_hostile" in r.nodeid]
    held = [r for r in held if getattr(r, "when", "") == "call"]
    if held:
        terminalreporter.write_line(f"hostile inputs: {len(held)} cases withstood")
