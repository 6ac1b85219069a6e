"""The local cluster, from nothing to well, each step doing only what is still to be done."""

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clusters import generations
from clusters.cache import Cache
from clusters.compilers import compilers, present
from clusters.image_builds import Builder, Built
from clusters.kubectl import Kubectl
from clusters.programs import CLUSTER_SETS, KUBERNETES, build, missing, program
from clusters.progress import Progress
from clusters.provider import Status
from clusters.recipes import CLUSTER_IMAGES, PLATFORM_IMAGES
from clusters.refusal import Refusal

from . import (
    containerd,
    health,
    holdings,
    host,
    kubeadm,
    network,
    packages,
    remains,
    services,
    storage,
)
from .paths import (
    ADMIN,
    ETCD,
    KUBECONFIG,
    MADE,
    STATE,
)

CONTAINERD_SECONDS = 60
API_SECONDS = 150
RUNNING = ("pods,deployments,statefulsets,daemonsets,jobs,cronjobs", "--all-namespaces")
"""What starts pods, or is one. ReplicaSets of the past do not."""


class LocalProvider:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._kubectl = Kubectl(cache, ADMIN)

    def kubeconfig(self) -> Path:
        return KUBECONFIG

    def up(self, progress: Progress) -> None:
        found = holdings.observe()
        refused = host.objection(host.observe(started=found.whole, taken=found.taken))
        if refused:
            raise refused
        _refuse_another_version()
        with _one_at_a_time():
            self._prepare(progress)
            builder = Builder(self._cache)
            images = builder.wanted(CLUSTER_IMAGES)
            self._repair(progress)
            self._start(progress, builder, images)
            try:
                self._settle(progress)
            except Refusal as refusal:
                progress.note(f"{refusal.sentence}: starting its pods anew")
                remains.end_services()
                remains.end_pods(holdings.observe())
                self._start(progress, builder, images)
                self._settle_or_say(progress)
            with progress.step("Provide volumes"):
                self._provide_volumes(images)
            _copy_private(ADMIN, KUBECONFIG)

    def _prepare(self, progress: Progress) -> None:
        lacking = packages.missing()
        if lacking:
            with progress.step(f"Install {len(lacking)} Debian packages"):
                packages.install(lacking)
        if not present(self._cache):
            with progress.step("Fetch Go and Node"):
                compilers(self._cache)
        for programs in missing(self._cache, CLUSTER_SETS):
            with progress.step(f"Build {', '.join(programs.packages)}"):
                build(self._cache, programs)
        for programs in CLUSTER_SETS:
            build(self._cache, programs)
        builder = Builder(self._cache)
        for name in builder.missing(CLUSTER_IMAGES):
            with progress.step(f"Make the image {name}"):
                builder.build(name)

    def _repair(self, progress: Progress) -> None:
        """End what half runs. A cluster that was whole keeps its state, and goes on from it."""
        found = holdings.observe()
        whole = found.whole and ADMIN.exists() and ETCD.joinpath("member").is_dir()
        supervised, connected = services.running(), network.stands()
        if (whole and supervised and connected) or not found.ran:
            return
        with progress.step("Repair what an earlier cluster left"):
            remains.end_services()
            if whole and connected:
                return  # Its pods run on; the kubelet sees to those that do not.
            remains.end_pods(found)
            if not whole:
                remains.forget_cluster(found, keep_volumes=False)
                remains.disconnect(found)

    def _start(self, progress: Progress, builder: Builder, images: Sequence[Built]) -> None:
        with progress.step("Start containerd and the kubelet"):
            services.start(
                program(self._cache, "kubelet").resolve(),
                {built.name: built.reference for built in images},
                anew=not MADE.exists(),
            )
        lacking = self.lacking(images)
        if lacking:
            with progress.step("Load the cluster's images"):
                self.load(builder.layout, lacking)
        if not MADE.exists():
            with progress.step(f"Start Kubernetes {KUBERNETES}"):
                kubeadm.init(str(program(self._cache, "kubeadm")))
                MADE.write_text(json.dumps({"kubernetes": KUBERNETES}))

    def _settle(self, progress: Progress) -> None:
        with progress.step("Wait for the node, its network and names"):
            services.until(
                self._kubectl.ready, API_SECONDS, "the API server does not answer", "kubelet"
            )
            self._kubectl.wait("kube-system", f"node/{kubeadm.NODE}", 120)
            self._kubectl.scale("kube-system", "deployment/coredns", 1)
            for target in ("daemonset/kube-proxy", "deployment/coredns"):
                self._kubectl.wait_rolled_out("kube-system", target, 180)
            for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
                pod = f"pod/{name}-{kubeadm.NODE}"
                self._kubectl.wait("kube-system", pod, 60, until="create")
                self._kubectl.wait("kube-system", pod, 120)

    def _settle_or_say(self, progress: Progress) -> None:
        try:
            self._settle(progress)
        except Refusal as refusal:
            anew = "streamverse cluster down, then up, makes a new one"
            raise Refusal(refusal.sentence, f"{refusal.hint}\n  {anew}") from refusal

    def _provide_volumes(self, images: Sequence[Built]) -> None:
        image = next(built.reference for built in images if built.name == "provisioner")
        self._kubectl.apply(storage.manifests(image))
        self._kubectl.wait_rolled_out(storage.NAMESPACE, f"deployment/{storage.NAME}", 120)

    def down(self, progress: Progress, *, keep_volumes: bool) -> None:
        if os.geteuid() != 0:
            raise Refusal("only root can stop the cluster", "run it as root, or with sudo")
        found = holdings.observe()
        if not found.anything(but_volumes=keep_volumes):
            progress.note("nothing of ours runs here")
            return
        with _one_at_a_time():
            with progress.step("Stop the kubelet and containerd"):
                remains.end_services()
            with progress.step("End the pods"):
                remains.end_pods(found)
            with progress.step("Remove the cluster's state, network and rules"):
                remains.forget_cluster(found, keep_volumes=keep_volumes)
                remains.sweep(found)
                Builder(self._cache).release()
        if found.ran and not found.alone:
            progress.note(
                "another Kubernetes is here: the KUBE- chains of the firewall are left to it"
            )

    def status(self) -> Status:
        if os.geteuid() != 0:
            raise Refusal("only root sees how the cluster is", "run it as root, or with sudo")
        return health.observe(self._kubectl)

    def lacking(self, images: Sequence[Built]) -> list[Built]:
        there = containerd.loaded()
        return [b for b in images if not {b.reference, b.alias or b.reference} <= there]

    def load(self, layout: Path, images: Collection[Built]) -> None:
        if images:
            aliases = {b.reference: b.alias for b in images if b.alias}
            containerd.load(layout, [b.reference for b in images], aliases)
        if any(built.name in PLATFORM_IMAGES for built in images):
            self._prune({built.reference for built in images})

    def _prune(self, loaded: Collection[str]) -> None:
        """Drop the platform's images that no pod of now or soon runs, but for the last few."""
        if not self._kubectl.ready():
            return  # Nobody can say what is in use.
        used = generations.mentioned(self._kubectl.get(*RUNNING)["items"])
        builder = Builder(self._cache)
        current = {built.reference for built in builder.wanted(PLATFORM_IMAGES)} | set(loaded)
        there = generations.by_age(containerd.loaded(), builder.built())
        containerd.forget_images(generations.superseded(there, current=current, used=used))
        builder.prune(used=current | used)


def _refuse_another_version() -> None:
    if MADE.exists():
        runs = json.loads(MADE.read_text())["kubernetes"]
        if runs != KUBERNETES:
            raise Refusal(
                f"the cluster here is Kubernetes {runs}, and this checkout wants {KUBERNETES}",
                "streamverse cluster down, then up, makes a new one",
            )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy_private(source: Path, target: Path) -> None:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        fresh = target.with_suffix(".new")
        fresh.touch(mode=0o600)
        shutil.copyfile(source, fresh)
        fresh.rename(target)
