"""What is written of a source goes into its own file, and into no other."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from media_runtime.failure import Refused
from media_runtime.fetch import fetch_ranges
from media_runtime.store import Missing, Store
from media_runtime.title.plan import ByteRange, Source

FILM = Source(uri="s3://streamverse/demo/film", etag="", size=200, format="mov")
READS = [ByteRange(offset=0, length=100), ByteRange(offset=100, length=100)]


class Vanishing(Store):
    """Its film is deleted once the first part of it is being written."""

    writing = threading.Event()

    async def read_range(
        self,
        key: str,
        offset: int,
        length: int,
        *,
        etag: str | None = None,  # noqa: ARG002 - as of a Store
    ) -> bytes:
        if offset:
            await asyncio.to_thread(self.writing.wait)
            raise Missing(key)
        return b"x" * length


def test_a_thread_that_still_writes_when_it_failed_writes_into_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Vanishing.in_memory()
    goes_on, written = threading.Event(), threading.Event()
    to_disk = os.pwrite

    def slow(file: int, content: bytes, offset: int) -> int:
        store.writing.set()
        goes_on.wait()
        try:
            return to_disk(file, content, offset)
        finally:
            written.set()

    monkeypatch.setattr(os, "pwrite", slow)
    other = tmp_path / "other"

    async def story() -> None:
        with pytest.raises(Refused, match="deleted"):
            await fetch_ranges(store, FILM, READS, tmp_path / "film")
        with other.open("wb"):  # its descriptor is the first that is free
            goes_on.set()
            await asyncio.to_thread(written.wait)

    asyncio.run(story())
    assert other.read_bytes() == b""
    assert (tmp_path / "film").read_bytes() == b"x" * 100 + bytes(100)
