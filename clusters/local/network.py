"""The pods' network: one bridge on this machine, whose address is also the API server's."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from clusters.refusal import Refusal
from clusters.shell import PATH, run, succeeds

from .firewall import removal
from .paths import CNI_CONFIGURATION, STATE

BRIDGE = "cni0"
ALIAS = "streamverse"
"""Our mark on the bridge, whose name others use too."""
ADDRESS = "10.244.0.1"
PODS = "10.244.0.0/16"
SERVICES = "10.96.0.0/16"
NEEDED = {
    "net/ipv4/ip_forward": "1",
    # Without it answers between pods pass the bridge unseen, and Services' addresses break.
    "net/bridge/bridge-nf-call-iptables": "1",
}
RESTORED = (*NEEDED, "net/ipv4/conf/all/route_localnet")
"""kube-proxy sets the last one, for NodePorts on the loopback."""
FIREWALLS = ("iptables-nft", "iptables-legacy", "ip6tables-nft", "ip6tables-legacy")
"""The host and the pods may have chosen differently; a kernel without one has nothing in it."""
CHAIN = "CNI-STREAMVERSE"
_BEFORE = STATE / "sysctls.json"

CNI = {
    "cniVersion": "0.4.0",
    "name": "streamverse",
    "plugins": [
        {
            "type": "bridge",
            "bridge": BRIDGE,
            "isGateway": True,
            "ipMasq": True,
            # A pod may reach itself through its Service.
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": PODS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}


def resolver(etc: str, systemd: str | None) -> str:
    """The resolv.conf for pods, from the host's and systemd-resolved's upstream list. Pure.

    A server on the host's loopback cannot be reached from a pod, and CoreDNS would ask itself.
    """
    for text in (etc, systemd or ""):
        lines = [line for line in text.splitlines() if not _is_loopback(line)]
        if any(line.startswith("nameserver") for line in lines):
            return "\n".join(lines) + "\n"
    # Nobody listens there: a name outside the cluster fails at once instead of in a loop.
    return f"nameserver {ADDRESS}\n"


def _is_loopback(line: str) -> bool:
    words = line.split()
    return words[:1] == ["nameserver"] and words[1].startswith(("127.", "::1"))


def stands() -> bool:
    """True if the bridge is there and holds its address."""
    if not succeeds(["ip", "link", "show", BRIDGE]):
        return False
    shown = json.loads(run(["ip", "-json", "-4", "address", "show", BRIDGE]))
    return any(a.get("local") == ADDRESS for link in shown for a in link.get("addr_info", ()))


def bridge_alias() -> str | None:
    """What is written on the bridge, "" for nothing; None if there is no such interface."""
    if not succeeds(["ip", "link", "show", BRIDGE]):
        return None
    (link,) = json.loads(run(["ip", "-json", "link", "show", BRIDGE]))
    return str(link.get("ifalias", ""))


def write_resolver() -> None:
    """The resolv.conf that the kubelet gives to pods which ask for the host's."""
    systemd = Path("/run/systemd/resolve/resolv.conf")
    text = resolver(
        Path("/etc/resolv.conf").read_text(), systemd.read_text() if systemd.exists() else None
    )
    STATE.joinpath("resolv.conf").write_text(text)


def set_up() -> None:
    """Make the bridge and tell the container runtime of it. Changes nothing that is right."""
    if not succeeds(["ip", "link", "show", BRIDGE]):
        run(["ip", "link", "add", BRIDGE, "type", "bridge"])
    if not stands():
        run(["ip", "address", "add", f"{ADDRESS}/16", "dev", BRIDGE])
    if bridge_alias() != ALIAS:
        run(["ip", "link", "set", BRIDGE, "alias", ALIAS])
    run(["ip", "link", "set", BRIDGE, "up"])
    write_resolver()
    CNI_CONFIGURATION.mkdir(parents=True, exist_ok=True)
    CNI_CONFIGURATION.joinpath("10-streamverse.conflist").write_text(json.dumps(CNI, indent=2))
    _set_kernel()
    _let_through()


_NOBODYS = ["-d", SERVICES, "-m", "conntrack", "--ctstate", "NEW", "-j", "REJECT"]
"""Where kube-proxy leads nowhere, as for the moment in which a Service's first pod is made known.
Such a connection would leave this machine, and who answers there would be taken for the Service.
"""
ACCEPTANCE = f"""\
*filter
:{CHAIN} - [0:0]
-A {CHAIN} {" ".join(_NOBODYS)}
-A {CHAIN} -i {BRIDGE} -j ACCEPT
-A {CHAIN} -o {BRIDGE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
"""
"""Docker and most firewalls forward nothing that nobody asked for: pods ask for themselves."""


def _let_through() -> None:
    if not succeeds(["iptables", "--check", CHAIN, *_NOBODYS]):
        # What an earlier release wrote into the chain goes.
        run(["iptables-restore", "--noflush"], stdin=ACCEPTANCE)
    for jump in (["FORWARD", "-j", CHAIN], ["INPUT", "-i", BRIDGE, "-j", CHAIN]):
        if not succeeds(["iptables", "--check", *jump]):
            run(["iptables", "--insert", *jump])


def _set_kernel() -> None:
    for module in ("br_netfilter", "overlay"):
        # Where they are built in there is nothing to load, and it says no.
        subprocess.run(["modprobe", module], check=False, capture_output=True)
    absent = [name for name in NEEDED if not _sysctl(name).exists()]
    if absent:
        raise Refusal(f"this kernel has no {', '.join(absent)}, which Services need")
    if not _BEFORE.exists():
        _BEFORE.write_text(json.dumps({name: _sysctl(name).read_text() for name in RESTORED}))
    for name, value in NEEDED.items():
        _sysctl(name).write_text(value)


def take_down(*, bridge: bool, alone: bool) -> None:
    """Remove the firewall rules, and the bridge with the pods' interfaces if it is ours.

    `alone`: no other Kubernetes lives on the chains and the settings that all of them share.
    """
    for firewall in FIREWALLS:
        saved = subprocess.run(
            [f"{firewall}-save"], env={"PATH": PATH}, capture_output=True, text=True, check=False
        )
        script = removal(saved.stdout, kube=alone)
        if script:
            run([f"{firewall}-restore", "--noflush"], stdin=script)
    if bridge:
        for link in json.loads(run(["ip", "-json", "link", "show", "type", "veth"]) or "[]"):
            if link.get("master") == BRIDGE:
                subprocess.run(["ip", "link", "delete", link["ifname"]], check=False)
        run(["ip", "link", "delete", BRIDGE])
    if _BEFORE.exists():
        bridges = json.loads(run(["ip", "-json", "link", "show", "type", "bridge"]) or "[]")
        before = json.loads(_BEFORE.read_text())
        for name, value in restored(before, alone=alone and not any(bridges)).items():
            _sysctl(name).write_text(value)
        _BEFORE.unlink()


def restored(before: Mapping[str, str], *, alone: bool) -> Mapping[str, str]:
    """The settings to write back: none where somebody else's pods or containers need ours. Pure.

    Docker or podman, started after us, found this machine forwarding and rely on it.
    """
    return before if alone else {}


def _sysctl(name: str) -> Path:
    return Path("/proc/sys") / name
