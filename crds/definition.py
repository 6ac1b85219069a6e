"""The CustomResourceDefinition of a kind."""

from typing import Any

from crds.structural import Schema, structural
from crds.v1alpha1.meta import CATEGORY, GROUP, VERSION, Resource
from crds.v1alpha1.rules import READINESS, Column, rule

Kind = type[Resource[Any, Any]]

NAME = rule(
    "self.metadata.name.size() <= 52 && "
    "self.metadata.name.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",
    "metadata.name must be a DNS label of at most 52 characters (lower-case letters, digits and "
    "dashes): it becomes part of pod names and URLs",
)


def definition(kind: Kind) -> Schema:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "names": {
                "kind": kind.kind,
                "listKind": f"{kind.kind}List",
                "plural": kind.plural,
                "singular": kind.kind.lower(),
                "shortNames": [kind.short_name, *kind.also_short],
                "categories": [CATEGORY],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [_column(c) for c in (*kind.columns, *READINESS)],
                    "schema": {"openAPIV3Schema": whole(kind)},
                }
            ],
        },
    }


def whole(kind: Kind) -> Schema:
    """The schema of the object itself."""
    spec = structural(kind.model_fields["spec"].annotation, defaults=True)
    status = structural(kind.model_fields["status"].annotation, defaults=False)
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"{GROUP}/{VERSION}"},
            "kind": {"type": "string", "description": kind.kind},
            # Bounded here so that the API server can tell what the rule below may cost.
            "metadata": {
                "type": "object",
                "properties": {"name": {"type": "string", "maxLength": 253}},
            },
            "spec": spec,
            "status": status,
        },
        "x-kubernetes-validations": [NAME, *kind.invariants],
    }


def _column(column: Column) -> Schema:
    written = {"name": column.name, "type": column.type, "jsonPath": column.path}
    return {**written, "priority": column.priority} if column.priority else written
