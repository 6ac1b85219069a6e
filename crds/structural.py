"""A pydantic type's JSON schema in the dialect that CRDs accept."""

from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]

RULES = "x-kubernetes-validations"
LARGEST_INT32 = 2**31 - 1


def structural(annotation: Any, *, defaults: bool) -> Schema:  # noqa: ANN401 - any annotation
    """The schema without $ref, null and title.

    Without `defaults` (for status) nothing is filled in by the API server, and no rule refuses
    what an operator of another version observed.
    """
    root = TypeAdapter(annotation).json_schema(by_alias=True)
    definitions = root.pop("$defs", {})

    def convert(node: Schema) -> Schema:
        node = _without_null(_resolved(node))
        if "properties" in node:
            node["properties"] = {name: convert(v) for name, v in node["properties"].items()}
            node.pop("additionalProperties", None)
        if isinstance(node.get("additionalProperties"), dict):
            node["additionalProperties"] = convert(node["additionalProperties"])
        if "items" in node:
            node["items"] = convert(node["items"])
        return _in_dialect(node, defaults=defaults)

    def _resolved(node: Schema) -> Schema:
        if ref := node.get("$ref"):
            node = _merged(_resolved(definitions[ref.rsplit("/", 1)[1]]), node)
        return dict(node)

    def _without_null(node: Schema) -> Schema:
        choices = [c for c in node.pop("anyOf", ()) if c.get("type") != "null"]
        if not choices:
            return node
        (choice,) = choices  # a union proper has no structural schema
        node.pop("default", None)
        return _merged(_resolved(choice), node)

    return convert(root)


def _merged(inner: Schema, outer: Schema) -> Schema:
    """What a field says wins over what its type says; their rules both hold."""
    held = [*inner.get(RULES, ()), *outer.get(RULES, ())]
    return {**inner, **outer, **({RULES: held} if held else {})}


def _in_dialect(node: Schema, *, defaults: bool) -> Schema:
    if "const" in node:
        node["enum"] = [node.pop("const")]
    node = {k: v for k, v in node.items() if k not in {"$ref", "title"}}
    if not defaults:
        node.pop("default", None)
        node.pop(RULES, None)
    elif "properties" in node and "default" in node:
        fields = node["properties"].items()
        node["default"] = {name: v["default"] for name, v in fields if "default" in v}
    elif node.get("default") in ([], {}):
        del node["default"]
    if node.get("type") == "integer":
        node["format"] = "int32" if node.get("maximum", 2**63) <= LARGEST_INT32 else "int64"
    if node.get("type") == "array":
        node.setdefault("x-kubernetes-list-type", "atomic")
    if "description" in node:
        node["description"] = " ".join(node["description"].split())
    return node
