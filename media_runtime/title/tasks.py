"""What the encode Job's completion indexes do, by name: "chunk/0", "audio", "chunk/1-4". Pure.

A chunk is what is found again; a task is the run of neighbouring chunks that one worker encodes.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from .plan import Plan

AUDIO = "audio"
OPENING = frozenset({"chunk/0", AUDIO})
"""What has to be done before a player can begin."""
_CHUNKS = "chunk/"


def tasks_of(plan: Plan) -> tuple[str, ...]:
    """All of a title's, done or not, in the order of what a viewer needs first."""
    numbers = [chunk.index for chunk in plan.chunks]
    # The first chunk stands alone: a title is playable as soon as it is there.
    first = [_chunks(numbers[:1])] if numbers else []
    sound = [AUDIO] if plan.audio else []
    others = (
        _chunks(numbers[at : at + plan.chunks_in_task])
        for at in range(1, len(numbers), plan.chunks_in_task)
    )
    return (*first, *sound, *others)


def tasks_for(plan: Plan, chunks: AbstractSet[int], *, audio: bool) -> tuple[str, ...]:
    """Those that have to be done for these chunks, and for the sound if that too."""
    return tuple(
        task
        for task in tasks_of(plan)
        if (audio if task == AUDIO else not chunks.isdisjoint(chunks_in(task) or ()))
    )


def chunks_in(task: str) -> range | None:
    """The numbers of the chunks that it makes; None for a task of another kind."""
    if not task.startswith(_CHUNKS):
        return None
    first, _, last = task.removeprefix(_CHUNKS).partition("-")
    return range(int(first), int(last or first) + 1)


def _chunks(numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"{_CHUNKS}{first}-{last}" if last > first else f"{_CHUNKS}{first}"
