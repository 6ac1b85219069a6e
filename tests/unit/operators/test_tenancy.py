"""What is said of a namespace that lacks a key which is not ours to make."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from operators.engine import Engine
from operators.failures import KeyMissing, NotFound, Permanent, Terminating
from operators.kinds import SECRET, Kind
from operators.settings import Settings, StoreKeys
from operators.tenancy import ensure_store_secret

if TYPE_CHECKING:
    from operators.cluster import Cluster


class PaperCluster:
    """Has one namespace, and no Secret in it."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    async def get(self, kind: Kind, _: str | None, name: str) -> dict[str, Any]:
        if kind is SECRET:
            raise NotFound("get", kind.name, name, "not found (404)")
        return {"metadata": self._namespace}


@pytest.mark.parametrize(
    ("namespace", "said"),
    [
        ({"name": "films"}, KeyMissing),
        # Its Secrets go before its jobs do, and a job waits for us to take our finalizer off.
        ({"name": "films", "deletionTimestamp": "2025-01-01T12:00:00Z"}, Terminating),
    ],
)
def test_a_key_that_went_with_its_namespace_is_not_waited_for(
    namespace: dict[str, Any], said: type[Permanent]
) -> None:
    settings = Settings(media_image="media:1", store_keys=StoreKeys.GIVEN)
    engine = Engine(settings, cast("Cluster", PaperCluster(namespace)), {})
    with pytest.raises(said):
        asyncio.run(ensure_store_secret(engine, "films"))
