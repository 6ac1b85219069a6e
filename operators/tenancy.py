"""The store's Secret in every tenant's namespace that has work to do."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from operators.compare import contains
from operators.failures import NotFound
from operators.kinds import SECRET
from operators.transcodejob.pods import STORE_SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from operators.engine import Engine


async def ensure_store_secret(engine: Engine, namespace: str) -> None:
    """As it is mounted here, so there; looked at once while we lead, written where it differs."""
    wanted = secret(namespace, _mounted(engine.settings.store_folder))
    known = sha256(str(sorted(wanted["data"].items())).encode()).hexdigest()
    async with engine.projecting[namespace]:
        if engine.projected.get(namespace) == known:
            return
        try:
            found = await engine.cluster.get(SECRET, namespace, STORE_SECRET)
        except NotFound:
            found = {}
        if not contains(found, wanted):
            await engine.cluster.apply(SECRET, wanted)
        engine.projected[namespace] = known


def secret(namespace: str, content: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": SECRET.api_version,
        "kind": SECRET.name,
        "metadata": {
            "name": STORE_SECRET,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "streamverse"},
        },
        "type": "Opaque",
        "data": content,
    }


def _mounted(folder: Path) -> dict[str, str]:
    """A mounted Secret is links to files, beside hidden folders of the kubelet's."""
    return {
        file.name: base64.b64encode(file.read_bytes()).decode()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith(".")
    }
