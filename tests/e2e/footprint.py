"""What a cluster leaves on a host, as lines that can be compared: printed as JSON when run."""

import json
import re
import subprocess
from pathlib import Path
from tempfile import gettempdir

from clusters.local.network import FIREWALLS
from clusters.local.processes import commands
from clusters.shell import PATH

PROGRAMS = ("kube", "containerd", "etcd", "coredns", "local-path-prov", "pause", "catatonit")
FOLDERS = ("/etc/kubernetes", "/var/lib/kubelet", "/var/lib/cni", "/run/streamverse")
OURS = re.compile(
    r'/(?:run|lib)/streamverse|STREAMVERSE|"streamverse|cni0|KUBE-|kubelet|kube-|/etc/kubernetes'
)
_RULE = re.compile(r"^(?:-A |:\S+ - )")


def footprint() -> dict[str, list[str]]:
    """Processes, mounts, links, network namespaces, rules of the firewall, and files."""
    links = json.loads(_said("ip", "-json", "link", "show"))
    namespaces = Path("/run/netns")
    return {
        "processes": _processes(),
        "mounts": sorted(
            line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()
        ),
        "links": sorted(link["ifname"] for link in links),
        "namespaces": sorted(p.name for p in namespaces.iterdir()) if namespaces.exists() else [],
        "rules": [rule for firewall in FIREWALLS for rule in _rules(firewall)],
        "files": sorted(str(path) for folder in FOLDERS for path in Path(folder).rglob("*")),
    }


def left_by_us(seen: dict[str, list[str]]) -> list[str]:
    """Those lines that only a cluster of ours can have put there, on a host without another."""
    return [
        f"{kind}: {line}" for kind, lines in seen.items() for line in lines if OURS.search(line)
    ]


def _processes() -> list[str]:
    # Tests of other things run an API server and an etcd of their own, in such a folder.
    found = [w for w in commands().values() if not any(gettempdir() in word for word in w)]
    running = [words[0].rpartition("/")[2] for words in found]
    supervised = ["supervisor" for w in found if "clusters.local.supervisor" in w]
    return sorted([name for name in running if name.startswith(PROGRAMS)] + supervised)


def _rules(firewall: str) -> list[str]:
    """Rules, and the chains that somebody made, each after its table; without their counters."""
    table, found = "", []
    for line in _said(f"{firewall}-save").splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif _RULE.match(line):
            found.append(f"{firewall} {table} {line.partition(' [')[0]}")
    return found


def _said(*argv: str) -> str:
    done = subprocess.run(
        argv, env={"PATH": PATH}, capture_output=True, text=True, check=False, errors="replace"
    )
    return done.stdout


if __name__ == "__main__":
    print(json.dumps(footprint()))  # noqa: T201 - whoever runs it reads it
