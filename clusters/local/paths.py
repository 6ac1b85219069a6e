"""Where the local cluster keeps things. All of it goes on `down`, but for containerd's images."""

from pathlib import Path

STATE = Path("/var/lib/streamverse")
RUN = Path("/run/streamverse")
LOGS = Path("/var/log/streamverse")

KUBECONFIG = STATE / "kubeconfig"
VOLUMES = STATE / "volumes"
ETCD = STATE / "etcd"
MADE = STATE / "made"
"""Written when a cluster is whole: what stands without it is the rest of an attempt."""

CONTAINERD = STATE / "containerd"
CONTAINERD_STATE = RUN / "containerd"
SOCKET = RUN / "containerd.sock"
CNI_CONFIGURATION = STATE / "cni"
CNI_STATE = Path("/var/lib/cni")

KUBERNETES = Path("/etc/kubernetes")
"""kubeadm's own place, which cannot be moved."""
KUBELET = Path("/var/lib/kubelet")
ADMIN = KUBERNETES / "admin.conf"
