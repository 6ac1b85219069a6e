"""Which hosts a cluster is started on, and the sentence for those it is not."""

from dataclasses import replace

import pytest

from clusters.local.host import Host, foreign_programs, listeners, memory, objection, routes

GOOD = Host(
    root=True,
    apt=True,
    free_bytes=40 * 10**9,
    memory_bytes=8 * 10**9,
    foreign=(),
    taken=(),
    routes=(("192.168.1.0/24", "eth0"),),
    started=False,
)


def test_a_roomy_debian_machine_is_good() -> None:
    assert objection(GOOD) is None


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (replace(GOOD, root=False), "only root can start a cluster here"),
        (replace(GOOD, apt=False), "this is not a Debian machine: apt-get is not here"),
        (
            replace(GOOD, foreign=("k3s (process 7)",)),
            "another Kubernetes runs on this machine: k3s (process 7)",
        ),
        (
            replace(GOOD, taken=("/etc/kubernetes", "the interface cni0")),
            "somebody else's, and needed by the cluster: /etc/kubernetes, the interface cni0",
        ),
        (
            replace(GOOD, routes=(("10.244.3.0/24", "flannel.1"),)),
            "the network 10.244.3.0/24 of flannel.1 overlaps 10.244.0.0/16, which the pods need",
        ),
        (
            replace(GOOD, free_bytes=9_400_000_000),
            (
                "there is too little disk: 9.4 GB are free where /var/lib/streamverse will be,"
                " 15 GB are needed"
            ),
        ),
        (
            replace(GOOD, memory_bytes=2_100_000_000),
            "there is too little memory: this machine has 2.1 GB, 4 GB are needed",
        ),
    ],
)
def test_a_host_that_will_not_do_is_told_why(host: Host, sentence: str) -> None:
    refusal = objection(host)
    assert refusal
    assert refusal.sentence == sentence


def test_a_cluster_that_is_here_has_its_disk_already() -> None:
    assert objection(replace(GOOD, started=True, free_bytes=0)) is None


def test_our_own_bridge_is_no_obstacle() -> None:
    assert objection(replace(GOOD, routes=(("10.244.0.0/16", "cni0"),))) is None


def test_memory_is_read_in_bytes() -> None:
    assert memory("MemTotal:       24683940 kB\nMemFree: 1 kB\n") == 24683940 * 1024


def test_routes_are_read_without_the_default_one() -> None:
    table = (
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "cni0\t0000F40A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    )
    assert routes(table) == [("10.244.0.0/16", "cni0")]


def test_a_kubelet_of_ours_is_told_from_a_strangers() -> None:
    ours = ["/var/cache/streamverse/bin/kubelet", "--hostname-override=streamverse"]
    assert foreign_programs({4: ours, 5: ["/usr/bin/kubelet", "--config=x"], 6: ["vim"]}) == [
        "kubelet (process 5)"
    ]


def test_only_listening_sockets_hold_a_port() -> None:
    head = "sl local_address rem_address st queues tr retrnsmt uid timeout inode\n"
    listening = "0: 0100007F:192B 00000000:0000 0A 0:0 00:0 0 0 0 811\n"
    connected = "1: 0100007F:192B 0100007F:9999 01 0:0 00:0 0 0 0 812\n"
    assert listeners([head + listening + connected], (6443,)) == {811: 6443}
