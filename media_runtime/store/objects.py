"""Objects by key: the few verbs the runtime needs, and its own words for what can go wrong."""

from __future__ import annotations

import atexit
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

import obstore
from obstore import exceptions as wire
from obstore.store import LocalStore, MemoryStore, S3Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import timedelta
    from pathlib import Path

    from obstore import GetOptions, OffsetRange
    from obstore.store import ObjectStore

    Wanted = tuple[int, int] | OffsetRange

    from .settings import StoreSettings


# obstore's threads may still be letting go of Python objects when the last await returns; one that
# does so while the interpreter is taken down aborts the process (PyO3/pyo3-async-runtimes#40: one
# exit in ten, measured, and none with this pause).
atexit.register(time.sleep, 0.05)


class Missing(Exception):  # noqa: N818 - reads as what it is
    """No such object. Permanent, unless somebody is about to write it."""


class Changed(Exception):  # noqa: N818
    """The object is not the one that was pinned: its etag differs."""


class StoreAway(Exception):  # noqa: N818
    """The store did not answer, or not sensibly. Transient."""


@dataclass(frozen=True)
class Head:
    size: int
    """Bytes."""
    etag: str


def _options(wanted: Wanted, etag: str | None) -> GetOptions:
    return {"range": wanted, "if_match": etag} if etag else {"range": wanted}


@contextmanager
def _in_our_words(verb: str, key: str) -> Iterator[None]:
    try:
        yield
    except (wire.NotFoundError, FileNotFoundError) as e:
        raise Missing(f"{verb} {key}: no such object") from e
    except wire.PreconditionError as e:
        raise Changed(f"{verb} {key}: the object has changed") from e
    except (wire.BaseError, OSError) as e:
        raise StoreAway(f"{verb} {key}: {e}") from e


class Store:
    """One bucket. Every method may raise StoreAway; retries within a minute are made below."""

    def __init__(self, objects: ObjectStore, bucket: str = "streamverse") -> None:
        self._objects = objects
        self.bucket = bucket
        """Its name in s3:// addresses."""

    @classmethod
    def open(cls, settings: StoreSettings) -> Self:
        url = urlsplit(settings.endpoint)
        if url.scheme == "file":
            return cls(LocalStore(url.path, mkdir=True), settings.bucket)
        return cls(
            S3Store(
                settings.bucket,
                endpoint=settings.endpoint,
                region=settings.region,
                access_key_id=settings.access_key_id,
                secret_access_key=settings.secret_access_key,
                virtual_hosted_style_request=False,
                client_options={
                    "allow_http": url.scheme == "http",
                    "connect_timeout": "5s",
                    "timeout": "60s",
                },
            ),
            settings.bucket,
        )

    @classmethod
    def in_memory(cls) -> Self:
        return cls(MemoryStore())

    async def read(self, key: str) -> bytes | None:
        """The whole object; None if there is none."""
        try:
            with _in_our_words("read", key):
                return bytes(await (await obstore.get_async(self._objects, key)).bytes_async())
        except Missing:
            return None

    async def read_range(
        self, key: str, offset: int, length: int, *, etag: str | None = None
    ) -> bytes:
        """Bytes [offset, offset+length). Raises Missing, and Changed if `etag` is not its own."""
        with _in_our_words("read", key):
            found = await obstore.get_async(
                self._objects, key, options=_options((offset, offset + length), etag)
            )
            return bytes(await found.bytes_async())

    async def stream(
        self, key: str, offset: int = 0, length: int | None = None, *, etag: str | None = None
    ) -> AsyncIterator[bytes]:
        """The same, in pieces of about 1 MiB; to the end if no length is given."""
        with _in_our_words("read", key):
            wanted: Wanted = {"offset": offset} if length is None else (offset, offset + length)
            found = await obstore.get_async(self._objects, key, options=_options(wanted, etag))
            async for piece in found.stream(min_chunk_size=1 << 20):
                yield bytes(piece)

    async def head(self, key: str) -> Head | None:
        try:
            with _in_our_words("head", key):
                found = await obstore.head_async(self._objects, key)
        except Missing:
            return None
        return Head(size=found["size"], etag=found["e_tag"] or "")

    async def write(self, key: str, content: bytes) -> None:
        """Whole or not at all; readers never see a part."""
        with _in_our_words("write", key):
            await obstore.put_async(self._objects, key, content)

    async def create(self, key: str, content: bytes) -> bool:
        """Write only if the key is free; False if it was taken (If-None-Match, RFC 9110 13.1.2)."""
        try:
            with _in_our_words("create", key):
                await obstore.put_async(self._objects, key, content, mode="create")
        except StoreAway as e:
            if isinstance(e.__cause__, wire.AlreadyExistsError):
                return False
            raise
        return True

    async def upload(self, key: str, file: Path) -> None:
        """A file of any size, in parts; visible only once whole."""
        with _in_our_words("upload", key):
            await obstore.put_async(self._objects, key, file)

    async def names(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted; the prefix is whole path segments."""
        with _in_our_words("list", prefix):
            pages = obstore.list(self._objects, prefix=prefix.rstrip("/"))
            return sorted([str(item["path"]) async for page in pages for item in page])

    async def delete(self, keys: Sequence[str]) -> None:
        """Gone afterwards, whether they were there or not."""
        for key in keys:
            try:
                with _in_our_words("delete", key):
                    await obstore.delete_async(self._objects, key)
            except Missing:
                continue

    async def signed(self, verb: Literal["GET", "PUT"], key: str, lasts: timedelta) -> str:
        """A URL that may do this one thing for a while; the empty key is the bucket itself."""
        with _in_our_words("sign", key):
            if not isinstance(self._objects, S3Store):
                raise StoreAway(f"sign {key}: only S3 has signed addresses")
            return str(await obstore.sign_async(self._objects, verb, key, lasts))
