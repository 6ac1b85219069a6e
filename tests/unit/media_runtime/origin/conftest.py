"""What holds for every test of the origin."""

import pytest

from media_runtime.origin import memory


@pytest.fixture(autouse=True)
def _a_slow_machine_is_no_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that answers is waited for, so that an older answer means one that does not."""
    monkeypatch.setattr(memory, "STALE_PATIENCE_SECONDS", 60)
