"""How HLS spells (RFC 8216bis section 4.2): tags, attributes, strings and decimal numbers. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil


def tag(name: str, **attributes: str | int | None) -> str:
    """Attributes that are None are left out; CAN_SKIP_UNTIL is written CAN-SKIP-UNTIL."""
    pairs = (f"{k.replace('_', '-')}={v}" for k, v in attributes.items() if v is not None)
    return f"#{name}:{','.join(pairs)}"


def quoted(value: str) -> str:
    """A quoted-string holds no quote and no line break."""
    return '"' + "".join(c for c in value if c not in '"\r\n') + '"'


def decimal(microseconds: int) -> str:
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06}"


def at_least(seconds: Fraction | int) -> str:
    """Rounded up, for what bounds others."""
    return decimal(ceil(seconds * 1_000_000))


def text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
