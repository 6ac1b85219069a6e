"""How the API server is reached: by a kubeconfig or as a service account, for us and for kopf."""

from __future__ import annotations

import base64
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import yaml

if TYPE_CHECKING:
    from aiohttp.client_middlewares import ClientHandlerType

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_IDLE_SECONDS = 60
"""The API server closes what is idle for longer than that; a TLS handshake costs both sides."""
_REREAD_SECONDS = 60
"""The kubelet renews a token long before it expires."""


class UnsupportedKubeconfig(Exception):  # noqa: N818 - reads as what it is
    """The kubeconfig cannot be used by this process; the message says why."""


@dataclass(frozen=True)
class Connection:
    server: str
    tls: ssl.SSLContext | None
    token: str = ""
    token_file: Path | None = None

    def session(self) -> aiohttp.ClientSession:
        """A new session; its token is read again while it lives."""
        return aiohttp.ClientSession(
            base_url=self.server.rstrip("/") + "/",
            connector=aiohttp.TCPConnector(
                limit=0, ssl=self.tls or False, keepalive_timeout=_IDLE_SECONDS
            ),
            middlewares=(_Bearer(self),),
            headers={"User-Agent": "streamverse-operators", "Accept": "application/json"},
        )


class _Bearer:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token, self._read_at = connection.token, float("-inf")

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        file = self._connection.token_file
        if file is not None and time.monotonic() - self._read_at > _REREAD_SECONDS:
            self._token, self._read_at = file.read_text().strip(), time.monotonic()
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return await handler(request)


def connect(kubeconfig: str) -> Connection:
    """From this kubeconfig's current context; without one, as the pod's service account."""
    if kubeconfig:
        return _from_kubeconfig(Path(kubeconfig))
    return Connection(
        server="https://kubernetes.default.svc",
        tls=ssl.create_default_context(cafile=_ACCOUNT / "ca.crt"),
        token_file=_ACCOUNT / "token",
    )


def _from_kubeconfig(file: Path) -> Connection:
    config = yaml.safe_load(file.read_text())
    context = _named(config["contexts"], config["current-context"], "context")
    cluster = _named(config["clusters"], context["cluster"], "cluster")
    user = _named(config["users"], context["user"], "user")
    if "exec" in user or "auth-provider" in user:
        raise UnsupportedKubeconfig(f"{file}: log-in plugins are not run; use a token or a key")
    token_file = user.get("tokenFile")
    return Connection(
        server=cluster["server"],
        tls=_tls(cluster, user, file.parent) if cluster["server"].startswith("https") else None,
        token=user.get("token", ""),
        token_file=file.parent / token_file if token_file else None,
    )


def _named(entries: list[dict[str, Any]], name: str, what: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry[what] for entry in entries if entry["name"] == name)
    return found


def _tls(cluster: dict[str, Any], user: dict[str, Any], folder: Path) -> ssl.SSLContext:
    authority = cluster.get("certificate-authority-data")
    tls = ssl.create_default_context(
        cafile=str(folder / cluster["certificate-authority"])
        if "certificate-authority" in cluster
        else None,
        cadata=base64.b64decode(authority).decode() if authority else None,
    )
    if cluster.get("insecure-skip-tls-verify"):
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    if "client-certificate" in user:
        tls.load_cert_chain(folder / user["client-certificate"], folder / user["client-key"])
    elif "client-certificate-data" in user:
        _load_pair(tls, user["client-certificate-data"], user["client-key-data"])
    return tls


def _load_pair(tls: ssl.SSLContext, certificate: str, key: str) -> None:
    # ssl takes a client's key only from files.
    import tempfile  # noqa: PLC0415 - only for kubeconfigs with embedded keys

    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder) / "pair.pem"
        pair.touch(mode=0o600)
        pair.write_bytes(base64.b64decode(certificate) + b"\n" + base64.b64decode(key))
        tls.load_cert_chain(pair)
