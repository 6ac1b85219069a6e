"""What kubeadm is told, and the one time it is asked."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from clusters.programs import KUBERNETES as VERSION
from clusters.recipes import REGISTRY
from clusters.shell import run

from .network import ADDRESS, PODS, SERVICES
from .paths import ETCD, LOGS, SOCKET, STATE

NODE = "streamverse"
CLUSTER = "streamverse"
"""Its name in every kubeconfig."""
CONFIGURATION = STATE / "kubeadm.yaml"
CGROUP = "streamverse"
"""Every pod runs below it, so that what runs in pods of ours can be told from all else."""

Manifest = Mapping[str, Any]


def _arguments(**values: str) -> list[dict[str, str]]:
    return [{"name": k.replace("_", "-"), "value": v} for k, v in values.items()]


def documents(*, etcd_tag: str, dns_tag: str) -> list[Manifest]:
    """Kubeadm's configuration: one node that runs everything. Pure."""
    return [
        {
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "InitConfiguration",
            "localAPIEndpoint": {"advertiseAddress": ADDRESS, "bindPort": 6443},
            "nodeRegistration": {
                "name": NODE,
                "criSocket": f"unix://{SOCKET}",
                "taints": [],
                "imagePullPolicy": "Never",
                "kubeletExtraArgs": _arguments(node_ip=ADDRESS),
            },
            "skipPhases": ["preflight"],
        },
        {
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "ClusterConfiguration",
            "clusterName": CLUSTER,
            "kubernetesVersion": VERSION,
            "imageRepository": REGISTRY,
            "networking": {"podSubnet": PODS, "serviceSubnet": SERVICES},
            "dns": {"imageRepository": REGISTRY, "imageTag": dns_tag},
            "etcd": {
                "local": {
                    "imageRepository": REGISTRY,
                    "imageTag": etcd_tag,
                    "dataDir": str(ETCD),
                }
            },
            # Only this machine is served: nothing listens on the addresses that others see.
            "apiServer": {
                "extraArgs": _arguments(bind_address=ADDRESS, profiling="false"),
                "certSANs": ["localhost", "127.0.0.1"],
            },
            # One of each runs here: a lease could only be lost to a busy disk.
            "controllerManager": {"extraArgs": _arguments(leader_elect="false")},
            "scheduler": {"extraArgs": _arguments(leader_elect="false")},
        },
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": ADDRESS,
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{CGROUP}",
            "containerRuntimeEndpoint": f"unix://{SOCKET}",
            "failSwapOn": False,
            "failCgroupV1": False,
            "maxPods": 250,
            "podLogsDir": str(LOGS / "pods"),
            "resolvConf": str(STATE / "resolv.conf"),
            "serializeImagePulls": False,
            # No registry could bring back an image that was collected.
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "evictionHard": {"memory.available": "200Mi", "nodefs.available": "2%"},
            "shutdownGracePeriod": "0s",
        },
        {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "iptables",
            # NodePorts answer on this machine, not on the networks it is in.
            "nodePortAddresses": ["127.0.0.0/8", f"{ADDRESS}/32"],
            # The host's limits on connections are the host's.
            "conntrack": {"maxPerCore": 0, "min": 0},
        },
    ]


def write_configuration(documents: Iterable[Manifest]) -> None:
    CONFIGURATION.write_text(yaml.safe_dump_all(documents, sort_keys=False))


def kubelet_argv(kubelet: str) -> tuple[str, ...]:
    """The kubelet's command line; it lives on in a file that kubeadm writes."""
    return (
        kubelet,
        "--config=/var/lib/kubelet/config.yaml",
        "--kubeconfig=/etc/kubernetes/kubelet.conf",
        "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
        f"--hostname-override={NODE}",
        f"--node-ip={ADDRESS}",
    )


def init(kubeadm: str) -> None:
    """Make the control plane. Needs a containerd with the images, and a kubelet that waits."""
    run([kubeadm, "init", "--config", CONFIGURATION, "--ignore-preflight-errors=all"])
