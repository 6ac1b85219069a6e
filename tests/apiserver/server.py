"""A real kube-apiserver on a real etcd, for as long as a test session: no nodes, no controllers."""

import json
import os
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.apiserver.ports import free_ports

CACHE = Path(os.environ.get("STREAMVERSE_CACHE", "/var/cache/streamverse"))
TOKEN = "admin-of-the-tests"
START_SECONDS = 60

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the API server said; `message` is what a person would read."""

    code: int
    body: Json

    @property
    def ok(self) -> bool:
        return self.code < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


@dataclass(frozen=True)
class ApiServer:
    """The door for tests: plain HTTP verbs, and a kubeconfig for whoever brings a client."""

    url: str
    certificate: Path
    kubeconfig: Path

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        content_type: str = "application/json",
        token: str = TOKEN,
        accept: str = "application/json",
        **query: str,
    ) -> Answer:
        """One request; a refusal is an Answer too."""
        request = Request(  # noqa: S310 - always https to 127.0.0.1
            f"{self.url}{path}?{urlencode(query)}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": content_type,
                "Accept": accept,
            },
        )
        trust = ssl.create_default_context(cafile=str(self.certificate))
        try:
            with urlopen(request, context=trust, timeout=30) as response:  # noqa: S310
                return Answer(response.status, _parsed(response.read()))
        except HTTPError as refused:
            return Answer(refused.code, _parsed(refused.read()))

    def get(self, path: str) -> Json:
        return self._must(self.call("GET", path), f"get {path}")

    def create(self, manifest: Mapping[str, Any], **query: str) -> Answer:
        return self.call("POST", collection(manifest), manifest, **query)

    def apply(self, manifest: Mapping[str, Any], *, manager: str = "tests", **query: str) -> Answer:
        """Server-side apply."""
        return self.call(
            "PATCH",
            address(manifest),
            manifest,
            content_type="application/apply-patch+yaml",
            fieldManager=manager,
            force="true",
            **query,
        )

    def merge(self, manifest: Mapping[str, Any], change: Mapping[str, Any]) -> Answer:
        """Change an object that exists, by JSON merge patch."""
        return self.call(
            "PATCH", address(manifest), change, content_type="application/merge-patch+json"
        )

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def install(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """Create CRDs and wait until they are served."""
        for definition in definitions:
            self._must(self.apply(definition), f"install {definition['metadata']['name']}")
        waiting = [address(definition) for definition in definitions]
        deadline = time.monotonic() + 20
        while waiting and time.monotonic() < deadline:
            waiting = [path for path in waiting if not _established(self.get(path))]
            time.sleep(0.05)
        assert not waiting, f"never established: {waiting}"

    @staticmethod
    def _must(answer: Answer, what: str) -> Json:
        assert answer.ok, f"{what}: {answer.message}"
        return answer.body


def collection(manifest: Mapping[str, Any]) -> str:
    """The path that objects of this kind live below."""
    version, kind = str(manifest["apiVersion"]), str(manifest["kind"]).lower()
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    plural = {"endpointss": "endpoints"}.get(plural, plural)
    namespace = manifest["metadata"].get("namespace")
    return f"{root}/namespaces/{namespace}/{plural}" if namespace else f"{root}/{plural}"


def address(manifest: Mapping[str, Any]) -> str:
    return f"{collection(manifest)}/{manifest['metadata']['name']}"


@contextmanager
def running(home: Path) -> Iterator[ApiServer]:
    """Both programs on free ports, ready; their logs stay in `home`."""
    etcd_port, peer_port, api_port = free_ports(3)
    key = home / "service-accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    (home / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
    certificate = home / "certificates" / "apiserver.crt"
    server = ApiServer(f"https://127.0.0.1:{api_port}", certificate, home / "kubeconfig")
    server.kubeconfig.write_text(_kubeconfig(server))
    etcd = [
        *(f"--data-dir={home / 'etcd'}", "--unsafe-no-fsync", "--log-level=warn"),
        f"--listen-client-urls=http://127.0.0.1:{etcd_port}",
        f"--advertise-client-urls=http://127.0.0.1:{etcd_port}",
        f"--listen-peer-urls=http://127.0.0.1:{peer_port}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer_port}",
        f"--initial-cluster=default=http://127.0.0.1:{peer_port}",
    ]
    apiserver = [
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        *("--bind-address=127.0.0.1", f"--secure-port={api_port}"),
        f"--cert-dir={certificate.parent}",
        f"--token-auth-file={home / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://tests.invalid",
        *(f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"),
        "--service-cluster-ip-range=10.0.0.0/24",
        "--endpoint-reconciler-type=none",
        # Nothing runs that would make service accounts.
        "--disable-admission-plugins=ServiceAccount",
    ]
    with _program("etcd", etcd, home), _program("kube-apiserver", apiserver, home) as process:
        _wait_until_ready(server, process, home)
        yield server


@contextmanager
def _program(name: str, arguments: list[str], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    # setpriv: they die with the tests, even if those are killed.
    argv = ["setpriv", "--pdeathsig", "KILL", str(binary(name)), *arguments]
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def binary(name: str) -> Path:
    """A program that the cluster's toolchain builds; a missing one fails with what to do."""
    path = CACHE / "bin" / name
    assert path.exists(), f"no {path}: build the cluster's programs first, with `make up`"
    return path


def _wait_until_ready(server: ApiServer, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.certificate.exists() and server.call("GET", "/readyz").ok:
                return
        except (URLError, OSError):
            pass
        time.sleep(0.1)
    logs = "\n".join(
        f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        for log in sorted(home.glob("*.log"))
    )
    raise AssertionError(f"the API server did not become ready; logs in {home}\n{logs}")


def _established(definition: Json) -> bool:
    found = definition.get("status", {}).get("conditions", [])
    return any(c["type"] == "Established" and c["status"] == "True" for c in found)


def _parsed(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {"message": body.decode(errors="replace")}
    return parsed if isinstance(parsed, dict) else {"value": parsed}


def _kubeconfig(server: ApiServer) -> str:
    cluster = {"server": server.url, "certificate-authority": str(server.certificate)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tests", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": TOKEN}}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "admin"}}],
        "current-context": "tests",
    }
    return json.dumps(config)
