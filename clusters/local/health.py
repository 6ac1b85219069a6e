"""How the local cluster is, part by part, as just observed."""

from collections.abc import Iterator

from clusters.kubectl import Kubectl
from clusters.provider import Part, ProviderName, Status

from . import storage
from .paths import ADMIN, KUBECONFIG, MADE
from .processes import Process
from .supervisor import SERVICES


def observe(kubectl: Kubectl) -> Status:
    """The services of this machine, the API server, and the pods of the cluster itself."""
    parts = [_service(name) for name in ("containerd", "kubelet")]
    made = MADE.exists() and ADMIN.exists()
    up = made and kubectl.ready()
    parts.append(Part("API server", up, "ready" if up else "does not answer"))
    if up:
        parts += _pods(kubectl)
    return Status(ProviderName.LOCAL, up, str(KUBECONFIG) if made else None, parts)


def _service(name: str) -> Part:
    process = Process.read(SERVICES / f"{name}.json")
    if process is None:
        return Part(name, well=False, says="does not run")
    counted = SERVICES / f"{name}.restarts"
    restarts = counted.read_text() if counted.exists() else "not counted"
    return Part(name, well=True, says=f"runs as process {process.pid}, restarts: {restarts}")


def _pods(kubectl: Kubectl) -> Iterator[Part]:
    for namespace in ("kube-system", storage.NAMESPACE):
        for pod in kubectl.get("pods", f"--namespace={namespace}")["items"]:
            conditions = pod["status"].get("conditions", [])
            ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
            yield Part(pod["metadata"]["name"], ready, pod["status"].get("phase", "Unknown"))
