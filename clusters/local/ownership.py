"""Whose a folder of Kubernetes is: told by what is configured in it, else by our mark."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from .kubeadm import CLUSTER
from .network import ADDRESS
from .paths import KUBELET, KUBERNETES, SOCKET

MARK = ".streamverse"
_WORDS = "Made by `streamverse cluster up`; `streamverse cluster down` removes this folder.\n"


class Owner(Enum):
    """Whose a folder is. Nobody's: it is not there, or there is no file in it."""

    NOBODY = "nobody"
    OURS = "ours"
    ANOTHER = "another"


def of_kubernetes(folder: Path = KUBERNETES) -> Owner:
    """Whose /etc/kubernetes is."""
    return _owner(folder, ("admin.conf", "kubelet.conf"), names_our_cluster)


def of_kubelet(folder: Path = KUBELET) -> Owner:
    """Whose /var/lib/kubelet is."""
    return _owner(folder, ("config.yaml",), speaks_to_our_containerd)


def mark() -> None:
    """Say that both folders are ours. Only for a host on which they are nobody else's."""
    for folder in (KUBERNETES, KUBELET):
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.joinpath(MARK).exists():
            folder.joinpath(MARK).write_text(_WORDS)


def judge(*, configured: Collection[bool], marked: bool, files: bool) -> Owner:
    """Whose a folder is. Pure.

    `configured` tells of each configuration in it whether it is our cluster's: that counts more
    than the mark, for somebody may have made a cluster of his own where ours had been.
    """
    if configured:
        return Owner.OURS if all(configured) else Owner.ANOTHER
    if marked:
        return Owner.OURS
    return Owner.ANOTHER if files else Owner.NOBODY


def names_our_cluster(kubeconfig: str) -> bool | None:
    """True if it leads to our cluster, None if it leads nowhere. Pure."""
    clusters = _mapping(kubeconfig).get("clusters")
    ours = {"name": CLUSTER, "server": f"https://{ADDRESS}:6443"}
    return any(_place(c) == ours for c in clusters) if clusters else None


def speaks_to_our_containerd(configuration: str) -> bool | None:
    """True if it is our kubelet's, None if it says nothing. Pure."""
    settings = _mapping(configuration)
    return settings.get("containerRuntimeEndpoint") == f"unix://{SOCKET}" if settings else None


def _owner(folder: Path, names: Sequence[str], ours: Callable[[str], bool | None]) -> Owner:
    paths = [folder / name for name in names]
    said = [ours(path.read_text(errors="replace")) for path in paths if path.is_file()]
    return judge(
        configured=[answer for answer in said if answer is not None],
        marked=folder.joinpath(MARK).exists(),
        files=any(files for _, _, files in os.walk(folder)),
    )


def _place(cluster: Mapping[str, Any]) -> dict[str, str | None]:
    return {"name": cluster.get("name"), "server": cluster.get("cluster", {}).get("server")}


def _mapping(text: str) -> Mapping[str, Any]:
    """What the text says, or nothing where it was cut short."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}
