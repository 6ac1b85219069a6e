"""Names that pods can ask for, and mounts that go with them."""

from pathlib import Path

from clusters.local.mounts import below
from clusters.local.network import resolver


def test_pods_ask_the_servers_that_the_host_asks() -> None:
    assert resolver("nameserver 192.0.2.53\nsearch lan\n", None) == (
        "nameserver 192.0.2.53\nsearch lan\n"
    )


def test_a_stub_on_the_loopback_is_replaced_by_the_servers_behind_it() -> None:
    stub = "nameserver 127.0.0.53\noptions edns0\n"
    assert resolver(stub, "nameserver 192.0.2.53\n") == "nameserver 192.0.2.53\n"


def test_without_any_server_names_outside_fail_at_once() -> None:
    assert resolver("", None) == "nameserver 10.244.0.1\n"
    assert resolver("nameserver ::1\n", None) == "nameserver 10.244.0.1\n"


MOUNTS = """\
22 1 254:0 / / rw - ext4 /dev/vda rw
90 22 0:40 / /var/lib/kubelet/pods/a/volumes/x rw - tmpfs tmpfs rw
91 22 0:41 / /var/lib/kubelet/pods/a/volumes/x rw - tmpfs tmpfs rw
92 90 0:42 / /var/lib/kubelet/pods/a/volumes/x/with\\040space rw - tmpfs tmpfs rw
93 22 0:43 / /var/lib/kubelet-of-another rw - tmpfs tmpfs rw
"""


def test_the_deepest_mount_goes_first_and_a_strangers_stays() -> None:
    assert below(MOUNTS, [Path("/var/lib/kubelet")]) == [
        "/var/lib/kubelet/pods/a/volumes/x/with space",
        "/var/lib/kubelet/pods/a/volumes/x",
        "/var/lib/kubelet/pods/a/volumes/x",
    ]
