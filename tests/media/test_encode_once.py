"""The same work is done once, whoever wants it, and whoever was killed in the midst of it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crds.work import Exit, Order
from media_runtime.encode.claims import Claims
from media_runtime.store import Store, StoreSettings
from media_runtime.title import records
from media_runtime.title.plan import Plan

from .encode_titles import LAYOUT, ORDER, X264, Title, make, pattern, plan_of, rung, stereo, title

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(
        tmp_path_factory.mktemp("source") / "film.mp4",
        *pattern(4),
        *("-f", "lavfi", "-i", "sine=440:d=4"),
        *X264,
        *("-c:a", "aac"),
    )


def planned(source: Path) -> Plan:
    rungs = [rung("large", 320, 180, frames=100), rung("small", 160, 90, frames=100)]
    return plan_of(source, rungs)


def test_finished_work_is_found_again(source: Path, tmp_path: Path) -> None:
    film = title(tmp_path, source, planned(source))
    assert not film.encode("chunk/0").reused
    assert film.encode("chunk/0").reused


def test_only_the_rung_that_is_missing_is_encoded(source: Path, tmp_path: Path) -> None:
    film = title(tmp_path, source, planned(source))
    film.encode("chunk/0")
    kept, lost = film.entry("large", 0), film.entry("small", 0)
    # What is done is not touched: this would not survive being written again.
    asyncio.run(film.store.write(LAYOUT.media(kept.key, kept.run), b"untouched"))
    asyncio.run(film.store.delete([LAYOUT.entry(lost.key, 0)]))
    assert not film.encode("chunk/0").reused
    assert film.media(kept) == b"untouched"
    assert film.entry("small", 0) == lost


def test_sound_goes_on_with_the_run_that_is_missing(source: Path, tmp_path: Path) -> None:
    plan = plan_of(source, [rung("v", 160, 90, frames=100, segment_frames=25)], audio=[stereo()])
    film = title(tmp_path, source, plan)
    film.encode("audio")
    first, last = film.runs("stereo")
    asyncio.run(film.store.write(LAYOUT.media(first.key, 0), b"untouched"))
    asyncio.run(film.store.delete([LAYOUT.entry(last.key, 1)]))
    assert not film.encode("audio").reused
    assert film.media(first) == b"untouched"
    assert film.runs("stereo") == [first, last]


def test_nothing_is_left_of_a_claim(source: Path, tmp_path: Path) -> None:
    film = title(tmp_path, source, planned(source))
    film.encode("chunk/0")
    assert not [name for name in asyncio.run(film.store.names("demo")) if "/claims/" in name]


async def _claimed(store: Store, holder: str, key: str) -> bool:
    async with Claims(store, LAYOUT, holder).taken([key]) as mine:
        return key in mine


def test_two_cannot_hold_one_claim() -> None:
    store = Store.in_memory()

    async def try_both() -> None:
        async with Claims(store, LAYOUT, "uid-1/chunk/0").taken(["k"]) as first:
            assert first == {"k"}
            assert not await _claimed(store, "uid-2/chunk/0", "k")
        assert await _claimed(store, "uid-2/chunk/0", "k")

    asyncio.run(try_both())


@pytest.mark.parametrize(
    ("holder", "until", "taken"),
    [("uid-2/chunk/0", 0, True), ("uid-2/chunk/0", 2**40, False), ("uid-1/chunk/0", 2**40, True)],
    ids=["a claim that ran out", "a claim that stands", "what the same worker held before it died"],
)
def test_a_claim_that_was_left_behind(holder: str, until: float, *, taken: bool) -> None:
    store = Store.in_memory()
    left = f'{{"holder":"{holder}","until":{until}}}'.encode()
    asyncio.run(store.write(LAYOUT.claim("k", 0), left))
    assert asyncio.run(_claimed(store, "uid-1/chunk/0", "k")) is taken


class Step:
    """A step in a process of its own, over a store in a folder."""

    def __init__(
        self, folder: Path, film: Title, order: Order = ORDER, task: str = "chunk/0"
    ) -> None:
        self.folder = folder
        self.scratch = folder / f"scratch-{order.title}"
        self.scratch.mkdir()
        self.report = folder / f"report-{order.title}"
        index = film.plan.tasks.index(task)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "media_runtime", "encode", "--task-index", str(index)],
            cwd=ROOT,
            env={
                **os.environ,
                "STREAMVERSE_STORE_ENDPOINT": f"file://{folder}/store",
                "STREAMVERSE_ORDER": order.model_dump_json(by_alias=True),
                "STREAMVERSE_REPORT": str(self.report),
                "TMPDIR": str(self.scratch),
            },
            stderr=subprocess.DEVNULL,
        )

    def wait_for(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not what():
            assert time.monotonic() < until, "it never came to be"
            assert self.process.poll() is None, "the step ended before"
            time.sleep(0.01)

    def encodes(self) -> bool:
        return any(file.stat().st_size for file in self.scratch.glob("*/*/rung-0.mp4"))


def in_folder(folder: Path, source: Path, plan: Plan) -> Title:
    store = Store.open(StoreSettings(endpoint=f"file://{folder}/store"))
    asyncio.run(store.upload(LAYOUT.upload(source.name), source))
    asyncio.run(records.write_plan(store, LAYOUT, plan))
    etag = asyncio.run(store.head(LAYOUT.upload(source.name)))
    assert etag is not None
    return Title(plan, store, folder)


@pytest.fixture(scope="module")
def long_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be caught while it is encoded."""
    return make(tmp_path_factory.mktemp("long") / "film.mp4", *pattern(10, size="640x360"), *X264)


