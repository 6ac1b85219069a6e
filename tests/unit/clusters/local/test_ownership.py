"""What on a host is the cluster's, and what somebody else's."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from clusters.local.holdings import Holdings, bridge_owner
from clusters.local.network import restored
from clusters.local.ownership import MARK, Owner, of_kubelet, of_kubernetes
from clusters.local.paths import ETCD, KUBELET, KUBERNETES, RUN, VOLUMES
from clusters.local.remains import remove

STRANGER = Holdings(
    whole=False,
    kubernetes=Owner.ANOTHER,
    kubelet=Owner.ANOTHER,
    bridge=Owner.ANOTHER,
    others=("kubelet (process 7)",),
    places=frozenset(),
)
CLUSTER = Holdings(
    whole=True,
    kubernetes=Owner.OURS,
    kubelet=Owner.OURS,
    bridge=Owner.OURS,
    others=(),
    places=frozenset({RUN, ETCD, VOLUMES}),
)


def kubeconfig(name: str, server: str) -> str:
    clusters = [{"name": name, "cluster": {"server": server}}]
    return yaml.safe_dump({"kind": "Config", "clusters": clusters})


OURS = kubeconfig("streamverse", "https://10.244.0.1:6443")
ANOTHERS = kubeconfig("kubernetes", "https://192.0.2.7:6443")


def test_a_folder_that_is_not_there_is_nobodys(tmp_path: Path) -> None:
    assert of_kubernetes(tmp_path / "absent") is Owner.NOBODY


def test_an_empty_folder_is_nobodys(tmp_path: Path) -> None:
    tmp_path.joinpath("manifests").mkdir()
    assert of_kubernetes(tmp_path) is Owner.NOBODY


def test_a_marked_folder_is_ours_though_nothing_else_is_in_it_yet(tmp_path: Path) -> None:
    tmp_path.joinpath(MARK).write_text("")
    assert of_kubernetes(tmp_path) is Owner.OURS
    assert of_kubelet(tmp_path) is Owner.OURS


def test_a_folder_of_before_there_were_marks_is_ours_by_its_clusters_name(tmp_path: Path) -> None:
    tmp_path.joinpath("admin.conf").write_text(OURS)
    assert of_kubernetes(tmp_path) is Owner.OURS


@pytest.mark.parametrize(
    "text",
    [
        ANOTHERS,
        kubeconfig("streamverse", "https://192.0.2.7:6443"),
        kubeconfig("kubernetes", "https://10.244.0.1:6443"),
    ],
)
def test_a_cluster_made_where_ours_had_been_is_not_ours(tmp_path: Path, text: str) -> None:
    tmp_path.joinpath(MARK).write_text("")
    tmp_path.joinpath("admin.conf").write_text(text)
    assert of_kubernetes(tmp_path) is Owner.ANOTHER


@pytest.mark.parametrize("text", ["", "clusters: []", "clusters: [\n", "just words"])
def test_a_configuration_that_was_cut_short_says_nothing(tmp_path: Path, text: str) -> None:
    tmp_path.joinpath(MARK).write_text("")
    tmp_path.joinpath("admin.conf").write_text(text)
    assert of_kubernetes(tmp_path) is Owner.OURS


def test_files_without_a_mark_are_somebody_elses(tmp_path: Path) -> None:
    tmp_path.joinpath("manifests").mkdir()
    tmp_path.joinpath("manifests", "etcd.yaml").write_text("kind: Pod")
    assert of_kubernetes(tmp_path) is Owner.ANOTHER


def test_a_kubelet_is_told_by_the_containerd_it_speaks_to(tmp_path: Path) -> None:
    configuration = tmp_path / "config.yaml"
    configuration.write_text("containerRuntimeEndpoint: unix:///run/streamverse/containerd.sock")
    assert of_kubelet(tmp_path) is Owner.OURS
    configuration.write_text("containerRuntimeEndpoint: unix:///run/containerd/containerd.sock")
    assert of_kubelet(tmp_path) is Owner.ANOTHER


def test_where_only_a_stranger_is_there_is_nothing_to_take_down() -> None:
    assert not STRANGER.anything(but_volumes=False)
    assert not {KUBELET, KUBERNETES} & set(STRANGER.folders(keep_volumes=False))
    assert KUBELET not in STRANGER.mounted()


def test_a_stranger_has_what_the_cluster_needs() -> None:
    assert STRANGER.taken == ["/etc/kubernetes", "/var/lib/kubelet", "the interface cni0"]
    assert CLUSTER.taken == []


def test_our_cluster_goes_whole() -> None:
    assert CLUSTER.anything(but_volumes=True)
    assert {ETCD, KUBELET, KUBERNETES, VOLUMES} <= set(CLUSTER.folders(keep_volumes=False))
    assert KUBELET in CLUSTER.mounted()


def test_volumes_that_were_kept_are_all_that_is_left() -> None:
    nobody = Owner.NOBODY
    kept = Holdings(
        whole=False,
        kubernetes=nobody,
        kubelet=nobody,
        bridge=nobody,
        others=(),
        places=frozenset({VOLUMES}),
    )
    assert kept.anything(but_volumes=False)
    assert not kept.anything(but_volumes=True)
    assert not kept.alone, "whoever's chains these are, no cluster of ours ran"


@pytest.mark.parametrize(
    "beside",
    [
        replace(CLUSTER, others=("k3s (process 7)",)),
        replace(CLUSTER, kubernetes=Owner.ANOTHER),
        replace(CLUSTER, kubelet=Owner.ANOTHER),
    ],
)
def test_beside_another_kubernetes_what_all_share_is_left(beside: Holdings) -> None:
    assert CLUSTER.alone
    assert not beside.alone


def test_a_bridge_is_ours_by_its_alias() -> None:
    assert bridge_owner(None, whole=True) is Owner.NOBODY
    assert bridge_owner("streamverse", whole=False) is Owner.OURS
    assert bridge_owner("", whole=False) is Owner.ANOTHER
    assert bridge_owner("flannel", whole=True) is Owner.ANOTHER


def test_a_bridge_of_before_there_were_aliases_is_ours_while_the_cluster_is_whole() -> None:
    assert bridge_owner("", whole=True) is Owner.OURS


def test_settings_that_others_rely_on_are_left() -> None:
    before = {"net/ipv4/ip_forward": "0"}
    assert restored(before, alone=True) == before
    assert restored(before, alone=False) == {}


def test_a_folder_is_removed_with_its_mark(tmp_path: Path) -> None:
    folder = tmp_path / "kubernetes"
    folder.joinpath("pki").mkdir(parents=True)
    for name in (MARK, "admin.conf", "pki/ca.crt"):
        folder.joinpath(name).write_text("")
    remove(folder)
    assert not folder.exists()
