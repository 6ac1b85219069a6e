"""The only door to the API server: every request of ours passes here, and every refusal."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from operators.failures import Fenced, Transient, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crds.v1alpha1.meta import Manifest
    from operators.kinds import Kind

FIELD_MANAGER = "streamverse-operators"
_REQUEST_SECONDS = 10.0
_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


class Fence(Protocol):
    """Who may write now."""

    def seconds_left(self) -> float:
        """How long this process may still write; zero or less when it may not."""


@dataclass(frozen=True)
class Listing:
    resource_version: str
    items: Sequence[Manifest]


class Cluster:
    """Reads are free; a write starts and ends while the fence is open, and says what it was
    decided on, so that the API server refuses it (409) once that is no longer so.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        fence: Fence,
        *,
        count: Callable[[str, str], None] = lambda _verb, _kind: None,
    ) -> None:
        self._session, self._fence, self._count = session, fence, count

    async def get(self, kind: Kind, namespace: str | None, name: str) -> Manifest:
        """The object as it is now. Raises NotFound."""
        return await self._ask("GET", "get", kind, kind.path(namespace, name), name)

    async def listing(
        self,
        kind: Kind,
        namespace: str | None = None,
        *,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
    ) -> Listing:
        """Every object that matches, as of one moment."""
        wanted = {"labelSelector": labels, "fieldSelector": fields}
        found = await self._ask(
            "GET",
            "list",
            kind,
            kind.path(namespace),
            namespace or "everywhere",
            params={key: value for key, value in wanted.items() if value},
            accept=_METADATA_ONLY if metadata_only else "application/json",
        )
        return Listing(found["metadata"]["resourceVersion"], found["items"] or [])

    async def create(self, kind: Kind, manifest: Manifest) -> Manifest:
        """Make it. Raises Taken if there is one of that name."""
        path = kind.path(manifest["metadata"].get("namespace"))
        return await self._write(
            "POST", "create", kind, path, manifest, params={"fieldManager": FIELD_MANAGER}
        )

    async def apply(self, kind: Kind, manifest: Manifest) -> Manifest:
        """Server-side apply: what is named here becomes so, what we named before and not now goes.
        With metadata.resourceVersion, only if the object is still that one.
        """
        meta = manifest["metadata"]
        path = kind.path(meta.get("namespace"), meta["name"])
        return await self._apply("apply", kind, path, manifest)

    async def publish(self, kind: Kind, seen: Manifest, status: Mapping[str, Any]) -> Manifest:
        """Say this of the object, if it is still the one that was seen. Raises Conflict if not."""
        meta = seen["metadata"]
        named = {key: meta[key] for key in ("name", "namespace", "resourceVersion") if key in meta}
        said = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "metadata": named,
            "status": status,
        }
        path = kind.path(meta.get("namespace"), meta["name"], "status")
        return await self._apply("publish", kind, path, said)

    async def amend(self, kind: Kind, seen: Manifest, changes: Mapping[str, Any]) -> Manifest:
        """Merge these changes (RFC 7396) into the object, if it is still the one that was seen."""
        meta = seen["metadata"]
        pinned = {
            "uid": meta["uid"],
            "resourceVersion": meta["resourceVersion"],
            **changes.get("metadata", {}),
        }
        return await self._write(
            "PATCH",
            "amend",
            kind,
            kind.path(meta.get("namespace"), meta["name"]),
            {**changes, "metadata": pinned},
            params={"fieldManager": FIELD_MANAGER},
            content_type="application/merge-patch+json",
        )

    async def replace(self, kind: Kind, manifest: Manifest) -> Manifest:
        """The whole object, if it is still the one whose resourceVersion it carries."""
        meta = manifest["metadata"]
        path = kind.path(meta.get("namespace"), meta["name"])
        return await self._write(
            "PUT", "update", kind, path, manifest, params={"fieldManager": FIELD_MANAGER}
        )

    async def delete(self, kind: Kind, seen: Manifest) -> None:
        """Remove it and what it owns, if it is still the one that was seen."""
        meta = seen["metadata"]
        body = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
            "preconditions": {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]},
        }
        path = kind.path(meta.get("namespace"), meta["name"])
        await self._write("DELETE", "delete", kind, path, body)

    async def _apply(self, verb: str, kind: Kind, path: str, manifest: Manifest) -> Manifest:
        return await self._write(
            "PATCH",
            verb,
            kind,
            path,
            manifest,
            params={"fieldManager": FIELD_MANAGER, "force": "true"},
            content_type="application/apply-patch+yaml",
        )

    async def _write(
        self,
        method: str,
        verb: str,
        kind: Kind,
        path: str,
        body: Manifest,
        *,
        params: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Manifest:
        left = self._fence.seconds_left()
        name = path.rsplit("/namespaces/", maxsplit=1)[-1]
        if left <= 0:
            raise Fenced(f"{verb} {kind.name} {name}: this replica does not hold the Lease")
        self._count(verb, kind.name)
        return await self._ask(
            method,
            verb,
            kind,
            path,
            name,
            params=params,
            body=json.dumps(body, default=str).encode(),
            content_type=content_type,
            seconds=min(_REQUEST_SECONDS, left),
        )

    async def _ask(
        self,
        method: str,
        verb: str,
        kind: Kind,
        path: str,
        name: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        seconds: float = _REQUEST_SECONDS,
    ) -> Manifest:
        headers = {"Accept": accept, "Content-Type": content_type}
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    method, path.lstrip("/"), params=params, data=body, headers=headers
                ) as answer,
            ):
                found = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, json.JSONDecodeError) as e:
            why = str(e) or type(e).__name__
            raise Transient(verb, kind.name, name, why) from e
        if answer.status >= 400:
            raise refusal(
                verb, kind.name, name, answer.status, found if isinstance(found, dict) else {}
            )
        result: Manifest = found
        return result
