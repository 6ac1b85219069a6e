"""Whether an object is already as we would apply it: what we name is there, as we name it. Pure.

The API server adds defaults and other people add fields; neither is a difference. What it rewrites
is: quantities ("0.5" and "500m"), numbers that were given as text, and empty for absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_KEYS = ("name", "containerPort", "port", "mountPath", "key", "type", "ip", "uid")
"""By which items of Kubernetes' list-maps are known, in order of preference."""
_SUFFIXES: dict[str, Decimal | int] = {
    "": 1, "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip
_AMOUNTS = {"requests", "limits", "capacity", "hard", "sizeLimit", "storage"}
"""Where text is a quantity; anywhere else "1" and "1.0" are two texts."""


def contains(observed: object, applied: object, *, at: str = "") -> bool:
    """Every part of `applied` is in `observed`."""
    if isinstance(applied, Mapping):
        return _holds(observed, applied, at)
    if isinstance(applied, Sequence) and not isinstance(applied, str | bytes):
        return _lists(observed, applied, at)
    if applied == observed and isinstance(applied, bool) == isinstance(observed, bool):
        return True
    return at in _AMOUNTS and amount(applied) is not None and amount(applied) == amount(observed)


def _holds(observed: object, applied: Mapping[str, Any], at: str) -> bool:
    there = observed if isinstance(observed, Mapping) else {}
    if not isinstance(observed, Mapping) and observed is not None:
        return False
    for key, value in applied.items():
        below = at if at in _AMOUNTS else key
        if key not in there:
            if not _empty(value):
                return False
        elif not contains(there[key], value, at=below):
            return False
    return True


def _lists(observed: object, applied: Sequence[Any], at: str) -> bool:
    if not applied and not observed:
        return True
    if not isinstance(observed, Sequence) or isinstance(observed, str):
        return False
    key = _key_of(applied)
    if key is not None and _key_of(observed) is not None:
        there = {item.get(key): item for item in observed}
        return all(item[key] in there and contains(there[item[key]], item) for item in applied)
    return len(observed) == len(applied) and all(
        contains(one, other, at=at) for one, other in zip(observed, applied, strict=True)
    )


def _key_of(items: Sequence[Any]) -> str | None:
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    return next((key for key in _KEYS if all(key in item for item in items)), None)


def _empty(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_empty(part) for part in value.values())
    return value is None or value in ([], "")


def amount(value: object) -> Decimal | None:
    """A Kubernetes quantity as a number: "100m" is 0.1, "1Ki" is 1024; None if it is none."""
    text = str(value)
    digits = text.rstrip("numkKMGTPEi")
    factor = _SUFFIXES.get(text[len(digits) :])
    try:
        return Decimal(digits) * factor if factor is not None else None
    except ArithmeticError:
        return None
