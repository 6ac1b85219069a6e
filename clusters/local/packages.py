"""Debian packages that the cluster needs from the host, installed where they are absent."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from clusters.refusal import Refusal
from clusters.shell import PATH, ProgramFailed, run

CERTIFICATES = {"ca-certificates": "update-ca-certificates"}
"""Go trusts no module's server without them."""
BUILDERS = {
    "buildah": "buildah",
    "mmdebstrap": "mmdebstrap",
    "skopeo": "skopeo",
    **CERTIFICATES,
}
"""What makes images, for any cluster."""
PACKAGES = {
    "containerd": "/usr/bin/containerd",
    "runc": "runc",
    "containernetworking-plugins": "/usr/lib/cni/bridge",
    "conntrack": "conntrack",
    "ethtool": "ethtool",
    "iproute2": "ip",
    "iptables": "iptables",
    "kmod": "modprobe",
    "mount": "umount",
    "socat": "socat",
    **BUILDERS,
    # Makes the demo's longer film.
    "ffmpeg": "ffmpeg",
}
"""Package → what it is needed for; another may bring the same, as Docker's brings containerd."""
TEST_PACKAGES = {
    "chromium": "chromium",
    "ffmpeg": "ffmpeg",
    # Makes the keys of the tests' API server.
    "openssl": "openssl",
    # Publishes by SRT; ffmpeg brings the library.
    "srt-tools": "srt-live-transmit",
    **CERTIFICATES,
}
"""What the tests look at films with, and what they need beside it."""
_POLICY = Path("/usr/sbin/policy-rc.d")


def missing(needed: Mapping[str, str] = PACKAGES) -> list[str]:
    """The packages whose program is not on this machine."""
    return [package for package, brings in needed.items() if not shutil.which(brings, path=PATH)]


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
                # It may add, and must never take away what the machine's owner installed.
                [
                    *("apt-get", *options, "install", "--yes", "--no-remove"),
                    *("--no-install-recommends", *names),
                ],
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
