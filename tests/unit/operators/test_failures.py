"""The API server's answers in our words."""

from typing import Any

import pytest

from operators.failures import (
    Conflict,
    NotFound,
    OverQuota,
    Permanent,
    Refusal,
    Taken,
    Terminating,
    Transient,
    refusal,
)

GOING = {"details": {"causes": [{"reason": "NamespaceTerminating"}]}}
FULL = {"message": 'jobs.batch "a" is forbidden: exceeded quota: small'}


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (400, {}, Permanent),
        (401, {}, Transient),
        (403, {}, Permanent),
        (403, GOING, Terminating),
        (403, FULL, OverQuota),
        (404, {}, NotFound),
        (409, {}, Conflict),
        (409, {"reason": "AlreadyExists"}, Taken),
        (422, {}, Permanent),
        (429, {}, Transient),
        (500, {}, Transient),
        (503, {}, Transient),
    ],
)
def test_the_code_says_whether_to_try_again(
    code: int, body: dict[str, Any], kind: type[Refusal]
) -> None:
    assert type(refusal("create", "Job", "vod/encode", code, body)) is kind


def test_a_refusal_names_what_was_wanted_and_why_not() -> None:
    said = str(refusal("create", "Job", "vod/encode", 422, {"message": "spec is invalid"}))
    assert said == "create Job vod/encode: spec is invalid (422)"
