"""All objects of StreamVerse on one page."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from crds.v1alpha1 import Channel, MediaAsset, TranscodeJob

from .words import AnyResource, age, condition, length, state


def overview(resources: Sequence[AnyResource], now: datetime) -> RenderableType:
    """A line for each object, kind by kind, tenant by tenant."""
    if not resources:
        return Text(
            "Nothing yet. Bring a film with `streamverse upload FILE`, then apply a MediaAsset: "
            "samples/film.yaml is one. samples/channel.yaml is a Channel."
        )
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("object", "tenant", "state", "how far", "age", ""):
        table.add_column(column, no_wrap=column != "")
    for resource in resources:
        ready = condition(resource, "Ready")
        table.add_row(
            f"{resource.kind.lower()}/{resource.metadata.name}",
            resource.metadata.namespace,
            state(resource),
            how_far(resource),
            age(resource.metadata.creation_timestamp, now),
            Text(ready.message if ready and ready.status != "True" else "", "dim"),
        )
    return table


def how_far(resource: AnyResource) -> str:
    """Percent of a job, length of an asset, what a channel shows."""
    if isinstance(resource, Channel) and resource.status and resource.status.on_air:
        well = resource.status.receiving or ""
        return f"{resource.status.on_air.source} {well}".strip()
    if isinstance(resource, TranscodeJob) and resource.status and resource.status.progress:
        return f"{resource.status.progress.percent} %"
    if isinstance(resource, MediaAsset) and resource.status and resource.status.duration_millis:
        return length(resource.status.duration_millis)
    return ""
