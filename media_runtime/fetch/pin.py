"""Makes the order's input a pinned object of the tenant's: what the whole title is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.failure import Refused

from .address import networks
from .uri import WebInput, parsed

if TYPE_CHECKING:
    from pathlib import Path

    from crds.work import Order
    from media_runtime.store import Store
    from media_runtime.title.layout import Layout

    from .web import Web


@dataclass(frozen=True)
class Pinned:
    key: str
    etag: str
    size: int
    """Bytes."""


async def pin(
    order: Order, store: Store, layout: Layout, scratch: Path, *, web: Web | None = None
) -> Pinned:
    """A web address is copied once: a second run finds the copy.

    Raises Refused: InputUnsafe, InputUnreachable, InputTooLarge; and StoreAway.
    """
    allow = networks(order.allow_cidrs)
    largest = order.max_input_gibibytes << 30
    asked = parsed(order.input_uri, bucket=store.bucket, tenant=order.tenant, allow=allow)
    if isinstance(asked, WebInput):
        key = layout.copied_source(order.title)
        if await store.head(key) is None:
            local = scratch / "download"
            # An HTTP client takes a tenth of a second to import, in every step that fetches ranges.
            from .web import Web, WebLimits  # noqa: PLC0415

            web = web or Web(bucket=store.bucket, tenant=order.tenant, allow=allow)
            try:
                await web.copy(asked.url, local, WebLimits(bytes=largest))
                await store.upload(key, local)
            finally:
                local.unlink(missing_ok=True)
    else:
        key = asked.key
    head = await store.head(key)
    if head is None:
        raise Refused("InputUnreachable", f"there is no object s3://{store.bucket}/{key}")
    if head.size > largest:
        limit = order.max_input_gibibytes
        raise Refused("InputTooLarge", f"{head.size} bytes; at most {limit} GiB are accepted")
    return Pinned(key=key, etag=head.etag, size=head.size)
