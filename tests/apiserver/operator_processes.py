"""The operator as it runs in a cluster: processes of its own, with the rights of its own roles."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import yaml

from tests.apiserver.awaiting import eventually
from tests.apiserver.ports import free_port
from tests.apiserver.server import ApiServer, Json

ROOT = Path(__file__).parents[2]
SYSTEM = "streamverse-system"


@dataclass
class Operator:
    """One replica."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """As the kubelet does it."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()
        except (URLError, OSError):
            return 0, ""

    @property
    def leads(self) -> bool:
        """Says that it leads; one that does not answer does not say so."""
        return _samples(self.ask("/metrics")[1], "streamverse_leader") == {"": 1}

    @property
    def ready(self) -> bool:
        return self.ask("/readyz")[0] == 200

    def gauge(self, name: str) -> float:
        return sum(self.samples(name).values())

    def samples(self, name: str) -> Mapping[str, float]:
        """By label text; an answer is waited for, so that nothing found is nothing told."""
        return _samples(eventually(self._metrics, what=f"metrics, see {self.log}"), name)

    def _metrics(self) -> str:
        code, told = self.ask("/metrics")
        return told if code == 200 else ""


def _samples(metrics: str, name: str) -> Mapping[str, float]:
    found = {}
    for line in metrics.splitlines():
        if line.startswith((f"{name} ", f"{name}{{")):
            labels, _, value = line.removeprefix(name).rpartition(" ")
            found[labels] = float(value)
    return found


@dataclass
class Operators:
    """Replicas that share one Lease."""

    api: ApiServer
    home: Path
    kubeconfig: Path
    lease: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")
    replicas: list[Operator] = field(default_factory=list)

    def start(
        self, *, kubeconfig: Path | None = None, settings: Mapping[str, str] = MappingProxyType({})
    ) -> Operator:
        """A replica more; it need not be ready yet."""
        port = free_port()
        log = self.home / f"operator-{len(self.replicas)}.log"
        environment = {
            **os.environ,
            "KUBECONFIG": str(kubeconfig or self.kubeconfig),
            "POD_NAME": f"operator-{len(self.replicas)}",
            "POD_NAMESPACE": SYSTEM,
            "STREAMVERSE_MEDIA_IMAGE": "docker.io/streamverse/media:test",
            "STREAMVERSE_STORE_FOLDER": str(self.home / "store"),
            # Only the tests of tenants' keys bring a store that can make some.
            "STREAMVERSE_STORE_KEYS": "shared",
            "STREAMVERSE_LISTEN_PORT": str(port),
            "STREAMVERSE_LEASE_NAME": self.lease,
            "STREAMVERSE_AUDIT_SECONDS": "2",
            **settings,
        }
        argv = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "operators"]
        with log.open("wb") as out:
            process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=out, stderr=out)
        replica = Operator(process, port, log)
        self.replicas.append(replica)
        return replica

    def leading(
        self, *, kubeconfig: Path | None = None, settings: Mapping[str, str] = MappingProxyType({})
    ) -> Operator:
        """A replica more, once it leads."""
        replica = self.start(kubeconfig=kubeconfig, settings=settings)
        eventually(lambda: replica.leads, seconds=40, what=f"leading, see {replica.log}")
        return replica

    def end(self) -> None:
        for replica in self.replicas:
            if replica.process.poll() is None:
                replica.wake()
                replica.kill()


def operator_rights(api: ApiServer, home: Path) -> Path:
    """A kubeconfig of a service account that may do what operators/rbac.md says."""
    text = (ROOT / "operators" / "rbac.md").read_text()
    roles = list(yaml.safe_load_all(text.split("```yaml")[1].split("```")[0]))
    # Each test has a Lease of its own.
    for rule in roles[1]["rules"]:
        rule.pop("resourceNames", None)
    system = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM}}
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "streamverse-operator", "namespace": SYSTEM},
    }
    for manifest in (system, account, *roles, *(_binding(role) for role in roles)):
        said = api.apply(manifest)
        assert said.ok, said.message
    path = f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/streamverse-operator/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = api.call("POST", path, asked).body["status"]["token"]
    config = yaml.safe_load(api.kubeconfig.read_text())
    (home / "token").write_text(token)
    config["users"] = [{"name": "admin", "user": {"tokenFile": "token"}}]
    (home / "operator.kubeconfig").write_text(yaml.safe_dump(config))
    return home / "operator.kubeconfig"


def _binding(role: Json) -> dict[str, Any]:
    subject = {"kind": "ServiceAccount", "name": "streamverse-operator", "namespace": SYSTEM}
    reference = {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": role["kind"],
        "name": role["metadata"]["name"],
    }
    return {
        "apiVersion": role["apiVersion"],
        "kind": f"{role['kind']}Binding",
        "metadata": role["metadata"],
        "roleRef": reference,
        "subjects": [subject],
    }


@contextmanager
def operators(api: ApiServer, home: Path, kubeconfig: Path) -> Iterator[Operators]:
    store = home / "store"
    store.mkdir(exist_ok=True)
    (store / "STREAMVERSE_STORE_ENDPOINT").write_text("http://streamverse-store:9000")
    (store / "STREAMVERSE_STORE_SECRET_ACCESS_KEY").write_text("known to the tests only")
    found = Operators(api, home, kubeconfig)
    try:
        yield found
    finally:
        found.end()
