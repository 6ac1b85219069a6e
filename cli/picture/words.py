"""The words and signs of a picture: states, sizes, durations, and what to do."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from rich.text import Text

from crds.v1alpha1 import Condition, Resource

AnyResource = Resource[Any, Any]


def condition(resource: AnyResource, type_: str) -> Condition | None:
    return resource.status.condition(type_) if resource.status else None


def holds(resource: AnyResource, type_: str) -> bool:
    found = condition(resource, type_)
    return found is not None and found.status == "True"


def settled(resource: AnyResource) -> bool:
    """Whether nothing more happens by itself: it is Ready, or waits for a person.

    A status made from an older spec says nothing of this one.
    """
    status = resource.status
    if status is None or status.observed_generation != resource.metadata.generation:
        return False
    return holds(resource, "Ready") or holds(resource, "Stalled")


def state(resource: AnyResource) -> Text:
    """One coloured word: Deleting, New, or the reason of Ready."""
    if resource.metadata.deletion_timestamp is not None:
        return Text("Deleting", "yellow")
    ready = condition(resource, "Ready")
    if ready is None:
        return Text("New", "dim")
    if ready.status == "True":
        return Text(f"✓ {ready.reason}", "green")
    if holds(resource, "Stalled"):
        return Text(f"✗ {ready.reason}", "red")
    return Text(f"… {ready.reason}", "cyan")


def advice(resource: AnyResource) -> str:
    """What the reason of Ready means and what to do about it; empty when it is Ready."""
    ready = condition(resource, "Ready")
    if ready is None:
        return "The operator has not looked at it yet; `streamverse doctor` says whether one runs."
    if ready.status == "True":
        return ""
    for guide in resource.guide.values():
        for reason in guide.reasons:
            if reason == ready.reason:
                return reason.meaning
    return ""


def address(origin_url: str, path: str) -> str:
    """A playback path below the origin, as an address; one that is whole already stays."""
    return path if "://" in path else f"{origin_url}{path}"


def length(millis: int) -> str:
    """12.5 s, 3 min 05 s, 1 h 02 min."""
    seconds = millis / 1000
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def size(count: int) -> str:
    """Bytes as people say them, in powers of 1000."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


def frame_rate(rate: str) -> str:
    """Decimal, for people: 30000/1001 as 29.97."""
    return f"{float(Fraction(rate)):.5g}" if rate else ""


def age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    seconds = max(int((now - since).total_seconds()), 0)
    for unit, limit, one in (("s", 120, 1), ("m", 7200, 60), ("h", 172_800, 3600)):
        if seconds < limit:
            return f"{seconds // one}{unit}"
    return f"{seconds // 86_400}d"
