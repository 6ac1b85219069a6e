"""Firewall rules of the cluster, told from all others by their chains and comments. Pure."""

import re
from collections.abc import Iterable

NETWORK = "streamverse"
OURS = "CNI-STREAMVERSE"
_KUBERNETES = "KUBE-"
_PORTS = ("CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-MASQ", "CNI-HOSTPORT-SETMARK")
"""All CNI networks share them; the first leads to a chain for each container with ports."""
_CHAIN = re.compile(r"^:(\S+) ")
_JUMP = re.compile(r"(?:^| )-[jg] (\S+)")
_NAMED = f'name: \\"{NETWORK}\\"'
"""How the bridge and portmap plugins speak of our network, in the comment of each rule."""


def removal(saved: str, *, kube: bool) -> str:
    """The text for `iptables-restore --noflush` that removes our rules and chains, no others.

    `saved` is what `iptables-save` printed. Empty if nothing of ours is in it. A rule of a chain
    that is not ours goes when it leads to one of ours. `kube`: the chains that every Kubernetes
    calls KUBE-… are ours; nothing in them tells whose they are.
    """
    return "".join(_table(name, lines, kube=kube) for name, lines in _tables(saved))


def _tables(saved: str) -> list[tuple[str, list[str]]]:
    tables: list[tuple[str, list[str]]] = []
    for line in saved.splitlines():
        if line.startswith("*"):
            tables.append((line[1:], []))
        elif tables and line[:1] in {":", "-"}:
            tables[-1][1].append(line)
    return tables


def _table(name: str, lines: list[str], *, kube: bool) -> str:
    chains = [m[1] for line in lines if (m := _CHAIN.match(line))]
    rules = [line for line in lines if line.startswith("-A")]
    ours = _ours(chains, rules, kube=kube)
    hooks = [f"-D{r[2:]}" for r in rules if _target(r) in ours and _chain(r) not in ours]
    if not ours and not hooks:
        return ""
    # All are emptied before any is removed: chains refer to one another.
    emptied = [f"-F {chain}" for chain in chains if chain in ours]
    removed = [f"-X {chain}" for chain in chains if chain in ours]
    return "\n".join([f"*{name}", *hooks, *emptied, *removed, "COMMIT\n"])


def _ours(chains: Iterable[str], rules: Iterable[str], *, kube: bool) -> set[str]:
    named = {chain for r in rules if _NAMED in r for chain in (_chain(r), _target(r))}
    ours = {
        chain
        for chain in chains
        if chain == OURS
        or (kube and chain.startswith(_KUBERNETES))
        or (chain.startswith("CNI-") and chain in named and chain not in _PORTS)
    }
    others = {c for c in chains if c.startswith("CNI-") and c not in _PORTS} - ours
    if ours and not others:
        # No other network of CNI's is here, whose ports these chains could lead to.
        ours |= set(_PORTS) & set(chains)
    return ours


def _chain(rule: str) -> str:
    return rule.split()[1]


def _target(rule: str) -> str:
    found = _JUMP.search(rule)
    return found[1] if found else ""
