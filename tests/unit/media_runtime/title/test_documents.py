"""Papers that were written by another release."""

import json

import pytest
from pydantic import ValidationError

from media_runtime.title.index import Ended, Publication
from media_runtime.title.model import Newer
from media_runtime.title.plan import Plan

from .films import film


def test_a_field_of_a_later_release_is_passed_over() -> None:
    plan = film()
    later = json.loads(plan.to_json()) | {"subtitles": [{"name": "en"}]}
    later["rungs"][0]["grain"] = 3
    assert Plan.from_json(json.dumps(later).encode(), "plan.json") == plan


def test_a_plan_of_an_earlier_release_is_read() -> None:
    plan = film()
    earlier = json.loads(plan.to_json())
    del earlier["chunksInTask"]
    assert not any("stills" in chunk for chunk in earlier["chunks"])
    assert Plan.from_json(json.dumps(earlier).encode(), "plan.json") == plan


def test_a_later_version_is_refused_by_its_number_and_place() -> None:
    later = json.loads(film().to_json()) | {"version": 2, "rungs": {}}
    with pytest.raises(Newer, match=r"titles/t/plan.json has version 2, .* upgrade"):
        Plan.from_json(json.dumps(later).encode(), "titles/t/plan.json")


def test_what_is_broken_is_not_called_newer() -> None:
    with pytest.raises(ValidationError):
        Publication.from_json(b'{"version": 1}', "published/pilot.json")


def test_why_a_title_ended_needs_no_more_than_a_reason() -> None:
    assert Ended.from_json(b'{"reason": "VerifyFailed"}', "ended.json").reason == "VerifyFailed"
