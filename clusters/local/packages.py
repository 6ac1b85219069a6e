"""Debian packages that the cluster needs from the host, installed where they are absent."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from clusters.refusal import Refusal
from clusters.shell import ProgramFailed, run

PACKAGES = (
    *("containerd", "runc", "containernetworking-plugins"),
    *("conntrack", "ethtool", "iproute2", "iptables", "kmod", "mount", "socat", "util-linux"),
    *("buildah", "mmdebstrap", "skopeo"),
    # Makes the demo's longer film.
    "ffmpeg",
)
TEST_PACKAGES = ("chromium", "ffmpeg")
"""What the tests look at films with."""
_POLICY = Path("/usr/sbin/policy-rc.d")


def absent(names: Sequence[str], status: str) -> list[str]:
    """Those of the names that are not installed, from what dpkg-query printed. Pure.

    `status` has a line for each known package: its name, a space, and "ii " if it is installed.
    """
    there = {line.split()[0] for line in status.splitlines() if line.split()[1:2] == ["ii"]}
    return [name for name in names if name not in there]


def missing(names: Sequence[str] = PACKAGES) -> list[str]:
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev}\n", *names]
    # It ends with 1 when it has never heard of one of the names, and prints the others.
    asked = subprocess.run(query, capture_output=True, text=True, check=False)
    return absent(names, asked.stdout)


def install(names: Sequence[str]) -> None:
    """Install packages, without starting what they bring. Versions that are there stay."""
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    with _nothing_starts():
        with contextlib.suppress(ProgramFailed):
            # Another source of the machine may be away while Debian's answers.
            run(["apt-get", *options, "update", "--quiet"], env=env)
        try:
            run(
                ["apt-get", *options, "install", "--yes", "--no-install-recommends", *names],
                env=env,
            )
        except ProgramFailed as failed:
            raise Refusal(
                f"a package cannot be had: {', '.join(names)}", str(failed.hint)
            ) from failed


@contextlib.contextmanager
def _nothing_starts() -> Iterator[None]:
    """Debian asks policy-rc.d before it starts a service; 101 says no."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    os.chmod(_POLICY, 0o755)  # noqa: PTH101, S103 - it is a program
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)
