"""What a title counts on, written down before it is referenced: so it can always be let go."""

from typing import Literal

from pydantic import Field

from .model import Document


class Refs(Document):
    version: Literal[1] = 1
    media: tuple[str, ...] = ()
    """Content addresses of picture and sound."""
    images: tuple[str, ...] = ()
    inits: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Content address -> the headers that it needs; known once the title is retired."""

    def with_(self, other: "Refs") -> "Refs":
        """Both; nothing that was ever referenced is forgotten."""
        return Refs(
            media=tuple(dict.fromkeys((*self.media, *other.media))),
            images=tuple(dict.fromkeys((*self.images, *other.images))),
            inits={
                key: tuple(sorted({*self.inits.get(key, ()), *other.inits.get(key, ())}))
                for key in (*self.inits, *other.inits)
            },
        )
