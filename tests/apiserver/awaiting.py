"""Waiting until something is so; never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.apiserver.server import ApiServer, Json, address

T = TypeVar("T")


def eventually(look: Callable[[], T], *, seconds: float = 20, what: str = "") -> T:
    """What `look` finds once it finds something; a falsy find is looked for again."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or look}"
        time.sleep(0.05)


def condition(manifest: Json, type_: str) -> Json:
    said = manifest.get("status", {}).get("conditions", [])
    return next((c for c in said if c["type"] == type_), {})


def until(
    api: ApiServer,
    manifest: Json,
    type_: str,
    status: str,
    reason: str = "",
    *,
    seconds: float = 20,
) -> Json:
    """The object once it says so."""
    seen: Json = {}

    def look() -> bool:
        nonlocal seen
        seen = api.get(address(manifest))
        said = condition(seen, type_)
        return said.get("status") == status and (not reason or said["reason"] == reason)

    eventually(look, seconds=seconds, what=f"{type_}={status}")
    return seen
