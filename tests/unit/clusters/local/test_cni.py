"""Which records and network namespaces are of our pods."""

from typing import Any

from clusters.local.cni import leftovers


def result(network: str, container: str, namespace: str) -> dict[str, Any]:
    interface = {"name": "eth0", "sandbox": f"/var/run/netns/{namespace}"}
    return {
        "networkName": network,
        "containerId": container,
        "result": {"interfaces": [{"name": "cni0"}, interface]},
    }


def bundle(path: str) -> dict[str, Any]:
    return {"linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": path}]}}


def test_a_pod_of_ours_is_known_by_its_network() -> None:
    found = leftovers({"streamverse-a-eth0": result("streamverse", "a", "cni-1")}, {})
    assert found.results == {"streamverse-a-eth0"}
    assert found.namespaces == {"cni-1"}


def test_containers_of_other_networks_stay() -> None:
    found = leftovers(
        {
            "podman-b-eth0": result("podman", "b", "cni-2"),
            "bridge-c-eth0": result("bridge", "c", "cni-3"),
            "streamverse-lab-d-eth0": result("streamverse-lab", "d", "cni-4"),
        },
        {},
    )
    assert not found.results
    assert not found.namespaces


def test_the_loopback_of_another_containerd_stays() -> None:
    found = leftovers(
        {
            "cni-loopback-a-lo": result("cni-loopback", "a", "cni-1"),
            "cni-loopback-b-lo": result("cni-loopback", "b", "cni-2"),
            "streamverse-a-eth0": result("streamverse", "a", "cni-1"),
        },
        {},
    )
    assert found.results == {"cni-loopback-a-lo", "streamverse-a-eth0"}
    assert found.namespaces == {"cni-1"}


def test_a_pod_without_a_record_is_known_from_our_containerd() -> None:
    loopback = {"cni-loopback-a-lo": result("cni-loopback", "a", "cni-1")}
    found = leftovers(loopback, {"a": bundle("/run/netns/cni-1")})
    assert found.results == {"cni-loopback-a-lo"}
    assert found.namespaces == {"cni-1"}


def test_a_namespace_that_has_no_name_is_none_to_remove() -> None:
    assert not leftovers({}, {"a": bundle("/proc/7/ns/net")}).namespaces


def test_a_record_without_a_result_names_no_namespace() -> None:
    record = {"networkName": "streamverse", "containerId": "a", "result": None}
    assert leftovers({"streamverse-a-eth0": record}, {}).results == {"streamverse-a-eth0"}
