"""Our own containerd: its configuration, and the images it holds. Any other is left alone."""

import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from clusters import oci
from clusters.refusal import Refusal
from clusters.shell import run

from .paths import CNI_CONFIGURATION, CONTAINERD, CONTAINERD_STATE, SOCKET

CONFIGURATION = CONTAINERD / "config.toml"
ROOT = CONTAINERD / "root"
NAMESPACE = "k8s.io"


def configuration(pause: str) -> str:
    """config.toml for containerd 1.6, with the image that holds a pod's namespaces. Pure."""
    return f"""\
version = 2
root = "{ROOT}"
state = "{CONTAINERD_STATE}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "{SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # Without CAP_SYS_RESOURCE no score may be lowered, and every sandbox would die at its start.
  restrict_oom_score_adj = true
  # Names are served on port 53 by a user who is not root.
  enable_unprivileged_ports = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{CNI_CONFIGURATION}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        # The kubelet is told the same: there is no systemd to ask.
        SystemdCgroup = false
"""


def argv() -> tuple[str, ...]:
    return ("/usr/bin/containerd", "--config", str(CONFIGURATION), "--log-level", "warn")


def ctr(*words: str) -> list[str]:
    return ["ctr", "--address", str(SOCKET), "--namespace", NAMESPACE, *words]


def answers() -> bool:
    """True if it is up and speaks."""
    asked = subprocess.run(
        ctr("--connect-timeout", "1s", "version"), capture_output=True, check=False
    )
    return asked.returncode == 0


def loaded() -> set[str]:
    """The references of the images it holds."""
    return set(run(ctr("images", "list", "--quiet")).split())


def load(layout: Path, names: Collection[str], aliases: Mapping[str, str]) -> None:
    """Bring in images of an OCI layout by reference; blobs that are there are not sent again."""
    known = set(run(ctr("content", "list", "--quiet")).split())
    importing = subprocess.Popen(
        ctr("images", "import", "--no-unpack=false", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert importing.stdin is not None  # noqa: S101 - PIPE was asked for
    try:
        with importing.stdin as stream:
            oci.write_archive(layout, names, aliases, stream, known=known.__contains__)
    except BrokenPipeError:
        pass  # Its own words, read below, say why it stopped.
    said = importing.stdout.read().decode(errors="replace") if importing.stdout else ""
    if importing.wait():
        raise Refusal("containerd did not take the images", said.strip()[-500:])


def forget_images(names: Collection[str]) -> None:
    """Drop images, with the layers that no other one has."""
    gone = with_digests(run(ctr("images", "list")), names)
    if gone:
        run(ctr("images", "remove", "--sync", *gone))


def with_digests(listing: str, names: Collection[str]) -> list[str]:
    """Those of the images that are in `ctr images list`, and their names by digest. Pure.

    The CRI plugin names each image a second time, by its digest: that name alone would keep it.
    """
    digests = {words[0]: words[2] for line in listing.splitlines()[1:] if (words := line.split())}
    tags = {name for name in digests if not name.startswith("sha256:") and "@" not in name}
    kept = {digests[name] for name in tags - set(names)}
    gone = {digests[name] for name in tags & set(names)} - kept
    return sorted(
        name
        for name, digest in digests.items()
        if name in names or (name not in tags and digest in gone)
    )


def forget_containers() -> bool:
    """Drop the records of containers whose processes are gone with an earlier cluster.

    True if there were any: it must then be started anew, for its CRI remembers them.
    """
    names = run(ctr("containers", "list", "--quiet")).split()
    if names:
        run(ctr("containers", "delete", *names))
    return bool(names)
