"""Builds the Go operator that ours is measured against; once for each version of its source."""

from __future__ import annotations

import hashlib
from pathlib import Path

from clusters.cache import Cache, made_whole
from clusters.compilers import compilers
from clusters.shell import run

SOURCE = Path(__file__).with_name("operator_peer")


def operator_peer(cache: Cache) -> Path:
    go = compilers(cache).go
    seen = hashlib.sha256(str(go).encode())
    for file in ("go.mod", "go.sum", "main.go"):
        seen.update((SOURCE / file).read_bytes())
    folder = cache.root / f"bench-operator-{seen.hexdigest()[:12]}"
    if not folder.exists():
        with made_whole(folder) as scratch:
            argv: list[str | Path] = [
                go,
                "build",
                "-trimpath",
                "-ldflags",
                "-s -w",
                "-o",
                scratch / "operator",
                ".",
            ]
            run(argv, cwd=SOURCE, env=cache.go_environment())
    return folder / "operator"
