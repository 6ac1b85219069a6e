"""Neighbouring chunks that lack the same: one decode makes them all. Pure."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from media_runtime.title.pictures import Wanted, wanted_of
from media_runtime.title.plan import ByteRange, Chunk, Plan, VideoRung


@dataclass(frozen=True)
class Stretch:
    chunks: tuple[Chunk, ...]
    rungs: tuple[VideoRung, ...]
    """Each with an address of its own; none where only stills are missing."""
    stills: frozenset[int]
    """The chunks, by index, whose stills are missing."""

    @property
    def whole(self) -> Chunk:
        """All of it as one chunk, which has no address."""
        first = self.chunks[0]
        return Chunk(
            index=first.index,
            first_segment=first.first_segment,
            segments=sum(chunk.segments for chunk in self.chunks),
            seek_seconds=first.seek_seconds,
            reads=_merged([read for chunk in self.chunks for read in chunk.reads]),
            excerpt=self._excerpt,
            keys={},
        )

    @property
    def _excerpt(self) -> tuple[ByteRange, ...]:
        if not all(chunk.excerpt for chunk in self.chunks):
            return ()
        return _merged([read for chunk in self.chunks for read in chunk.excerpt])

    def pictures(self, plan: Plan) -> Wanted:
        """The stills that its ffmpeg makes: of all its chunks, if any lacks them."""
        return wanted_of(plan, self.chunks) if self.stills else Wanted()


def rungs_by_key(plan: Plan, chunk: Chunk) -> dict[str, VideoRung]:
    """Content address -> a rung that has it. Two rungs with one address are encoded once."""
    rungs: dict[str, VideoRung] = {}
    for rung in plan.rungs:
        rungs.setdefault(chunk.keys[rung.name], rung)
    return rungs


def keys_of(chunk: Chunk) -> set[str]:
    return {*chunk.keys.values(), *((chunk.stills,) if chunk.stills is not None else ())}


def stretches(plan: Plan, chunks: Sequence[Chunk], keys: AbstractSet[str]) -> list[Stretch]:
    """The fewest that fill these addresses, and no others, of the chunks in their order."""
    found: list[Stretch] = []
    for chunk in chunks:
        rungs = tuple(r for key, r in rungs_by_key(plan, chunk).items() if key in keys)
        stills = frozenset((chunk.index,) if chunk.stills in keys else ())
        if not rungs and not stills:
            continue
        last = found[-1] if found else None
        if last and last.rungs == rungs and last.chunks[-1].index + 1 == chunk.index:
            found[-1] = Stretch((*last.chunks, chunk), rungs, last.stills | stills)
        else:
            found.append(Stretch((chunk,), rungs, stills))
    return found


def _merged(reads: Sequence[ByteRange]) -> tuple[ByteRange, ...]:
    joined: list[ByteRange] = []
    for read in sorted(reads, key=lambda read: read.offset):
        last = joined[-1] if joined else None
        if last and read.offset <= last.offset + last.length:
            end = max(last.offset + last.length, read.offset + read.length)
            joined[-1] = ByteRange(offset=last.offset, length=end - last.offset)
        else:
            joined.append(read)
    return tuple(joined)
