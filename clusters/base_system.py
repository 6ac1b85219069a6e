"""Debian's minimal system as one tar: the ground that images stand on."""

import hashlib
from pathlib import Path

from .cache import Cache, made_whole
from .machine import apt_proxy_options
from .shell import run

SUITE = "bookworm"
_OPTIONS = (
    "--variant=minbase",
    "--include=ca-certificates",
    "--format=tar",
    '--aptopt=Acquire::Languages "none"',
    # Manuals and translations are half of its files, and nobody reads them in an image.
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--customize-hook=rm -rf $1/var/lib/apt/lists/* $1/var/cache/apt/* $1/var/log/*",
    "--quiet",
)


def digest() -> str:
    return hashlib.sha256(repr((SUITE, _OPTIONS)).encode()).hexdigest()[:12]


def base_system(cache: Cache) -> Path:
    """The folder that holds base.tar: made once (about a minute), then kept."""
    folder = cache.images / f"debian-{digest()}"
    if not folder.exists():
        proxies = [f"--aptopt={line}" for line in apt_proxy_options()]
        with made_whole(folder) as scratch:
            run(["mmdebstrap", *_OPTIONS, *proxies, SUITE, scratch / "base.tar"])
    return folder
