"""The command's one door to Kubernetes: objects by place and name, failures as sentences."""

import contextlib
import json
from typing import Any

import aiohttp
from kubernetes.aio.client import ApiClient

from crds.v1alpha1.meta import Manifest

from .exits import Exit, Stop
from .kinds import Place, place_of

FIELD_MANAGER = "streamverse-cli"


class Kube:
    """One API server. Every method raises Stop when it does not answer or says no."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    @property
    def host(self) -> str:
        return str(self._api.configuration.host)

    async def get(self, place: Place, name: str, namespace: str | None = None) -> Manifest | None:
        """The object as it is now; None if there is none."""
        try:
            return await self._json("GET", place.path(namespace, name))
        except Stop as stop:
            if stop.code is Exit.NOT_FOUND:
                return None
            raise

    async def find(self, place: Place, name: str, namespace: str | None = None) -> Manifest:
        """The same, but an absent object ends the command with exit code 4."""
        found = await self.get(place, name, namespace)
        if found is None:
            where = f" in namespace {namespace}" if place.namespaced else ""
            raise Stop(
                Exit.NOT_FOUND,
                f"there is no {place.kind.lower()}/{name}{where}",
                "`streamverse status` lists what there is; -n names the namespace",
            )
        return found

    async def all_of(
        self, place: Place, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """All of a namespace, or of the cluster; kind and apiVersion are put back into each."""
        query = [(k, v) for k, v in (("labelSelector", labels), ("fieldSelector", fields)) if v]
        found = await self._json("GET", place.path(namespace), query=query)
        return [
            {"apiVersion": place.api_version, "kind": place.kind, **item} for item in found["items"]
        ]

    async def apply(self, manifest: Manifest) -> Manifest:
        """Server-side apply, taking over fields that others hold. Returns the object as stored."""
        metadata = manifest["metadata"]
        return await self._json(
            "PATCH",
            place_of(manifest["kind"]).path(metadata.get("namespace"), metadata["name"]),
            query=[("fieldManager", FIELD_MANAGER), ("force", "true")],
            body=manifest,
            content_type="application/apply-patch+yaml",
        )

    async def delete(self, place: Place, name: str, namespace: str | None = None) -> bool:
        """Ask for it to go; False if it was not there."""
        try:
            await self._json(
                "DELETE",
                place.path(namespace, name),
                body={"propagationPolicy": "Background"},
            )
        except Stop as stop:
            if stop.code is Exit.NOT_FOUND:
                return False
            raise
        return True

    async def log(self, namespace: str, pod: str, container: str, *, previous: bool) -> str:
        """The last 2,000 lines of a container's log; empty if there is none."""
        query = [("container", container), ("tailLines", "2000"), ("timestamps", "true")]
        if previous:
            query.append(("previous", "true"))
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
        try:
            return (await self._request("GET", path, query=query)).decode(errors="replace")
        except Stop as stop:
            if stop.code is Exit.UNREACHABLE:
                raise
            return ""

    async def version(self) -> str:
        return str((await self._json("GET", "/version"))["gitVersion"])

    async def _json(
        self,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: Manifest | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        return _document(
            await self._request(method, path, query=query, body=body, content_type=content_type)
        )

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: Manifest | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        request = await self._api.param_serialize(
            method,
            path,
            query_params=query or [],
            header_params={"Accept": "application/json, */*", "Content-Type": content_type},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = await self._api.call_api(*request, _request_timeout=30)
            content: bytes = await response.response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as e:
            raise Stop(
                Exit.UNREACHABLE,
                f"the cluster at {self.host} does not answer: {e or type(e).__name__}",
                "`streamverse cluster status` says how the local one is; `cluster up` repairs it",
            ) from e
        if response.status >= 400:
            raise refusal(response.status, content)
        return content


def _document(content: bytes) -> dict[str, Any]:
    return dict(json.loads(content))


def refusal(status: int, content: bytes) -> Stop:
    """What the API server's `Status` answer means to a person."""
    message = content.decode(errors="replace").strip()
    with contextlib.suppress(ValueError, KeyError, TypeError):
        message = str(_document(content)["message"])
    if status == 404:
        return Stop(Exit.NOT_FOUND, message)
    if status in {401, 403}:
        return Stop(
            Exit.REFUSED, message, "your user needs the role streamverse-view (or -edit) for this"
        )
    if status >= 500 or status == 429:
        return Stop(Exit.UNREACHABLE, f"the cluster is not able to answer now: {message}")
    return Stop(Exit.REFUSED, message)
