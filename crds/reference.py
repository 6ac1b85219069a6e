"""The reference page of a kind: an example, every field, every condition and its reasons."""

from collections.abc import Iterator

from crds.definition import Kind, whole
from crds.structural import RULES, Schema
from crds.v1alpha1.meta import GROUP, VERSION

ELSEWHERE = {"profile": "Its fields are those of [EncodingProfile](encodingprofile.md#spec)."}
"""Objects that have a page of their own, by the name of the field that embeds them."""


def page(kind: Kind, example: str) -> str:
    """Markdown; `example` is the sample that the tests apply."""
    schema = whole(kind)
    scope = "namespaced" if kind.namespaced else "cluster-scoped"
    return "\n".join(
        [
            f"# {kind.kind}",
            "",
            schema["description"],
            "",
            f"`{GROUP}/{VERSION}`, {scope}; `kubectl get {kind.short_name}`.",
            "",
            "## Example",
            "",
            "```yaml",
            example.strip(),
            "```",
            "",
            *_fields("spec", schema["properties"]["spec"]),
            *_fields("status", schema["properties"]["status"]),
            *_conditions(kind),
        ]
    )


def _fields(name: str, schema: Schema) -> Iterator[str]:
    yield from (f"## {name.capitalize()}", "")
    yield from ("| field | type | default | what it is |", "|---|---|---|---|")
    stated: list[tuple[str, str]] = []
    for path, node, required in _walk(name, schema):
        if path != name and not path.endswith("[]"):
            default = "**required**" if required else _default(node)
            yield f"| `{path}` | {_type(node)} | {default} | {_cell(node.get('description', ''))} |"
        stated.extend((path, said["message"]) for said in node.get(RULES, ()))
    yield ""
    if stated:
        yield from ("What the API server refuses, and says:", "")
        for path, message in stated:
            yield f"- `{path}`: {message}"
        yield ""


def _walk(path: str, node: Schema, *, required: bool = False) -> Iterator[tuple[str, Schema, bool]]:
    """Every field below a node, depth first, with whether it must be given."""
    if said := ELSEWHERE.get(path.rsplit(".", 1)[-1]):
        yield path, {**_leaf(node), "description": f"{node['description']} {said}"}, required
        return
    yield path, node, required
    inner, here = (node["items"], f"{path}[]") if node.get("type") == "array" else (node, path)
    if inner is not node and inner.get(RULES):
        yield from ((here, {**_leaf(inner), RULES: inner[RULES]}, False),)
    for name, child in inner.get("properties", {}).items():
        yield from _walk(f"{here}.{name}", child, required=name in inner.get("required", ()))


def _leaf(node: Schema) -> Schema:
    return {k: v for k, v in node.items() if k not in {"properties", "items", RULES}}


def _type(node: Schema) -> str:
    """The type and its bounds, as a person would write them."""
    kind: str = node["type"]
    if kind == "array":
        kind = f"list of {_type(node['items'])}, {_between(node, 'minItems', 'maxItems')} items"
    elif isinstance(node.get("additionalProperties"), dict):
        kind = f"map to {_type(node['additionalProperties'])}"
    elif "enum" in node:
        kind = " \\| ".join(f"`{choice}`" for choice in node["enum"])
    elif node.get("format") == "date-time":
        kind = "time (RFC 3339)"
    elif kind == "string" and "maxLength" in node:
        kind = f"string, {_between(node, 'minLength', 'maxLength')} characters"
    elif kind in {"integer", "number"} and {"minimum", "maximum"} & node.keys():
        kind = f"{kind}, {_between(node, 'minimum', 'maximum')}"
    return kind


def _between(node: Schema, least: str, most: str) -> str:
    low, high = node.get(least), node.get(most)
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    return f"at most {high:,}" if high is not None else f"{low:,} or more"


def _default(node: Schema) -> str:
    default = node.get("default")
    if default is None or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _conditions(kind: Kind) -> Iterator[str]:
    yield from ("## Conditions", "")
    for name, guide in kind.guide.items():
        yield from (f"### {name}", "", guide.when_true, "")
        if name in {"Reconciling", "Stalled"}:
            yield from ("Its reasons are those of Ready.", "")
            continue
        yield from ("| reason | what it means, and what to do |", "|---|---|")
        for reason in guide.reasons:
            yield f"| `{reason}` | {_cell(reason.meaning)} |"
        yield ""
