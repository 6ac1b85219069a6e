"""A title's work is shared out in runs of chunks; what a player needs first comes first."""

import pytest

from media_runtime.title.tasks import chunks_in, tasks_for, tasks_of

from .films import film

PLAN = film(chunk_segments=[2] * 8).model_copy(update={"chunks_in_task": 3})


def test_the_first_chunk_stands_alone_and_the_sound_comes_next() -> None:
    assert tasks_of(PLAN) == ("chunk/0", "audio", "chunk/1-3", "chunk/4-6", "chunk/7")


def test_a_plan_of_an_earlier_release_has_a_task_a_chunk() -> None:
    assert tasks_of(film()) == ("chunk/0", "audio", "chunk/1", "chunk/2")


def test_each_chunk_is_in_one_task() -> None:
    numbers = [number for task in tasks_of(PLAN) for number in chunks_in(task) or ()]
    assert numbers == list(range(8))


@pytest.mark.parametrize(("task", "found"), [("chunk/7", [7]), ("chunk/10-12", [10, 11, 12])])
def test_a_task_says_which_chunks_it_makes(task: str, found: list[int]) -> None:
    assert list(chunks_in(task) or ()) == found


def test_sound_has_no_chunks() -> None:
    assert chunks_in("audio") is None
    assert tasks_of(film(rungs=())) == ("audio",)


def test_what_is_to_be_done_again_is_named_by_its_tasks() -> None:
    assert tasks_for(PLAN, {2, 3, 7}, audio=False) == ("chunk/1-3", "chunk/7")
    assert tasks_for(PLAN, set(), audio=True) == ("audio",)
