"""The steps of a job as its pods run them, here as processes of this machine over a folder."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusters.cache import ROOT
from crds.work import Order
from media_runtime.encode.verify import verify_argv
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Plan

from .cost import Cost, cpu_of, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crds.v1alpha1.encodingprofile import EncodingProfileSpec

TENANT = "bench"
LAYOUT = Layout(TENANT)


@dataclass(frozen=True)
class Title:
    """A title that was made, and what each of its steps and tasks cost."""

    plan: Plan
    costs: Mapping[str, Cost] = field(default_factory=dict)

    @property
    def cpu_seconds(self) -> float:
        return cpu_of(self.costs.values())

    def cpu_by_kind(self) -> dict[str, float]:
        """probe, chunk, audio, publish."""
        found: dict[str, float] = {}
        for name, cost in self.costs.items():
            kind = name.partition("/")[0]
            found[kind] = found.get(kind, 0.0) + cost.cpu_seconds
        return found


@dataclass(frozen=True)
class Workshop:
    """A store in a folder, and steps that run over it."""

    folder: Path

    def upload(self, source: Path) -> str:
        """Its address."""
        key = LAYOUT.upload(source.name)
        (self.store / key).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, self.store / key)
        return f"s3://streamverse/{key}"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def make(
        self,
        name: str,
        uri: str,
        profile: EncodingProfileSpec,
        *,
        target_chunk_seconds: int = 30,
        at_once: int = 2,
    ) -> Title:
        """From order to published, `at_once` tasks of encoding side by side."""
        order = Order(
            tenant=TENANT,
            title=name,
            name=name,
            input_uri=uri,
            profile=profile,
            target_chunk_seconds=target_chunk_seconds,
        )
        costs = {"probe": self._step(order, "probe")}
        plan = Plan.model_validate_json((self.store / LAYOUT.plan(name)).read_text())
        with ThreadPoolExecutor(at_once) as pool:
            done = pool.map(
                lambda index: self._step(order, "encode", "--task-index", str(index)),
                range(len(plan.tasks)),
            )
            costs |= dict(zip(plan.tasks, done, strict=True))
        costs["publish"] = self._step(order, "publish")
        return Title(plan, costs)

    def rendition(self, title: Title, name: str) -> Path:
        """A whole rung in one file, as a player has it."""
        file = self.folder / f"{title.plan.title}-{name}.mp4"
        with file.open("wb") as whole:
            for chunk in title.plan.chunks:
                key = chunk.keys[name]
                entry = Entry.model_validate_json((self.store / LAYOUT.entry(key, 0)).read_text())
                if whole.tell() == 0:
                    whole.write((self.store / LAYOUT.init(entry.init)).read_bytes())
                whole.write((self.store / LAYOUT.media(key, entry.run)).read_bytes())
        return file

    def verification(self, title: Title) -> Cost:
        """What decoding every rung again cost: the same command over the same bytes, once more."""
        files = [self.rendition(title, rung.name) for rung in title.plan.rungs]
        log = self.folder / "verify.log"
        return run(verify_argv(files), log=log)

    def _step(self, order: Order, *words: str) -> Cost:
        mark = "-".join(words).replace("--", "")
        report, log = (self.folder / f"{order.title}-{mark}.{end}" for end in ("json", "log"))
        scratch = self.folder / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        return run(
            [sys.executable, "-m", "media_runtime", *words],
            log=log,
            cwd=ROOT,
            env={
                "STREAMVERSE_ORDER": order.model_dump_json(by_alias=True),
                "STREAMVERSE_STORE_ENDPOINT": f"file://{self.store}",
                "STREAMVERSE_REPORT": str(report),
                "TMPDIR": str(scratch),
            },
        )

    def dropped(self, title: str) -> list[str]:
        """Rungs that the probe left out."""
        report = json.loads((self.folder / f"{title}-probe.json").read_text())
        return [rung["name"] for rung in report.get("dropped", ())]
