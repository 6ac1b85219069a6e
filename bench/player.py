"""The players that benches watch with: hls.js and Shaka, of the watch page's own lock file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.cache import ROOT, Cache
from clusters.compilers import compilers
from clusters.shell import run

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "media_runtime" / "origin" / "player"
PACKAGES = PAGE / "node_modules"


def fetched() -> Path:
    """The folder of npm's packages, filled if this checkout has none yet."""
    if not PACKAGES.is_dir():
        made = compilers(Cache.here())
        run([made.node, made.npm_cli, "ci", "--ignore-scripts", "--prefix", PAGE])
    return PACKAGES
