"""Every kind that is watched, and what becomes of a change of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from operators.channel import handlers as channel
from operators.encodingprofile import handlers as encodingprofile
from operators.mediaasset import handlers as mediaasset
from operators.tenant import handlers as tenant
from operators.transcodejob import handlers as transcodejob

if TYPE_CHECKING:
    from collections.abc import Iterable

    from operators.engine import Watch


def by_kind(watches: Iterable[Watch]) -> dict[str, Watch]:
    """One watch of each kind: its changes concern whomever any of those given says."""
    found: dict[str, Watch] = {}
    for watch in watches:
        known = found.get(watch.kind.name)
        found[watch.kind.name] = watch if known is None else _both(known, watch)
    return found


def _both(one: Watch, other: Watch) -> Watch:
    return replace(
        one,
        concerns=lambda engine, m: chain(one.concerns(engine, m), other.concerns(engine, m)),
        reconcile=one.reconcile or other.reconcile,
        terms=lambda m: chain(one.terms(m), other.terms(m)),
    )


WATCHES = by_kind(
    (
        *tenant.WATCHES,
        *encodingprofile.WATCHES,
        *mediaasset.WATCHES,
        *transcodejob.WATCHES,
        *channel.WATCHES,
    )
)
