"""One spelling for each value, so that its hash is its name. Pure."""

import json
from hashlib import sha256

from pydantic import BaseModel


def canonical(value: BaseModel) -> str:
    """JSON with sorted keys and without what is left at its default: a field that a later version
    adds, with a default that means what there was before, renames nothing.
    """
    said = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(value: BaseModel) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def digest8(*parts: str) -> str:
    """A short name for these words together."""
    return sha256("\0".join(parts).encode()).hexdigest()[:8]
