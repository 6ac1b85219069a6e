"""A small edit in a long title: what the second job still has to do."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from clusters.cache import Cache

from . import footage
from .ladders import ladder_small
from .rounds import spread
from .steps import Title, Workshop
from .table import Finding, Table, Verdict, figure

SECONDS, EDIT_AT, EDIT_LOOPS = 600, 300, 2
CHUNKS = (30, 8)
"""Target seconds of a chunk: the default, and as a title that will be edited may ask for."""


@dataclass(frozen=True)
class Edit:
    target_seconds: int
    first: Title
    second: Title

    @property
    def saving(self) -> float:
        return self.first.cpu_seconds / self.second.cpu_seconds


def bench(*, quick: bool) -> Finding:
    seconds, at = (60, 30) if quick else (SECONDS, EDIT_AT)
    before, after = footage.cut_and_recut(Cache.here(), seconds, at, EDIT_LOOPS)
    edits = [_edited(before, after, target) for target in CHUNKS]
    return _finding(edits, seconds)


def _edited(before: Path, after: Path, target: int) -> Edit:
    with tempfile.TemporaryDirectory(prefix="bench-edit-") as folder:
        shop = Workshop(Path(folder))
        first, second = (
            shop.make(name, shop.upload(film), ladder_small(), target_chunk_seconds=target)
            for name, film in (("first", before), ("second", after))
        )
        return Edit(target, first, second)


def _finding(edits: list[Edit], seconds: int) -> Finding:
    rows = []
    for edit in edits:
        for words, title in (("whole title", edit.first), ("after the edit", edit.second)):
            kinds = title.cpu_by_kind()
            steps = (figure(kinds.get(k, 0.0)) for k in ("probe", "chunk", "audio", "images"))
            saved = figure(edit.saving) if title is edit.second else ""
            rows.append(
                (
                    f"{words}, chunks of {edit.target_seconds} s",
                    str(len(title.plan.tasks)),
                    *steps,
                    figure(kinds.get("publish", 0.0)),
                    figure(title.cpu_seconds),
                    saved,
                )
            )
    edited = EDIT_LOOPS * 5.28
    return Finding(
        name="edit",
        title="An edit",
        about=(
            f"A title of {seconds} s of 720p25 on `ladder-small`; then the same with {edited:.1f} s"
            " of picture and sound replaced in its middle, by stream copy, so that all other "
            "packets keep their bytes. The steps run as processes over a store in a folder; CPU is "
            "user and system time of all of them. The peer is our own whole encode."
        ),
        tables=(
            Table(
                "CPU seconds",
                (
                    "job",
                    "tasks",
                    "probe",
                    "chunks",
                    "audio",
                    "images",
                    "publish",
                    "all",
                    "times less",
                ),
                tuple(rows),
            ),
        ),
        verdicts=tuple(
            Verdict(
                f"CPU after the edit, chunks of {edit.target_seconds} s, at most 1/20",
                spread([1 / edit.saving]).median,
                1 / 20,
            )
            for edit in edits
        ),
        commands=(("Ours", "python -m bench edit"),),
    )
