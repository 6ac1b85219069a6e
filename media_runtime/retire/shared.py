"""Taking a reference away from what titles share, and deleting what has none left.

Who comes to count on something writes a ref, then looks whether it is there. Who leaves takes its
promise away, then looks whether there is a ref. So one of the two sees the other, and if it is who
leaves, all is put back. What slips through all the same, by a kill in between, is found by the
publish step, and done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from media_runtime.store import Store
    from media_runtime.title.layout import Layout


@dataclass(frozen=True)
class Shared:
    folder: str
    """All that lies under a content address; what ends in .json promises that the rest is there."""
    refs: str


@dataclass(frozen=True)
class Gone:
    deleted: int
    promises: tuple[bytes, ...]


async def leave_shared(store: Store, shared: Shared, ref: str) -> Gone | None:
    """Takes this one ref away; None where others are left, and all stays."""
    await store.delete([ref])
    if await store.names(shared.refs):
        return None
    found = [at for at in await store.names(shared.folder) if not at.startswith(f"{shared.refs}/")]
    promises: dict[str, bytes] = {}
    for at in found:
        content = await store.read(at) if at.endswith(".json") else None
        if content is not None:
            promises[at] = content
    await store.delete(list(promises))
    if await store.names(shared.refs):
        for at, content in promises.items():
            await store.write(at, content)
        return None
    await store.delete([at for at in found if at not in promises])
    return Gone(len(found), tuple(promises.values()))


async def leave_init(store: Store, layout: Layout, init: str, key: str) -> int:
    """The same of a CMAF header, which content addresses share; how many objects are gone."""
    await store.delete([layout.init_ref(init, key)])
    if await store.names(layout.init_refs(init)):
        return 0
    header = await store.read(layout.init(init))
    await store.delete([layout.init(init)])
    if header is not None and await store.names(layout.init_refs(init)):
        await store.write(layout.init(init), header)
        return 0
    return int(header is not None)
