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

from .refusals import DEBUG, is_a_strangers, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
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
    """The store did not answer, or not sensibly. Transient, unless it is a StoreRefused."""


class StoreRefused(StoreAway):
    """The store answered, and will not: the key, the bucket or the room. Somebody must mend it."""


@dataclass(frozen=True)
class Head:
    size: int
    """Bytes."""
    etag: str


@dataclass(frozen=True)
class Version:
    """An object as it was read, to be swapped for another."""

    content: bytes
    etag: str


def _options(wanted: Wanted, etag: str | None) -> GetOptions:
    return {"range": wanted, "if_match": etag} if etag else {"range": wanted}


class Store:
    """One bucket. Every method may raise StoreAway; retries within a minute are made below."""

    def __init__(
        self,
        objects: ObjectStore,
        bucket: str = "streamverse",
        *,
        anew: Callable[[], ObjectStore] | None = None,
    ) -> None:
        self._objects = objects
        self._anew = anew
        """The same, with no connection yet."""
        self.bucket = bucket
        """Its name in s3:// addresses."""

    @classmethod
    def open(cls, settings: StoreSettings) -> Self:
        url = urlsplit(settings.endpoint)
        if url.scheme == "file":
            return cls(LocalStore(url.path, mkdir=True), settings.bucket)

        def connect() -> ObjectStore:
            return S3Store(
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
            )

        return cls(connect(), settings.bucket, anew=connect)

    @classmethod
    def in_memory(cls) -> Self:
        return cls(MemoryStore())

    @contextmanager
    def _in_our_words(self, verb: str, key: str) -> Iterator[None]:
        try:
            yield
        except (wire.BaseError, OSError) as e:
            if is_a_strangers(e):
                raise self._stranger(verb, key) from e
            if why := refusal(e):
                raise StoreRefused(f"{verb} {key}: {why}") from e
            if isinstance(e, wire.NotFoundError | FileNotFoundError):
                raise Missing(f"{verb} {key}: no such object") from e
            if isinstance(e, wire.PreconditionError):
                raise Changed(f"{verb} {key}: the object has changed") from e
            raise StoreAway(f"{verb} {key}: {str(e).partition(DEBUG)[0]}") from e

    def _stranger(self, verb: str, key: str) -> StoreAway:
        """A connection that leads there is kept for long, so all are made anew."""
        if self._anew is not None:
            self._objects = self._anew()
        return StoreAway(f"{verb} {key}: 404 from what is no object store, at the store's address")

    async def read(self, key: str) -> bytes | None:
        """The whole object; None if there is none."""
        try:
            with self._in_our_words("read", key):
                return bytes(await (await obstore.get_async(self._objects, key)).bytes_async())
        except Missing:
            return None

    async def read_range(
        self, key: str, offset: int, length: int, *, etag: str | None = None
    ) -> bytes:
        """Bytes [offset, offset+length). Raises Missing, and Changed if `etag` is not its own."""
        with self._in_our_words("read", key):
            found = await obstore.get_async(
                self._objects, key, options=_options((offset, offset + length), etag)
            )
            return bytes(await found.bytes_async())

    async def stream(
        self, key: str, offset: int = 0, length: int | None = None, *, etag: str | None = None
    ) -> AsyncIterator[bytes]:
        """The same, in pieces of about 1 MiB; to the end if no length is given."""
        with self._in_our_words("read", key):
            wanted: Wanted = {"offset": offset} if length is None else (offset, offset + length)
            found = await obstore.get_async(self._objects, key, options=_options(wanted, etag))
            async for piece in found.stream(min_chunk_size=1 << 20):
                yield bytes(piece)

    async def head(self, key: str) -> Head | None:
        try:
            with self._in_our_words("head", key):
                found = await obstore.head_async(self._objects, key)
        except Missing:
            # Only an answer with a body tells the store from a stranger: one byte is asked for.
            return await self._head_by_reading(key) if self._anew is not None else None
        return Head(size=found["size"], etag=found["e_tag"] or "")

    async def _head_by_reading(self, key: str) -> Head | None:
        try:
            with self._in_our_words("head", key):
                read = await obstore.get_async(self._objects, key, options={"range": (0, 1)})
        except Missing:
            return None
        return Head(size=read.meta["size"], etag=read.meta["e_tag"] or "")

    async def write(self, key: str, content: bytes) -> None:
        """Whole or not at all; readers never see a part."""
        with self._in_our_words("write", key):
            await obstore.put_async(self._objects, key, content)

    async def create(self, key: str, content: bytes) -> bool:
        """Write only if the key is free; False if it was taken (If-None-Match, RFC 9110 13.1.2)."""
        try:
            with self._in_our_words("create", key):
                await obstore.put_async(self._objects, key, content, mode="create")
        except StoreAway as e:
            if isinstance(e.__cause__, wire.AlreadyExistsError):
                return False
            raise
        return True

    async def look(self, key: str) -> Version | None:
        """The whole object, and what to give to `swap`; None if there is none."""
        try:
            with self._in_our_words("read", key):
                found = await obstore.get_async(self._objects, key)
                content = bytes(await found.bytes_async())
                return Version(content, found.meta["e_tag"] or "")
        except Missing:
            return None

    async def swap(self, key: str, content: bytes, etag: str) -> bool:
        """Write only over the version that was looked at; False if another is there, or none.

        If-Match, RFC 9110 13.1.1. A folder has no such verb: there it holds within one process.
        """
        try:
            with self._in_our_words("swap", key):
                if isinstance(self._objects, LocalStore):
                    # Nothing is awaited, so nobody of this process comes between the two.
                    if obstore.head(self._objects, key)["e_tag"] != etag:
                        return False
                    obstore.put(self._objects, key, content)
                else:
                    await obstore.put_async(self._objects, key, content, mode={"e_tag": etag})
        except (Changed, Missing):
            return False
        return True

    async def upload(self, key: str, file: Path) -> None:
        """A file of any size, in parts; visible only once whole."""
        with self._in_our_words("upload", key):
            await obstore.put_async(self._objects, key, file)

    async def names(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted; the prefix is whole path segments."""
        with self._in_our_words("list", prefix):
            pages = obstore.list(self._objects, prefix=prefix.rstrip("/"))
            return sorted([str(item["path"]) async for page in pages for item in page])

    async def delete(self, keys: Sequence[str]) -> None:
        """Gone afterwards, whether they were there or not."""
        for key in keys:
            try:
                with self._in_our_words("delete", key):
                    await obstore.delete_async(self._objects, key)
            except Missing:
                continue

    async def signed(self, verb: Literal["GET", "PUT"], key: str, lasts: timedelta) -> str:
        """A URL that may do this one thing for a while; the empty key is the bucket itself."""
        with self._in_our_words("sign", key):
            if not isinstance(self._objects, S3Store):
                raise StoreAway(f"sign {key}: only S3 has signed addresses")
            return str(await obstore.sign_async(self._objects, verb, key, lasts))
