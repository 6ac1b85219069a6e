"""Good objects are accepted, and the API server fills in what was left out."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from crds.v1alpha1 import (
    KINDS,
    EncodingProfile,
    EncodingProfileSpec,
    MediaAsset,
    TranscodeJob,
)
from tests.apiserver.awaiting import eventually
from tests.apiserver.objects import changed, encoding_profile, media_asset, transcode_job
from tests.apiserver.server import ApiServer, address, collection

ROOT = Path(__file__).parents[2]
SAMPLES = ("encodingprofile.yaml", "film.yaml", "transcodejob.yaml", "channel.yaml")


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_accepted(api: ApiServer, sample: str) -> None:
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}})
    for manifest in yaml.safe_load_all((ROOT / "samples" / sample).read_text()):
        answer = api.apply(manifest, dryRun="All", fieldValidation="Strict")
        assert answer.ok, answer.message


def test_what_a_profile_leaves_out_is_filled_in(api: ApiServer) -> None:
    spec = created(api, encoding_profile("defaults"))["spec"]
    assert (spec["segmentDurationMillis"], spec["gopDurationMillis"]) == (4000, 2000)
    assert spec["renditions"][0] == {
        "name": "240p",
        "codec": "H264",
        "maxHeight": 240,
        "maxFrameRate": 60,
        "bitrateKbps": 400,
        "hdr": "ToneMap",
        "optional": False,
    }
    assert spec["audio"][0] == {
        "name": "stereo",
        "codec": "AAC",
        "bitrateKbps": 128,
        "channels": 2,
        "ifMissing": "Silence",
    }
    assert spec["images"] == {"thumbnailsEverySeconds": 10}


def test_what_a_job_leaves_out_is_filled_in(api: ApiServer, namespace: str) -> None:
    spec = created(api, transcode_job(namespace))["spec"]
    assert spec["chunking"] == {"targetSeconds": 30, "parallelism": 2}
    assert spec["packaging"] == {"hls": True, "dash": True}
    assert spec["retry"] == {"maxAttemptsPerChunk": 3}
    assert spec["verify"] == {"avSkewMaxMillis": 40}
    assert (spec["priority"], spec["suspend"], spec["output"]) == (0, False, {})


def test_the_models_read_what_the_api_server_stores(api: ApiServer, namespace: str) -> None:
    profile = EncodingProfile.model_validate(created(api, encoding_profile("read-back")))
    asset = MediaAsset.model_validate(created(api, media_asset(namespace)))
    job = TranscodeJob.model_validate(created(api, transcode_job(namespace)))
    assert profile.spec.renditions[1].max_bitrate_kbps == 3000
    assert asset.spec.rights[0].from_ is not None
    assert job.spec.input.uri == "s3://streamverse/demo/uploads/pilot.mp4"


def test_a_ladder_means_the_same_before_and_after_the_api_server_filled_it_in(
    api: ApiServer,
) -> None:
    manifest = encoding_profile("filled-in")
    written = EncodingProfileSpec.model_validate(manifest["spec"])
    stored = EncodingProfileSpec.model_validate(created(api, manifest)["spec"])
    assert written == stored
    assert written.model_dump(exclude_defaults=True) == stored.model_dump(exclude_defaults=True)


def test_a_job_may_carry_its_ladder(api: ApiServer, namespace: str) -> None:
    ladder = encoding_profile()["spec"]
    created(api, changed(transcode_job(namespace), {"spec.profile": ladder}))


def test_status_is_written_apart_and_the_api_server_adds_nothing(
    api: ApiServer, namespace: str
) -> None:
    manifest = transcode_job(namespace)
    made = created(api, manifest)
    ready = {
        "type": "Ready",
        "status": "False",
        "reason": "Encoding",
        "message": "1 of 4 chunks encoded",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    status: dict[str, Any] = {
        "observedGeneration": 1,
        "conditions": [ready],
        "profile": encoding_profile()["spec"],
        "progress": {"chunksDone": 1, "chunksTotal": 4, "percent": 25, "speed": "1.8x"},
        "timing": {"startedAt": "2026-01-01T00:00:00Z"},
    }
    answer = api.call(
        "PATCH",
        f"{address(manifest)}/status",
        {**{k: manifest[k] for k in ("apiVersion", "kind", "metadata")}, "status": status},
        content_type="application/apply-patch+yaml",
        fieldManager="tests",
    )
    assert answer.ok, answer.message
    assert answer.body["status"] == status
    assert answer.body["metadata"]["generation"] == made["metadata"]["generation"]


@pytest.mark.parametrize("kind", [k.plural for k in KINDS])
def test_kubectl_explain_has_words_for_every_field(api: ApiServer, kind: str) -> None:
    schema = explained(api, kind)
    silent = [path for path, node in fields("spec", schema["properties"]["spec"]) if not node]
    assert silent == []


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("EncodingProfile", ["Name", "Ladder", "Segment-ms", "Encoder", "Hash"]),
        ("MediaAsset", ["Name", "Kind", "Profile", "Length-ms", "Job", "HLS"]),
        ("TranscodeJob", ["Name", "Profile", "Source", "Percent", "Speed", "HLS"]),
    ],
)
def test_kubectl_get_prints(api: ApiServer, namespace: str, kind: str, row: list[str]) -> None:
    namespaced = {"namespace": namespace} if kind != "EncodingProfile" else {}
    path = collection(
        {"apiVersion": "streamverse.io/v1alpha1", "kind": kind, "metadata": namespaced}
    )
    answer = api.call("GET", path, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    columns = [column["name"] for column in answer.body["columnDefinitions"]]
    assert columns == [*row, "Ready", "Reason", "Age"]


def explained(api: ApiServer, plural: str) -> dict[str, Any]:
    """The schema that `kubectl explain` reads; it is published soon after the CRD is."""

    def look() -> dict[str, Any]:
        answer = api.call("GET", "/openapi/v3/apis/streamverse.io/v1alpha1")
        for schema in answer.body.get("components", {}).get("schemas", {}).values():
            named = schema.get("x-kubernetes-group-version-kind", ())
            if any(f"{gvk['kind'].lower()}s" == plural for gvk in named):
                return dict(schema)
        return {}

    return eventually(look, what=f"the schema of {plural} published")


def fields(path: str, node: dict[str, Any]) -> list[tuple[str, str]]:
    """Every field below a node, with its description."""
    found = [(path, str(node.get("description", "")))]
    for name, child in node.get("items", node).get("properties", {}).items():
        found += fields(f"{path}.{name}", child)
    return found


def created(api: ApiServer, manifest: dict[str, Any]) -> dict[str, Any]:
    answer = api.create(manifest, fieldValidation="Strict")
    assert answer.ok, answer.message
    return answer.body
