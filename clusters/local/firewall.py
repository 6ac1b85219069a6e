"""Firewall rules of the cluster, told from all others by the names of their chains. Pure."""

import re

OURS = re.compile(r"^(KUBE-|CNI-)")
_CHAIN = re.compile(r"^:(\S+) ")
_JUMP = re.compile(r"(?:^| )-[jg] (\S+)")


def removal(saved: str) -> str:
    """The text for `iptables-restore --noflush` that removes our rules and chains, no others.

    `saved` is what `iptables-save` printed. Empty if nothing of ours is in it. A rule of a chain
    that is not ours goes when it jumps to one of ours, or speaks of the pods' network by name.
    """
    return "".join(_table(name, lines) for name, lines in _tables(saved))


def _tables(saved: str) -> list[tuple[str, list[str]]]:
    tables: list[tuple[str, list[str]]] = []
    for line in saved.splitlines():
        if line.startswith("*"):
            tables.append((line[1:], []))
        elif tables and line[:1] in {":", "-"}:
            tables[-1][1].append(line)
    return tables


def _table(name: str, lines: list[str]) -> str:
    chains = [m[1] for line in lines if (m := _CHAIN.match(line)) and OURS.match(m[1])]
    rules = [f"-D{line[2:]}" for line in lines if line.startswith("-A") and _is_hook(line)]
    if not chains and not rules:
        return ""
    # All are emptied before any is removed: chains refer to one another.
    ours = [f"-F {chain}" for chain in chains] + [f"-X {chain}" for chain in chains]
    return "\n".join([f"*{name}", *rules, *ours, "COMMIT\n"])


def _is_hook(rule: str) -> bool:
    """A rule of somebody's chain that leads into ours."""
    if OURS.match(rule.split()[1]):
        return False
    target = _JUMP.search(rule)
    return bool(target and OURS.match(target[1]))
