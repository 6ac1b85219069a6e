"""What is generated from the models is in the tree, and current."""

import re
from pathlib import Path

import pytest

from crds.generate import ROOT, main, outputs
from crds.v1alpha1 import KINDS


def test_no_generated_file_has_drifted() -> None:
    assert main(["--check"]) == 0


@pytest.mark.parametrize("kind", KINDS, ids=[k.kind for k in KINDS])
def test_a_reference_page_has_the_example_every_field_and_every_reason(kind: type) -> None:
    written = dict(outputs(Path(ROOT)))
    page = written[f"docs/reference/{kind.__name__.lower()}.md"]
    assert f"kind: {kind.__name__}" in page
    for guide in kind.guide.values():  # type: ignore[attr-defined]
        assert all(f"`{reason}`" in page for reason in guide.reasons)
    rows = [line for line in page.splitlines() if line.startswith("| `spec.")]
    assert rows
    assert all(re.fullmatch(r"\| `[^`]+` \| .+ \| .* \| .+ \|", row) for row in rows)


def test_the_charts_copy_is_kept_or_left_out_by_its_values() -> None:
    copy = dict(outputs(Path(ROOT)))["charts/streamverse/templates/crds/mediaassets.yaml"]
    assert "{{- if .Values.crds.enabled }}" in copy
    assert "{{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep" in copy
