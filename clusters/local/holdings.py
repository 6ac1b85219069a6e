"""What on this host is the cluster's own, and whether another Kubernetes is here beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import network, ownership
from .host import foreign_programs
from .ownership import Owner
from .paths import CONTAINERD, CONTAINERD_STATE, ETCD, KUBELET, KUBERNETES, LOGS, MADE, RUN, VOLUMES
from .processes import commands


@dataclass(frozen=True)
class Holdings:
    """Facts about this machine, as just observed."""

    whole: bool
    """True if a cluster was made here, and not removed."""
    kubernetes: Owner
    kubelet: Owner
    bridge: Owner
    others: Sequence[str]
    """Programs of another Kubernetes that run."""
    places: frozenset[Path]
    """Those of the folders that bear our name which are here."""

    @property
    def ran(self) -> bool:
        """Whether our cluster ran on this host and was not removed since."""
        known = (self.kubernetes, self.kubelet, self.bridge)
        return self.whole or Owner.OURS in known or bool(self.places & {RUN, ETCD})

    @property
    def alone(self) -> bool:
        """Whether what all Kubernetes share, the KUBE- chains and the kernel's settings, is ours.

        It is not while another one runs, nor where one keeps its files: it may be started again.
        """
        stranger = Owner.ANOTHER in (self.kubernetes, self.kubelet)
        return self.ran and not self.others and not stranger

    @property
    def taken(self) -> list[str]:
        """What the cluster needs and somebody else has, as words."""
        needed = {
            str(KUBERNETES): self.kubernetes,
            str(KUBELET): self.kubelet,
            f"the interface {network.BRIDGE}": self.bridge,
        }
        return [what for what, owner in needed.items() if owner is Owner.ANOTHER]

    def anything(self, *, but_volumes: bool) -> bool:
        """Whether there is anything for `down` to remove."""
        return self.ran or (VOLUMES in self.places and not but_volumes)

    def folders(self, *, keep_volumes: bool) -> list[Path]:
        """The folders that go with the cluster's state."""
        owned = ((KUBELET, self.kubelet), (KUBERNETES, self.kubernetes))
        ours = [folder for folder, owner in owned if owner is Owner.OURS]
        return [ETCD, *ours, LOGS / "pods", *(() if keep_volumes else (VOLUMES,))]

    def mounted(self) -> list[Path]:
        """The folders in which every mount is ours."""
        ours = [KUBELET] if self.kubelet is Owner.OURS else []
        return [*ours, CONTAINERD, CONTAINERD_STATE, RUN]


def observe() -> Holdings:
    """Look at this machine."""
    whole = MADE.exists()
    return Holdings(
        whole=whole,
        kubernetes=ownership.of_kubernetes(),
        kubelet=ownership.of_kubelet(),
        bridge=bridge_owner(network.bridge_alias(), whole=whole),
        others=foreign_programs(commands()),
        places=frozenset(place for place in (RUN, ETCD, VOLUMES) if place.exists()),
    )


def bridge_owner(alias: str | None, *, whole: bool) -> Owner:
    """Whose the bridge is, whose name is every CNI's favourite. Pure.

    `alias` is None where there is no bridge. The first clusters of ours gave it none.
    """
    if alias is None:
        return Owner.NOBODY
    return Owner.OURS if alias == network.ALIAS or (whole and not alias) else Owner.ANOTHER
