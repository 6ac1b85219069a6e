"""The CRDs keep the Kubernetes API conventions that the design promises (DESIGN, Contracts)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crds.definition import Kind, definition
from crds.v1alpha1 import KINDS

OF_KUBERNETES = re.compile(
    "cj|cm|crds?|cs|csr|deploy|ds|ep|ev|hpa|ing|ip|limits|netpol|no|ns|pc|pdb|po|pv|pvc|quota|"
    "rc|rs|sa|sc|sts|svc"
)
"""Its own short names, which `kubectl get` understands first."""
RATIOS = {"minSsim", "ssim"}
"""Numbers that are no count of any unit."""

COUNTS = {"generation", "observedGeneration"}
UNITS = ("Millis", "Seconds", "Kbps", "Lufs", "Bytes", "Gibibytes", "Percent")
TIMES = re.compile(
    r"(duration|offset|timeout|deadline|interval|every|ttl|skew|target)", re.IGNORECASE
)


@dataclass(frozen=True)
class Field:
    path: str
    name: str
    schema: dict[str, Any]


def fields(kind: Kind, *parts: str) -> list[Field]:
    """Every field of spec and status, with the items of lists and the values of maps."""
    schema = version(kind)["schema"]["openAPIV3Schema"]["properties"]
    return [
        found for part in parts or ("spec", "status") for found in _below(part, part, schema[part])
    ]


def _below(path: str, name: str, node: dict[str, Any]) -> Iterator[Field]:
    yield Field(path, name, node)
    if "items" in node:
        yield from _below(f"{path}[]", name, node["items"])
    if isinstance(node.get("additionalProperties"), dict):
        yield from _below(f"{path}.*", name, node["additionalProperties"])
    for child, schema in node.get("properties", {}).items():
        yield from _below(f"{path}.{child}", child, schema)


def version(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = definition(kind)["spec"]["versions"][0]
    return found


def paths(found: list[Field]) -> list[str]:
    return [field.path for field in found]


every_kind = pytest.mark.parametrize("kind", KINDS, ids=[k.kind for k in KINDS])


@every_kind
def test_every_string_is_bounded(kind: Kind) -> None:
    unbounded = [
        f
        for f in fields(kind)
        if f.schema["type"] == "string"
        and not {"maxLength", "enum"} & f.schema.keys()
        and f.schema.get("format") != "date-time"
    ]
    assert paths(unbounded) == []


@every_kind
def test_every_list_and_map_is_bounded(kind: Kind) -> None:
    unbounded = [
        f
        for f in fields(kind)
        if (f.schema["type"] == "array" and "maxItems" not in f.schema)
        or ("additionalProperties" in f.schema and "maxProperties" not in f.schema)
    ]
    assert paths(unbounded) == []


@every_kind
def test_every_integer_of_the_spec_is_bounded(kind: Kind) -> None:
    unbounded = [
        f
        for f in fields(kind, "spec")
        if f.schema["type"] == "integer" and not {"minimum", "maximum"} <= f.schema.keys()
    ]
    assert paths(unbounded) == []


@every_kind
def test_no_object_can_grow_over_100_kilobytes(kind: Kind) -> None:
    whole = version(kind)["schema"]["openAPIV3Schema"]["properties"]
    assert largest(whole["spec"]) + largest(whole["status"]) < 100_000


def largest(node: dict[str, Any]) -> int:
    """Bytes of JSON that an object of this schema may take, in plain letters."""
    if "properties" in node:
        return 2 + sum(len(k) + 4 + largest(v) for k, v in node["properties"].items())
    if "items" in node:
        return 2 + int(node["maxItems"]) * (largest(node["items"]) + 1)
    if "additionalProperties" in node:
        return 2 + int(node["maxProperties"]) * (40 + largest(node["additionalProperties"]))
    if "enum" in node:
        return max(len(choice) for choice in node["enum"]) + 2
    return int(node.get("maxLength", 32)) + 2


@every_kind
def test_names_are_camel_case(kind: Kind) -> None:
    odd = [f for f in fields(kind) if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", f.name)]
    assert paths(odd) == []


@every_kind
def test_no_number_is_a_float_but_a_ratio(kind: Kind) -> None:
    floats = [f for f in fields(kind) if f.schema["type"] == "number" and f.name not in RATIOS]
    assert paths(floats) == []


@every_kind
def test_an_integer_that_is_an_amount_has_its_unit_in_its_name(kind: Kind) -> None:
    bare = [
        f
        for f in fields(kind)
        if f.schema["type"] == "integer" and TIMES.search(f.name) and not has_unit(f.name)
    ]
    assert paths(bare) == []


def has_unit(name: str) -> bool:
    return name in COUNTS or any(unit in name for unit in UNITS)


@every_kind
def test_lists_of_objects_are_maps_by_name_and_conditions_by_type(kind: Kind) -> None:
    lists = [
        f
        for f in fields(kind)
        if f.schema["type"] == "array" and f.schema["items"]["type"] == "object"
    ]
    keys = {f.path: f.schema.get("x-kubernetes-list-map-keys") for f in lists}
    wanted = {f.path: ["type" if f.name == "conditions" else "name"] for f in lists}
    assert keys == wanted
    assert all(f.schema["x-kubernetes-list-type"] == "map" for f in lists)


@every_kind
def test_every_list_says_how_it_is_merged(kind: Kind) -> None:
    silent = [
        f
        for f in fields(kind)
        if f.schema["type"] == "array" and "x-kubernetes-list-type" not in f.schema
    ]
    assert paths(silent) == []


@every_kind
def test_every_field_is_described(kind: Kind) -> None:
    silent = [
        f
        for f in fields(kind)
        if "[" not in f.path[-2:] and not f.path.endswith(".*") and not f.schema.get("description")
    ]
    assert paths(silent) == []


@every_kind
def test_spec_is_required_and_status_is_a_subresource(kind: Kind) -> None:
    assert version(kind)["schema"]["openAPIV3Schema"]["required"] == ["spec"]
    assert version(kind)["subresources"] == {"status": {}}


@every_kind
def test_the_api_server_fills_in_and_refuses_nothing_in_status(kind: Kind) -> None:
    meddling = [
        f
        for f in fields(kind, "status")
        if {"default", "x-kubernetes-validations"} & f.schema.keys()
    ]
    assert paths(meddling) == []


@every_kind
def test_status_tells_of_which_generation_it_speaks(kind: Kind) -> None:
    status = version(kind)["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]
    condition = status["conditions"]["items"]["properties"]
    assert "observedGeneration" in status
    assert {
        "type",
        "status",
        "reason",
        "message",
        "observedGeneration",
        "lastTransitionTime",
    } == condition.keys()


@every_kind
def test_a_row_ends_with_ready_reason_and_age(kind: Kind) -> None:
    columns = [column["name"] for column in version(kind)["additionalPrinterColumns"]]
    assert columns[-3:] == ["Ready", "Reason", "Age"]
    assert len(columns) > 3


@every_kind
def test_the_kind_is_found_by_its_category_and_short_name(kind: Kind) -> None:
    names = definition(kind)["spec"]["names"]
    assert names["categories"] == ["streamverse"]
    assert not OF_KUBERNETES.fullmatch(names["shortNames"][0])
    assert len(names["shortNames"]) <= 2


def test_no_two_kinds_share_a_short_name() -> None:
    short = [name for kind in KINDS for name in definition(kind)["spec"]["names"]["shortNames"]]
    assert len(set(short)) == len(short)


@every_kind
def test_every_rule_says_what_to_do(kind: Kind) -> None:
    whole = version(kind)["schema"]["openAPIV3Schema"]
    said = [
        rule["message"]
        for node in [whole, *(f.schema for f in fields(kind))]
        for rule in node.get("x-kubernetes-validations", ())
    ]
    assert said
    assert all(12 < len(message) < 200 for message in said)


@every_kind
def test_every_condition_has_a_page_entry_with_its_reasons(kind: Kind) -> None:
    assert "Ready" in kind.guide
    for name, guide in kind.guide.items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
        assert guide.reasons
        assert all(re.fullmatch(r"[A-Z][A-Za-z]+", reason) for reason in guide.reasons)
        assert all(reason.meaning.endswith(".") for reason in guide.reasons)
        assert len(set(guide.reasons)) == len(guide.reasons)
