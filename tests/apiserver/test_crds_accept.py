"""Good objects are accepted, and the API server fills in what was left out."""

from pathlib import Path

import pytest
import yaml

from tests.apiserver.server import ApiServer

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.yaml"))


@pytest.mark.parametrize("sample", [f.name for f in SAMPLES if not f.name.startswith("values-")])
def test_every_sample_is_accepted(api: ApiServer, sample: str) -> None:
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}})
    for manifest in yaml.safe_load_all((ROOT / "samples" / sample).read_text()):
        answer = api.apply(manifest, dryRun="All", fieldValidation="Strict")
        assert answer.ok, answer.message
