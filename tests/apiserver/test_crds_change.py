"""What may be edited once an object exists, and what may not."""

from typing import Any

import pytest

from crds.v1alpha1 import TranscodeJobSpec
from tests.apiserver.objects import encoding_profile, media_asset, transcode_job
from tests.apiserver.server import ApiServer

EDITS: dict[str, Any] = {
    "input": {"uri": "s3://streamverse/demo/uploads/other.mp4"},
    "profileRef": {"name": "other"},
    "profile": encoding_profile()["spec"],
    "output": {"prefix": "other"},
    "packaging": {"dash": False},
    "chunking": {"parallelism": 9},
    "activeDeadlineSeconds": 600,
    "retry": {"maxAttemptsPerChunk": 9},
    "gpu": {"poolRef": {"name": "other"}},
    "verify": {"minSsim": 0.9},
}
EDITABLE: dict[str, Any] = {"suspend": True, "priority": 5, "ttlSecondsAfterFinished": 60}


@pytest.mark.parametrize("field", EDITS)
def test_the_work_of_a_job_is_fixed(api: ApiServer, namespace: str, field: str) -> None:
    job = transcode_job(namespace)
    assert api.create(job).ok
    answer = api.merge(job, {"spec": {field: EDITS[field]}})
    assert answer.code == 422
    assert f"{field} cannot change once the object exists; make another one" in answer.message
    assert "suspend, priority and ttlSecondsAfterFinished can be edited" in answer.message


@pytest.mark.parametrize("field", EDITABLE)
def test_how_a_job_is_run_can_be_edited(api: ApiServer, namespace: str, field: str) -> None:
    job = transcode_job(namespace)
    assert api.create(job).ok
    answer = api.merge(job, {"spec": {field: EDITABLE[field]}})
    assert answer.ok, answer.message


def test_a_field_of_a_job_is_either_fixed_or_editable() -> None:
    fields = {f.alias for f in TranscodeJobSpec.model_fields.values()}
    assert fields == EDITS.keys() | EDITABLE.keys()


def test_what_was_given_cannot_be_taken_away(api: ApiServer, namespace: str) -> None:
    job = transcode_job(namespace)
    job["spec"]["profile"] = encoding_profile()["spec"]
    assert api.create(job).ok
    answer = api.merge(job, {"spec": {"profileRef": None}})
    assert "profileRef cannot change once the object exists" in answer.message


def test_assets_and_profiles_are_edited_freely(api: ApiServer, namespace: str) -> None:
    asset, profile = media_asset(namespace), encoding_profile(f"edited-{namespace}")
    assert api.create(asset).ok
    assert api.create(profile).ok
    moved = api.merge(asset, {"spec": {"source": {"uri": "s3://streamverse/demo/uploads/2.mp4"}}})
    longer = api.merge(profile, {"spec": {"segmentDurationMillis": 6000}})
    assert (moved.message, longer.message) == ("", "")
    assert (moved.ok, longer.ok) == (True, True)