def long_plan(source: Path) -> Plan:
    return plan_of(source, [rung("a", 640, 360, frames=250, codec="H265")])


def test_sigterm_ends_ffmpeg_and_asks_to_be_tried_again(long_source: Path, tmp_path: Path) -> None:
    film = in_folder(tmp_path, long_source, long_plan(long_source))
    step = Step(tmp_path, film)
    step.wait_for(step.encodes)
    step.process.send_signal(signal.SIGTERM)
    assert step.process.wait(20) == Exit.TRY_AGAIN
    assert b'"step":"failure"' in step.report.read_bytes()
    assert not list(step.scratch.iterdir())
    names = asyncio.run(film.store.names("demo/chunks"))
    assert not [name for name in names if name.endswith((".json", ".m4s"))]


def test_a_killed_worker_s_next_try_goes_straight_on(long_source: Path, tmp_path: Path) -> None:
    film = in_folder(tmp_path, long_source, long_plan(long_source))
    step = Step(tmp_path, film)
    step.wait_for(step.encodes)
    step.process.kill()
    step.process.wait(20)
    assert not film.encode("chunk/0").reused
    assert film.entry("a", 0).samples == 250


def test_a_killed_worker_has_lost_one_chunk_of_its_task(long_source: Path, tmp_path: Path) -> None:
    slow = rung("a", 640, 360, frames=250, codec="H265")
    plan = plan_of(long_source, [slow], chunk_segments=(1, 1, 1, 1, 1), chunks_in_task=4)
    film = in_folder(tmp_path, long_source, plan)
    step = Step(tmp_path, film, task="chunk/1-4")
    first = plan.chunks[1].keys["a"]
    step.wait_for((tmp_path / "store" / LAYOUT.entry(first, 0)).exists)
    step.process.kill()
    step.process.wait(20)
    kept = film.entry("a", 1)
    asyncio.run(film.store.write(LAYOUT.media(first, kept.run), b"untouched"))
    assert film.encode("chunk/1-4").media_millis <= 6000
    assert film.media(film.entry("a", 1)) == b"untouched"
    assert [film.entry("a", n).samples for n in (2, 3, 4)] == [50, 50, 50]


def test_two_jobs_at_once_do_the_same_work_once(long_source: Path, tmp_path: Path) -> None:
    plan = long_plan(long_source)
    film = in_folder(tmp_path, long_source, plan)
    other = plan.model_copy(update={"title": "uid-2"})
    asyncio.run(records.write_plan(film.store, LAYOUT, other))
    steps = [
        Step(tmp_path, film),
        Step(tmp_path, film, ORDER.model_copy(update={"title": "uid-2"})),
    ]
    assert [step.process.wait(60) for step in steps] == [Exit.DONE, Exit.DONE]
    reused = [b'"reused":true' in step.report.read_bytes() for step in steps]
    assert sorted(reused) == [False, True]
