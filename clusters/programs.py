"""Programs built from Go modules, once for each set of pins, and found again by their hash."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .cache import ROOT, Cache, made_whole, point
from .compilers import compilers
from .shell import run

KUBERNETES = "v1.34.4"
MODULES = ROOT / "clusters" / "local" / "toolchain"
STRIP = "-s -w"
SPARE_BYTES = 12 * 10**9
_STAMP = "k8s.io/component-base/version"


@dataclass(frozen=True)
class ProgramSet:
    """Programs of one Go module of ours (its versions bind nobody else's)."""

    module: str
    packages: Mapping[str, str]
    """Program name → Go package."""
    ldflags: str = STRIP
    tags: str = ""
    sources: tuple[str, ...] = field(default=("go.mod", "go.sum"))

    def digest(self, compiler: str) -> str:
        """A name for exactly these bytes: the pins, the flags and the compiler."""
        seen = hashlib.sha256(repr((self, compiler)).encode())
        for source in self.sources:
            seen.update((MODULES / self.module / source).read_bytes())
        return seen.hexdigest()[:12]


def _kube(*names: str) -> dict[str, str]:
    return {name: f"k8s.io/kubernetes/cmd/{name}" for name in names}


CONTROL_PLANE = ProgramSet(
    "kubernetes",
    _kube(
        *("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"),
        *("kubelet", "kubeadm", "kubectl"),
    ),
    ldflags=(
        f"{STRIP} -X {_STAMP}.gitVersion={KUBERNETES} -X {_STAMP}.gitMajor=1"
        f" -X {_STAMP}.gitMinor=34 -X {_STAMP}.gitTreeState=clean"
        f" -X k8s.io/client-go/pkg/version.gitVersion={KUBERNETES}"
    ),
    tags="providerless",
)
ETCD = ProgramSet(
    "etcd",
    {"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3"},
)
COREDNS = ProgramSet("coredns", {"coredns": "."}, sources=("go.mod", "go.sum", "main.go"))
PROVISIONER = ProgramSet(
    "local-path-provisioner",
    {"local-path-provisioner": "github.com/rancher/local-path-provisioner"},
)
MINIO = ProgramSet("minio", {"minio": "github.com/minio/minio"})
HELM = ProgramSet("helm", {"helm": "helm.sh/helm/v3/cmd/helm"})
KUBECONFORM = ProgramSet(
    "kubeconform", {"kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform"}
)
KIND = ProgramSet("kind", {"kind": "sigs.k8s.io/kind"})
"""0.30 makes nodes of Kubernetes 1.34."""

CLUSTER_SETS = (CONTROL_PLANE, ETCD, COREDNS, PROVISIONER)
"""What the cluster itself runs."""
PLATFORM_SETS = (MINIO, HELM)
"""What is put on any cluster, and with what."""
CHECK_SETS = (KUBECONFORM,)
"""What only the tests use."""


def program(cache: Cache, name: str) -> Path:
    """The stable path of a program that was built: a link that follows the newest pins."""
    return cache.programs / name


def missing(cache: Cache, sets: tuple[ProgramSet, ...]) -> list[ProgramSet]:
    """The sets that are still to be built."""
    return [s for s in sets if not _folder(cache, s).exists()]


def build(cache: Cache, programs: ProgramSet) -> Path:
    """The folder with the programs of one set, built unless it is there."""
    folder = _folder(cache, programs)
    with _one_at_a_time(cache):
        if not folder.exists():
            _compile(cache, programs, folder)
            _spare_disk(cache)
        for name in programs.packages:
            point(cache.programs / name, Path(folder.name) / name)
    return folder


def _folder(cache: Cache, programs: ProgramSet) -> Path:
    compiler = compilers(cache).site_packages.name
    return cache.programs / f"{programs.module}-{programs.digest(compiler)}"


def _compile(cache: Cache, programs: ProgramSet, folder: Path) -> None:
    go = compilers(cache).go
    fixed = ["-trimpath", "-buildvcs=false", "-tags", programs.tags, "-ldflags", programs.ldflags]
    with made_whole(folder) as scratch:
        for name, package in programs.packages.items():
            run(
                [go, "build", *fixed, "-o", scratch / name, package],
                env=cache.go_environment(),
                cwd=MODULES / programs.module,
            )


def _spare_disk(cache: Cache) -> None:
    """Where disk is short, give up what only a second build would use: some 8 GB."""
    if shutil.disk_usage(cache.root).free < SPARE_BYTES:
        environment = cache.go_environment()
        run([compilers(cache).go, "clean", "-cache", "-modcache"], env=environment)


@contextmanager
def _one_at_a_time(cache: Cache) -> Iterator[None]:
    """Two builds at once would each compile everything."""
    cache.programs.mkdir(parents=True, exist_ok=True)
    with (cache.programs / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
