"""Tests with a real ffmpeg on small files, and no cluster."""

import pytest

from tests.media.clips import Clips


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))
