"""Images built from the Dockerfiles in images/ by buildah, kept in one OCI layout."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import base_system, generations, machine, oci
from .cache import ROOT, Cache
from .compilers import compilers
from .programs import build as build_programs
from .recipes import RECIPES, REGISTRY, Inputs, reference, with_bases
from .refusal import Refusal
from .shell import run

RUN_ROOT = Path("/run/streamverse-images")


@dataclass(frozen=True)
class Built:
    """An image that stands in the OCI layout under its reference."""

    name: str
    reference: str
    alias: str | None


class Builder:
    """Builds what is missing. One at a time on a machine."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self.layout = cache.images / "layout"
        self._storage = cache.images / "storage"
        self._settings = cache.images / "settings"
        self._references: dict[str, str] = {}

    @cached_property
    def _inputs(self) -> Inputs:
        compiler = compilers(self._cache).site_packages.name
        return Inputs(ROOT, base_system.digest(), compiler)

    def wanted(self, names: Iterable[str]) -> list[Built]:
        """The references that these images have now, built or not."""
        return [
            Built(name, self._of(name), alias and f"{REGISTRY}/{name}:{alias}")
            for name in names
            for alias in (RECIPES[name].alias,)
        ]

    def missing(self, names: tuple[str, ...]) -> list[str]:
        """Those of the images that are not in the layout yet, bases before what stands on them."""
        there = references(self.layout)
        absent = tuple(built.name for built in self.wanted(names) if built.reference not in there)
        stored = self._stored() if absent else set()
        bases = [n for n in with_bases(absent) if n not in absent]
        return [n for n in with_bases(absent) if n not in bases or self._of(n) not in stored]

    def build(self, name: str) -> None:
        """Build one image, whose base is there, and put it into the layout."""
        with self._alone():
            if self._of(name) not in references(self.layout):
                self._bud(name)
                self._export(name)

    def _mounts(self) -> list[tuple[Path, Path]]:
        self._settings.mkdir(parents=True, exist_ok=True)
        return machine.build_mounts(os.environ, self._settings)

    def release(self) -> None:
        """Give back what buildah holds of the host between builds: a mount, and its run folder."""
        with self._alone():
            mounted = [self._storage / "overlay", RUN_ROOT]
            subprocess.run(["umount", "--quiet", *mounted], check=False, capture_output=True)
            shutil.rmtree(RUN_ROOT, ignore_errors=True)

    def built(self) -> list[str]:
        """The references of the images in the layout, the oldest first."""
        return list(oci.entries(self.layout)) if self.layout.joinpath("index.json").exists() else []

    def prune(self, *, used: Collection[str]) -> None:
        """Drop images of earlier checkouts from the layout, and from buildah's own storage."""
        current = {built.reference for built in self.wanted(RECIPES)}
        with self._alone():
            built = self.built()
            gone = generations.superseded(built, current=current, used=used)
            if gone:
                oci.forget(self.layout, gone)
            stored = generations.by_age(self._stored(), built)
            gone = generations.superseded(stored, current=current, used=used)
            if gone:
                # One that a build left half-used stays; the layers go with the last that has them.
                with contextlib.suppress(Refusal):
                    run([*self._buildah("rmi"), *gone])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One builder at a time on a machine."""
        self._cache.images.mkdir(parents=True, exist_ok=True)
        with (self._cache.images / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _of(self, name: str) -> str:
        # Asked once: somebody may be editing the checkout while it is built.
        if name not in self._references:
            self._references[name] = reference(name, self._inputs)
        return self._references[name]

    def _stored(self) -> set[str]:
        found = json.loads(run([*self._buildah("images"), "--json"]) or "null") or []
        return {name for image in found for name in image.get("names") or ()}

    def _buildah(self, verb: str) -> list[str]:
        return ["buildah", "--root", str(self._storage), "--runroot", str(RUN_ROOT), verb]

    def _bud(self, name: str) -> None:
        recipe = RECIPES[name]
        argv = [
            *(*self._buildah("bud"), "--quiet", "--layers", "--pull-never", "--network", "host"),
            *("--ignorefile", str(ROOT / "images" / ".dockerignore")),
            *("-f", str(ROOT / "images" / recipe.dockerfile / "Dockerfile")),
            *("-t", self._of(name)),
        ]
        arguments = dict(recipe.arguments)
        if recipe.base:
            arguments["BASE"] = self._of(recipe.base)
        if recipe.sources:
            arguments |= machine.build_settings(os.environ, machine.write_files(self._settings))
        for key, value in arguments.items():
            argv += ["--build-arg", f"{key}={value}"]
        for host, inside in self._mounts() if recipe.base else ():
            argv += ["-v", f"{host}:{inside}:ro"]
        if recipe.programs:
            folder = build_programs(self._cache, recipe.programs)
            argv += ["--build-context", f"{recipe.programs.module}={folder}"]
        if recipe.node:
            argv += ["--build-context", f"node={compilers(self._cache).node_home}"]
        context = base_system.base_system(self._cache) if name == "debian" else ROOT
        # Its own processes only: no service of the host is asked, and none is needed.
        run([*argv, str(context)], env={"BUILDAH_ISOLATION": "chroot"})

    def _export(self, name: str) -> None:
        stored = f"containers-storage:[overlay@{self._storage}+{RUN_ROOT}]{self._of(name)}"
        # Uncompressed: gzip would cost more than all the rest, and nothing travels far.
        run(
            [
                *("skopeo", "copy", "--quiet", "--dest-oci-accept-uncompressed-layers"),
                *(stored, f"oci:{self.layout}:{self._of(name)}"),
            ]
        )


def references(layout: Path) -> set[str]:
    """The images that an OCI layout names."""
    index = layout / "index.json"
    if not index.exists():
        return set()
    entries = json.loads(index.read_text())["manifests"]
    return {entry["annotations"]["org.opencontainers.image.ref.name"] for entry in entries}
