"""What can come of a request, in our words: the class says whether to try again."""


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """A request that did not succeed, with its verb, kind and name."""

    def __init__(self, verb: str, kind: str, name: str, why: str) -> None:
        super().__init__(f"{verb} {kind} {name}: {why}")
        self.verb, self.kind, self.name, self.why = verb, kind, name, why


class Transient(Refusal):
    """The API server was away or pressed: the same request may succeed later."""


class Conflict(Refusal):
    """It was decided on what is no longer so: look again, then decide again."""


class Taken(Conflict):
    """Create: there is one of that name already."""


class NotFound(Refusal):
    """There is no such object (any more)."""


class Permanent(Refusal):
    """The same request will be refused again until somebody changes something."""


class OverQuota(Permanent):
    """A ResourceQuota of the namespace leaves no room."""


class StoreAway(Permanent):
    """The store could not be asked for a tenant's key. Said of the object, and tried again."""


class KeyMissing(Permanent):
    """The tenant has no key to the store, and it is not ours to make one."""


class Terminating(Permanent):
    """Nothing can be created: the namespace is going."""


class Fenced(Exception):  # noqa: N818
    """Not written: this replica does not hold the Lease, or not for long enough."""


def refusal(verb: str, kind: str, name: str, code: int, body: dict[str, object]) -> Refusal:
    """The API server's answer (metav1.Status) as one of the above."""
    why = f"{body.get('message') or body.get('reason') or 'no message'} ({code})"
    reason = str(body.get("reason", ""))
    details = body.get("details")
    causes = details.get("causes", []) if isinstance(details, dict) else []
    found: type[Refusal] = Permanent
    if code == 409:
        found = Taken if reason == "AlreadyExists" else Conflict
    elif code in {404, 410}:
        found = NotFound
    elif code == 403 and any(c.get("reason") == "NamespaceTerminating" for c in causes):
        found = Terminating
    elif code == 403 and "exceeded quota" in why:
        found = OverQuota
    elif code in {401, 408, 429} or code >= 500:
        found = Transient
    return found(verb, kind, name, why)
