"""What every stored document is made of: frozen, camelCase on the wire, open to later releases."""

from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError
from pydantic.alias_generators import to_camel


class Newer(Exception):  # noqa: N818 - reads as what it is
    """A document of a version that this release does not know. An upgrade reads it."""


class Document(BaseModel):
    # A field that a later release added is ignored: readers and writers are not upgraded at once.
    # What an older reader would get wrong has another version instead.
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore"
    )

    @classmethod
    def from_json(cls, content: bytes, where: str) -> Self:
        """`where` it lies is for the error's sake. Raises Newer, or pydantic's ValidationError."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as e:
            versions = [said["input"] for said in e.errors() if said["loc"] == ("version",)]
            if not versions:
                raise
            raise Newer(
                f"{where} has version {versions[0]!r}, and this release reads version 1: "
                "upgrade what reads it"
            ) from e

    def to_json(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def _fraction(value: Any) -> Fraction:  # noqa: ANN401 - whatever JSON held
    return value if isinstance(value, Fraction) else Fraction(str(value))


Rate = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(str, return_type=str)]
"""Frames (or seconds) as an exact fraction, written "30000/1001"."""
