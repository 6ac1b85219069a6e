"""What every stored document is made of: frozen, camelCase on the wire, strict about strangers."""

from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel


class Document(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid"
    )

    def to_json(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def _fraction(value: Any) -> Fraction:  # noqa: ANN401 - whatever JSON held
    return value if isinstance(value, Fraction) else Fraction(str(value))


Rate = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(str, return_type=str)]
"""Frames (or seconds) as an exact fraction, written "30000/1001"."""
