"""Story: a cluster from nothing, that can be started again whatever happened to it."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from clusters.cache import Cache
from clusters.kubectl import Kubectl
from clusters.local import network, storage
from tests.e2e import node
from tests.e2e.footprint import footprint, left_by_us
from tests.e2e.platform import ROOT

CLUSTER = (sys.executable, "-m", "cli.main", "cluster")
SETTLED = ("deployments", "daemonsets", "configmaps", "services", "storageclasses", "clusterroles")
NAMESPACE = "e2e-cluster"
NODE_PORT = 30999
ANSWER = "written by a pod that may nothing else"
CLOSED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
NOBODY = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "fsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SERVER = """\
import functools, http.server, pathlib, socket, sys
socket.getaddrinfo("kubernetes.default.svc.cluster.local", 443)
pathlib.Path("/volume/answer").write_text(sys.argv[1])
serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory="/volume")
http.server.ThreadingHTTPServer(("", 8080), serve).serve_forever()
"""
pytestmark = pytest.mark.usefixtures("kubeconfig")


@pytest.fixture
def kubectl(kubeconfig: str) -> Kubectl:
    return Kubectl(Cache.here(), Path(kubeconfig))


def up() -> float:
    """Seconds that `cluster up` took."""
    began = time.monotonic()
    subprocess.run([*CLUSTER, "up"], cwd=ROOT, check=True)
    return time.monotonic() - began


def state(kubectl: Kubectl) -> dict[str, str]:
    """The version of every object that `up` makes, and the containers that run for it."""
    objects = {
        f"{kind}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
        for kind in SETTLED
        for namespace in ("kube-system", storage.NAMESPACE)
        for item in kubectl.get(kind, f"--namespace={namespace}")["items"]
    }
    containers = {
        f"pod/{pod['metadata']['name']}": pod["status"]["containerStatuses"][0]["containerID"]
        for pod in kubectl.get("pods", "--namespace=kube-system")["items"]
    }
    return objects | containers


def test_a_second_up_takes_no_time_and_changes_nothing(kubectl: Kubectl) -> None:
    before = state(kubectl)
    assert up() < 10
    assert state(kubectl) == before


@pytest.fixture
def place(kubectl: Kubectl, kubeconfig: str) -> Iterator[str]:
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = {"name": NAMESPACE, "labels": level}
    program = Cache.here().programs / "kubectl"
    gone = ("delete", "namespace", NAMESPACE, "--wait", "--ignore-not-found")
    argv = [str(program), f"--kubeconfig={kubeconfig}", *gone]
    subprocess.run(argv, check=True)  # of a run that was cut off
    kubectl.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])
    yield NAMESPACE
    subprocess.run(argv, check=True)


def image() -> str:
    printed = subprocess.run(
        [*CLUSTER, "images", "-o", "json"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return str(json.loads(printed.stdout)["images"]["origin"])


def manifests(namespace: str) -> list[dict[str, Any]]:
    """A claim, a pod that writes to it and serves it, and a port of the node that leads there."""
    metadata = {"name": "web", "namespace": namespace, "labels": {"app": "web"}}
    container = {
        "name": "web",
        "image": image(),
        "imagePullPolicy": "Never",
        "command": ["python3", "-c", SERVER, ANSWER],
        "securityContext": CLOSED,
        "volumeMounts": [{"name": "volume", "mountPath": "/volume"}],
    }
    volume = {"name": "volume", "persistentVolumeClaim": {"claimName": "web"}}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    port = {"port": 80, "targetPort": 8080, "nodePort": NODE_PORT}
    pod = {
        "securityContext": NOBODY,
        "containers": [container],
        "volumes": [volume],
        "terminationGracePeriodSeconds": 0,
    }
    service = {"type": "NodePort", "selector": {"app": "web"}, "ports": [port]}
    kinds = (("PersistentVolumeClaim", claim), ("Pod", pod), ("Service", service))
    return [
        {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}
        for kind, spec in kinds
    ]


def test_a_restricted_pod_has_a_volume_names_and_a_port(kubectl: Kubectl, place: str) -> None:
    kubectl.apply(manifests(place))
    kubectl.wait(place, "pod/web", 60)
    limit = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{NODE_PORT}/answer", timeout=5) as said:
                assert said.read().decode() == ANSWER
                return
        except OSError:
            assert time.monotonic() < limit, "the port does not answer"


CONNECT = """\
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9000), timeout=5)
except ConnectionRefusedError:
    print("refused")
"""


def test_an_address_that_is_no_services_leads_nowhere(kubectl: Kubectl) -> None:
    """kube-proxy leads a Service's there for a moment, too, when its first pod is made known."""
    taken = {s["spec"]["clusterIP"] for s in kubectl.get("services", "--all-namespaces")["items"]}
    hosts = (str(host) for host in IPv4Network(network.SERVICES).hosts())
    free = next(host for host in hosts if host not in taken)
    (dns, *_) = kubectl.get("pods", "--namespace=kube-system", "--selector=k8s-app=kube-dns")[
        "items"
    ]
    inside = ["nsenter", f"--target={node.of_pod(dns)[0]}", "--net"]
    said = subprocess.run(
        [*inside, sys.executable, "-c", CONNECT, free], capture_output=True, text=True, check=True
    )
    assert said.stdout == "refused\n"


def test_the_services_are_started_again_when_they_are_killed(kubectl: Kubectl) -> None:
    for program in ("kubelet", "containerd"):
        before = node.of_program(program, in_pod=False)
        node.kill(before)
        limit = time.monotonic() + 30
        while not (now := node.of_program(program, in_pod=False)) or set(now) & set(before):
            assert time.monotonic() < limit, f"{program} was not started again"
            time.sleep(0.2)
    kubectl.wait("kube-system", "node/streamverse", 60)
    up()
    # A kubelet that has just started calls no pod ready before it has asked it.
    limit = time.monotonic() + 60
    while subprocess.run([*CLUSTER, "status"], cwd=ROOT, check=False).returncode:
        assert time.monotonic() < limit, "the cluster did not get well again"


@pytest.mark.soak
def test_a_cluster_whose_every_process_was_killed_goes_on(kubectl: Kubectl) -> None:
    objects = {k: v for k, v in state(kubectl).items() if k.startswith("clusterroles/")}
    for program in ("kubelet", "containerd", "containerd-shim", "kube-apiserver", "etcd"):
        in_pod = program in {"kube-apiserver", "etcd"}
        node.kill(node.of_program(program, in_pod=in_pod))
    up()
    after = state(kubectl)
    assert {name: after[name] for name in objects} == objects


def down() -> dict[str, list[str]]:
    """What is to be seen on the host when the cluster is gone."""
    subprocess.run([*CLUSTER, "down"], cwd=ROOT, check=True)
    return footprint()


@pytest.mark.soak
def test_down_leaves_the_host_as_up_found_it() -> None:
    """The last of all stories: the cluster that it leaves behind is a new and empty one."""
    try:
        before = down()
        assert left_by_us(before) == []
        up()
        assert left_by_us(footprint()), "what is looked at shows no cluster"
        assert down() == before
    finally:
        up()
