"""A small edit in a long title: what the second job still has to do."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from clusters.cache import Cache

from . import footage
from .ladders import ladder_small
from .steps import Title, Workshop
from .table import Finding, Table, Verdict, figure

SECONDS = 600
TASKS = (30, 8)
"""Target seconds of what one worker encodes: the default, and a chunk at a time."""
KINDS = ("probe", "chunk", "audio", "publish")


@dataclass(frozen=True)
class Edits:
    target_seconds: int
    first: Title
    picture: Title
    both: Title


def bench(*, quick: bool) -> Finding:
    seconds = 60 if quick else SECONDS
    cuts = footage.cuts(Cache.here(), seconds)
    return _finding([_edited(cuts, target) for target in TASKS], seconds)


def _edited(cuts: footage.Cuts, target: int) -> Edits:
    with tempfile.TemporaryDirectory(prefix="bench-edit-") as folder:
        shop, profile = Workshop(Path(folder)), ladder_small()
        titles = [
            shop.make(film.stem, shop.upload(film), profile, target_chunk_seconds=target)
            for film in (cuts.first, cuts.picture, cuts.both)
        ]
        return Edits(target, *titles)


def _finding(found: list[Edits], seconds: int) -> Finding:
    rows, verdicts = [], []
    for edits in found:
        tasks = f"tasks of {edits.target_seconds} s"
        whole = edits.first.cpu_seconds
        rows.append(_row(f"whole title, {tasks}", edits.first, whole))
        for words, title in (("picture", edits.picture), ("picture and sound", edits.both)):
            rows.append(_row(f"{words} edited, {tasks}", title, whole))
            target = f"CPU after an edit of {words}, {tasks}, at most 1/20 of the whole"
            verdicts.append(Verdict(target, title.cpu_seconds / whole, 1 / 20))
    return Finding(
        name="edit",
        title="An edit",
        about=(
            f"A title of {seconds} s of 720p25 on `ladder-small`; then the same with "
            f"{footage.EDITED_SECONDS:.1f} s replaced by stream copy, so that all other packets "
            "keep their bytes: once of the picture, once of picture and sound. The steps run as "
            "processes over a store in a folder; CPU is user and system time of all of them. The "
            "peer is our own whole encode."
        ),
        tables=(Table("CPU seconds", ("job", "tasks", *KINDS, "all", "times less"), tuple(rows)),),
        verdicts=tuple(verdicts),
        commands=(("Ours", "python -m bench edit"),),
    )


def _row(words: str, title: Title, whole: float) -> tuple[str, ...]:
    spent = title.cpu_by_kind()
    steps = (figure(spent.get(kind, 0.0)) for kind in KINDS)
    total = title.cpu_seconds
    return words, str(len(title.plan.tasks)), *steps, figure(total), figure(whole / total)
