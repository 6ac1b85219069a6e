"""The folder where everything built or downloaded is kept, outside any checkout."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEFAULT = "/var/cache/streamverse"
ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""


@dataclass(frozen=True)
class Cache:
    """Paths inside the cache. Safe to delete when no cluster is up: it is made again."""

    root: Path

    @classmethod
    def here(cls) -> "Cache":
        return cls(Path(os.environ.get("STREAMVERSE_CACHE", DEFAULT)))

    @property
    def compilers(self) -> Path:
        return self.root / "toolchain"

    @property
    def programs(self) -> Path:
        return self.root / "bin"

    @property
    def images(self) -> Path:
        return self.root / "images"

    def go_environment(self) -> dict[str, str]:
        """Modules and build results live here too; the machine's own GOPROXY and CA stay."""
        return {
            "GOPATH": str(self.root / "go"),
            "GOCACHE": str(self.root / "go-build"),
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
        }


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """A scratch folder that becomes `target` in one rename, or leaves no trace if it fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield scratch
        scratch.chmod(0o755)
        try:
            scratch.rename(target)
        except OSError:
            if not target.is_dir():  # Otherwise somebody else made the same meanwhile.
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def point(link: Path, target: Path) -> None:
    """Have a link lead to a target; whoever follows it meanwhile finds the old one or the new."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.rename(link)
