"""What kubeadm, containerd and the provisioner are told."""

import tomllib
from typing import Any

from clusters.local import containerd, kubeadm, storage

DOCUMENTS = {
    document["kind"]: document for document in kubeadm.documents(etcd_tag="e1", dns_tag="d1")
}


def test_nothing_listens_where_others_could_reach_it() -> None:
    init: Any = DOCUMENTS["InitConfiguration"]
    cluster: Any = DOCUMENTS["ClusterConfiguration"]
    assert init["localAPIEndpoint"]["advertiseAddress"] == "10.244.0.1"
    assert {"name": "bind-address", "value": "10.244.0.1"} in cluster["apiServer"]["extraArgs"]
    assert DOCUMENTS["KubeletConfiguration"]["address"] == "10.244.0.1"
    assert DOCUMENTS["KubeProxyConfiguration"]["nodePortAddresses"] == [
        "127.0.0.0/8",
        "10.244.0.1/32",
    ]


def test_images_come_from_here_alone() -> None:
    cluster: Any = DOCUMENTS["ClusterConfiguration"]
    assert DOCUMENTS["InitConfiguration"]["nodeRegistration"]["imagePullPolicy"] == "Never"
    assert cluster["imageRepository"] == "docker.io/streamverse"
    assert cluster["dns"]["imageTag"] == "d1"
    assert cluster["etcd"]["local"]["imageTag"] == "e1"
    assert DOCUMENTS["KubeletConfiguration"]["imageGCHighThresholdPercent"] == 100


def test_containerd_starts_pods_on_a_host_that_lowers_no_score() -> None:
    cri = tomllib.loads(containerd.configuration("streamverse/pause:1"))["plugins"][
        "io.containerd.grpc.v1.cri"
    ]
    assert cri["sandbox_image"] == "streamverse/pause:1"
    assert cri["restrict_oom_score_adj"] is True


def test_claims_without_a_class_get_a_volume_that_fs_group_owns() -> None:
    found = {m["kind"]: m for m in storage.manifests("provisioner:1")}
    annotations = found["StorageClass"]["metadata"]["annotations"]
    assert annotations["storageclass.kubernetes.io/is-default-class"] == "true"
    assert annotations["defaultVolumeType"] == "local"
