"""How a viewer names a title: {tenant}.{name}, with whatever token the edge left behind it."""

import re
from dataclasses import dataclass
from typing import Self

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ASSET = re.compile(
    rf"(?:(?P<tenant>{_LABEL})\.)?(?P<name>{_LABEL})(?P<parameters>;.*)?", re.DOTALL
)


@dataclass(frozen=True)
class Address:
    """Two DNS labels, so that neither can climb out of its folder in the store."""

    tenant: str
    """Empty where none was given."""
    name: str
    parameters: str = ""
    """Path parameters (RFC 3986 section 3.3) from the first semicolon on: a token, not ours."""

    @classmethod
    def parse(cls, asset: str) -> Self | None:
        """From one decoded path segment; None if that cannot be a title's name."""
        found = _ASSET.fullmatch(asset)
        if found is None:
            return None
        return cls(found["tenant"] or "", found["name"], found["parameters"] or "")

    def __str__(self) -> str:
        return f"{self.tenant}.{self.name}" if self.tenant else self.name
