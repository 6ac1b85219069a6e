"""Pydantic's JSON schema becomes one that the API server takes."""

from typing import Annotated, Literal

from pydantic import Field

from crds.structural import structural
from crds.v1alpha1.meta import Model
from crds.v1alpha1.rules import rule, rules


class Inner(Model):
    """What is inside."""

    size: Annotated[int, Field(ge=1, le=9)] = 3
    only: Literal["One"] = "One"
    words: tuple[str, ...] = ()


class Outer(Model):
    """The whole, told
    over two lines.
    """

    inner: Inner = Inner()
    maybe: Inner | None = None
    large: Annotated[int, Field(ge=0)]
    by_language: Annotated[dict[str, str], Field(max_length=3)] = Field(default_factory=dict)


class Ruled(Model):
    inner: Annotated[
        Annotated[str, Field(json_schema_extra=rules(rule("self != ''", "say something")))] | None,
        Field(description="Outside."),
    ] = None


def test_definitions_are_inlined_and_titles_dropped() -> None:
    inner = structural(Outer, defaults=True)["properties"]["inner"]
    assert inner["properties"]["size"] == {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 9,
        "default": 3,
    }
    assert "title" not in inner


def test_an_object_defaults_to_what_its_fields_default_to() -> None:
    inner = structural(Outer, defaults=True)["properties"]["inner"]
    assert inner["default"] == {"size": 3, "only": "One"}


def test_an_optional_field_is_its_type_without_null_or_default() -> None:
    maybe = structural(Outer, defaults=True)["properties"]["maybe"]
    assert (maybe["type"], "default" in maybe, "anyOf" in maybe) == ("object", False, False)


def test_what_a_type_and_its_field_say_both_hold() -> None:
    inner = structural(Ruled, defaults=True)["properties"]["inner"]
    assert (inner["type"], inner["description"]) == ("string", "Outside.")
    assert inner["x-kubernetes-validations"] == [{"rule": "self != ''", "message": "say something"}]


def test_a_map_keeps_the_schema_of_its_values() -> None:
    languages = structural(Outer, defaults=True)["properties"]["byLanguage"]
    assert languages == {
        "type": "object",
        "maxProperties": 3,
        "additionalProperties": {"type": "string"},
    }


def test_a_choice_of_one_is_still_a_choice() -> None:
    only = structural(Inner, defaults=True)["properties"]["only"]
    assert only == {"type": "string", "enum": ["One"], "default": "One"}


def test_a_large_integer_is_said_to_be_one() -> None:
    assert structural(Outer, defaults=True)["properties"]["large"]["format"] == "int64"


def test_a_docstring_is_one_line_of_explanation() -> None:
    assert structural(Outer, defaults=True)["description"] == "The whole, told over two lines."


def test_status_has_neither_defaults_nor_rules() -> None:
    assert "default" not in structural(Outer, defaults=False)["properties"]["inner"]
    inner = structural(Ruled, defaults=False)["properties"]["inner"]
    assert "x-kubernetes-validations" not in inner
