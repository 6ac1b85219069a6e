"""What goes into each image, and the tag that follows from it. Reads files, builds nothing."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .programs import CONTROL_PLANE, COREDNS, ETCD, KUBERNETES, MINIO, PROVISIONER, ProgramSet

REGISTRY = "docker.io/streamverse"
IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "dist", ".git"})


@dataclass(frozen=True)
class Recipe:
    """One Dockerfile in images/, with everything that it reads."""

    name: str
    dockerfile: str
    base: str | None = None
    """The image it stands on."""
    sources: tuple[str, ...] = ()
    """Files and folders of the checkout that it copies."""
    programs: ProgramSet | None = None
    """Programs it copies, from the build context of the module's name."""
    arguments: tuple[tuple[str, str], ...] = ()
    node: bool = False
    """True if it copies Node from the build context `node`."""
    alias: str | None = None
    """A second tag, where somebody else chooses the tag."""


def _control_plane(name: str) -> Recipe:
    return Recipe(
        name,
        "control-plane",
        programs=CONTROL_PLANE,
        arguments=(("PROGRAM", name),),
        alias=KUBERNETES,
    )


_MEDIA_CODE = ("requirements/media.txt", "crds", "media_runtime")
_CONTRIBUTION_CODE = (
    "requirements/contribution.txt",
    "crds",
    *("media_runtime/__init__.py", "media_runtime/__main__.py", "media_runtime/logs.py"),
    *("media_runtime/live/__init__.py", "media_runtime/live/line.py"),
    "media_runtime/contribution",
)

RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("debian", "debian"),
        Recipe("python", "python", base="debian"),
        _control_plane("kube-apiserver"),
        _control_plane("kube-controller-manager"),
        _control_plane("kube-scheduler"),
        Recipe("kube-proxy", "kube-proxy", base="debian", programs=CONTROL_PLANE, alias=KUBERNETES),
        Recipe("etcd", "etcd", programs=ETCD),
        Recipe("coredns", "coredns", programs=COREDNS),
        Recipe("pause", "pause", base="debian"),
        Recipe("provisioner", "provisioner", base="debian", programs=PROVISIONER),
        Recipe("store", "store", programs=MINIO),
        Recipe(
            "operator",
            "operator",
            base="python",
            sources=("requirements/operator.txt", "crds", "operators"),
        ),
        Recipe("media", "media", base="python", sources=_MEDIA_CODE),
        Recipe("origin", "origin", base="python", sources=_MEDIA_CODE, node=True),
        Recipe("contribution", "contribution", base="python", sources=_CONTRIBUTION_CODE),
    )
}

CLUSTER_IMAGES = (
    *("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"),
    *("etcd", "coredns", "pause", "provisioner"),
)
PLATFORM_IMAGES = ("operator", "media", "origin", "contribution", "store")


@dataclass(frozen=True)
class Inputs:
    """What tags depend on beside the checkout's files."""

    root: Path
    debian: str
    """The digest of the minimal system's recipe."""
    compiler: str


def tag(name: str, inputs: Inputs) -> str:
    """12 hex digits over everything that goes into the image: equal inputs, equal tag."""
    recipe = RECIPES[name]
    seen = hashlib.sha256(repr((recipe, inputs.debian)).encode())
    if recipe.base:
        seen.update(tag(recipe.base, inputs).encode())
    if recipe.programs:
        seen.update(recipe.programs.digest(inputs.compiler).encode())
    for source in (f"images/{recipe.dockerfile}/Dockerfile", *recipe.sources):
        for path in _files(inputs.root / source):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            seen.update(f"{path.relative_to(inputs.root)} {content}\n".encode())
    return seen.hexdigest()[:12]


def reference(name: str, inputs: Inputs) -> str:
    return f"{REGISTRY}/{name}:{tag(name, inputs)}"


def with_bases(names: tuple[str, ...]) -> list[str]:
    """The images named and those they stand on, each after its base."""
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        base = RECIPES[name].base
        if base:
            add(base)
        ordered[name] = None

    for name in names:
        add(name)
    return list(ordered)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for child in sorted(path.iterdir()) if path.is_dir() else ():
        if child.name not in IGNORED_FOLDERS and child.suffix != ".pyc":
            yield from _files(child)
