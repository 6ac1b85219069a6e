"""Story: `cluster down` where another Kubernetes is, which nobody wanted to lose.

The other one is made of its traces alone, on a host of the story's own: namespaces of mounts,
processes and network, in which nothing of this machine can be reached.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.platform import ROOT

HOST = """\
set -eu
# Pods of this machine come and go: their mounts would be seen to vanish from this copy.
awk '$5 ~ "^/(run|var/lib)/" { print $5 }' /proc/self/mountinfo | sort -r | while read -r point; do
  umount --lazy "$point" || true
done
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /sys/fs/cgroup
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /var/log
mkdir -p /run/etc/upper /run/etc/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
test "$(stat --file-system --format %T /etc)" = overlayfs
rm -rf /etc/kubernetes
"""
STRANGER = """\
mkdir -p /etc/kubernetes/manifests /var/lib/kubelet/pods/a/volume /var/lib/cni/results
cat > /etc/kubernetes/admin.conf <<'end'
clusters: [{name: kubernetes, cluster: {server: 'https://192.0.2.7:6443'}}]
end
echo 'containerRuntimeEndpoint: unix:///run/containerd.sock' > /var/lib/kubelet/config.yaml
mount -t tmpfs tmpfs /var/lib/kubelet/pods/a/volume
echo film > /var/lib/kubelet/pods/a/volume/precious
echo '{"networkName": "podman", "containerId": "b", "result": {"interfaces":
  [{"sandbox": "/run/netns/cni-strangers"}]}}' > /var/lib/cni/results/podman-b-eth0
ip link add cni0 type bridge
ip netns add cni-strangers
iptables-restore --noflush <<'end'
*nat
:KUBE-SERVICES - [0:0]
:CNI-4567 - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A POSTROUTING -s 10.88.0.5 -m comment --comment "name: \\"podman\\" id: \\"b\\"" -j CNI-4567
COMMIT
end
cp /bin/sleep /run/kubelet
/run/kubelet 600 &
"""
OURS_TOO = """\
mkdir -p /run/streamverse /var/lib/streamverse/etcd
echo '{"networkName": "streamverse", "containerId": "c", "result": {"interfaces":
  [{"sandbox": "/run/netns/cni-ours"}]}}' > /var/lib/cni/results/streamverse-c-eth0
ip netns add cni-ours
iptables-restore --noflush <<'end'
*filter
:CNI-STREAMVERSE - [0:0]
-A FORWARD -j CNI-STREAMVERSE
COMMIT
*nat
:CNI-0123 - [0:0]
-A POSTROUTING -s 10.244.0.5 -m comment --comment "name: \\"streamverse\\" id: \\"c\\"" -j CNI-0123
COMMIT
end
"""
LOOK = '"$PYTHON" -m tests.e2e.footprint > "$SEEN/{name}"\n'
DOWN = (
    '"$PYTHON" -m cli.main cluster down > "$SEEN/said" 2>&1 || echo "and failed" >> "$SEEN/said"\n'
)


@dataclass(frozen=True)
class Seen:
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    said: str


def down_beside_a_stranger(seen: Path, meanwhile: str) -> Seen:
    """The stranger's host before and after: between lie what was done `meanwhile`, and `down`."""
    story = [HOST, STRANGER, LOOK.format(name="before"), meanwhile, DOWN, LOOK.format(name="after")]
    namespaces = (
        "--mount",
        "--propagation=private",
        "--net",
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
    )
    subprocess.run(
        ["unshare", *namespaces, "bash", "-c", "".join(story)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHON": sys.executable,
            "SEEN": str(seen),
            "STREAMVERSE_CACHE": "/run/cache",
        },
        check=True,
        timeout=120,
    )
    before, after = (json.loads(seen.joinpath(name).read_text()) for name in ("before", "after"))
    return Seen(before, after, seen.joinpath("said").read_text())


def test_where_nothing_of_ours_is_nothing_is_touched(tmp_path: Path) -> None:
    seen = down_beside_a_stranger(tmp_path, meanwhile="")
    assert "nothing of ours runs here" in seen.said
    assert seen.after == seen.before


def test_the_story_has_a_stranger_in_it(tmp_path: Path) -> None:
    before = down_beside_a_stranger(tmp_path, meanwhile="").before
    assert "kubelet" in before["processes"]
    assert "cni-strangers" in before["namespaces"]
    assert "/var/lib/kubelet/pods/a/volume/precious" in before["files"]
    assert any("KUBE-SERVICES" in rule for rule in before["rules"])


@pytest.mark.parametrize("again", ["", DOWN])
def test_what_is_ours_goes_and_the_stranger_stays(tmp_path: Path, again: str) -> None:
    seen = down_beside_a_stranger(tmp_path, meanwhile=OURS_TOO + again)
    assert "and failed" not in seen.said
    assert seen.after == seen.before
