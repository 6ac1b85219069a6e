"""The object store: S3 in clusters, a folder or memory in tests, one interface."""

from .objects import Changed, Head, Missing, Store, StoreAway, StoreRefused, Version
from .settings import StoreSettings

__all__ = [
    "Changed",
    "Head",
    "Missing",
    "Store",
    "StoreAway",
    "StoreRefused",
    "StoreSettings",
    "Version",
]
