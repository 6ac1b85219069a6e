"""A service is attended to whatever becomes of its log."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clusters.local.supervisor import Service, Supervisor, note, shorten


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A place where nothing can be written, not even by root: it lies below a file."""
    tmp_path.joinpath("file").write_text("")
    return tmp_path / "file" / "below"


@contextmanager
def attended(supervisor: Supervisor) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=supervisor.attend)
    thread.start()
    try:
        yield thread
    finally:
        supervisor.end()
        thread.join()


def until_started(starts: Path, times: int) -> None:
    limit = time.monotonic() + 20
    while not starts.exists() or len(starts.read_text().splitlines()) < times:
        assert time.monotonic() < limit, f"it was not started {times} times"
        time.sleep(0.02)


def dying(starts: Path) -> Service:
    return Service("short", ("/bin/sh", "-c", f"echo started >> {starts}; exit 1"))


def test_a_service_whose_log_cannot_be_written_is_started_again(
    tmp_path: Path, nowhere: Path
) -> None:
    supervisor = Supervisor([dying(tmp_path / "starts")], logs=nowhere, words=tmp_path)
    with attended(supervisor):
        until_started(tmp_path / "starts", 2)


def test_a_service_of_which_no_word_can_be_left_is_started_again(
    tmp_path: Path, nowhere: Path
) -> None:
    supervisor = Supervisor([dying(tmp_path / "starts")], logs=tmp_path, words=nowhere)
    with attended(supervisor):
        until_started(tmp_path / "starts", 2)


def test_a_service_whose_program_is_away_is_tried_again(tmp_path: Path) -> None:
    program = tmp_path / "program"
    supervisor = Supervisor([Service("away", (str(program),))], logs=tmp_path, words=tmp_path)
    with attended(supervisor):
        fresh = tmp_path / "fresh"
        fresh.write_text(f"#!/bin/sh\necho started >> {tmp_path / 'starts'}\n")
        fresh.chmod(0o755)
        fresh.rename(program)
        until_started(tmp_path / "starts", 1)


def test_whoever_is_ended_is_not_started_again(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    argv = ("/bin/sh", "-c", f"echo started >> {starts}; exec sleep 60")
    supervisor = Supervisor([Service("long", argv)], logs=tmp_path, words=tmp_path)
    with attended(supervisor) as thread:
        until_started(starts, 1)
    assert not thread.is_alive()
    assert starts.read_text() == "started\n"


def test_a_long_log_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "kubelet.log"
    log.write_text("x" * 11)
    shorten(log, longest=10)
    assert log.read_text() == ""
    assert log.with_suffix(".log.1").read_text() == "x" * 11


def test_a_log_that_cannot_be_set_aside_is_given_up(tmp_path: Path) -> None:
    log = tmp_path / "kubelet.log"
    log.write_text("x" * 11)
    log.with_suffix(".log.1").mkdir()
    shorten(log, longest=10)
    assert log.read_text() == ""


def test_a_log_that_is_gone_is_no_reason_to_stop(tmp_path: Path) -> None:
    shorten(tmp_path / "kubelet.log", longest=10)


def test_word_that_could_not_be_left_is_owned_up_to(nowhere: Path) -> None:
    assert not note(nowhere / "kubelet.json", 1, restarts=0)
