"""What each key may do, as the store reads it."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from media_runtime.live.channel.dvr.keys import DvrKeys
from operators.tenant.credential import Credential
from operators.tenant.policy import Account, Document, origin_policy, tenant_policy

BUCKET = "streamverse"
WORK = {
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
}


def allowed(policy: Document, action: str, resource: str, prefix: str = "") -> bool:
    """As S3 decides: a denial wins, and nothing is allowed that nothing allows."""
    effects = {
        s["Effect"] for s in policy["Statement"] if matches(s, action, resource, prefix=prefix)
    }
    return effects == {"Allow"}


def matches(statement: dict[str, Any], action: str, resource: str, *, prefix: str) -> bool:
    condition = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", ["*"])
    return (
        any(fnmatchcase(action, a) for a in statement["Action"])
        and any(
            fnmatchcase(f"arn:aws:s3:::{resource}", r) for r in statement.get("Resource", ["*"])
        )
        and any(fnmatchcase(prefix, p) for p in condition)
    )


@pytest.mark.parametrize("action", sorted(WORK))
def test_a_tenant_may_do_all_work_under_its_own_name(action: str) -> None:
    policy = tenant_policy(BUCKET, "films")
    assert allowed(policy, action, "streamverse/films/uploads/a.mp4")


@pytest.mark.parametrize("action", sorted(WORK))
@pytest.mark.parametrize("key", ["film/a", "films2/a", "filmsa", "a/films/b"])
def test_a_tenant_may_do_nothing_elsewhere(action: str, key: str) -> None:
    policy = tenant_policy(BUCKET, "films")
    assert not allowed(policy, action, f"streamverse/{key}")
    assert not allowed(policy, action, "another/films/a")


@pytest.mark.parametrize("prefix", ["films/", "films/uploads/"])
def test_a_tenant_lists_its_own(prefix: str) -> None:
    assert allowed(tenant_policy(BUCKET, "films"), "s3:ListBucket", BUCKET, prefix)


@pytest.mark.parametrize("prefix", ["", "films", "film/", "films2/"])
def test_a_tenant_lists_nothing_else(prefix: str) -> None:
    assert not allowed(tenant_policy(BUCKET, "films"), "s3:ListBucket", BUCKET, prefix)


@pytest.mark.parametrize("policy", [tenant_policy(BUCKET, "films"), origin_policy(BUCKET)])
def test_nobody_but_the_platform_administers(policy: Document) -> None:
    assert {"Effect": "Deny", "Action": ["admin:*"]} in policy["Statement"]


def test_no_more_actions_are_named_than_the_work_needs() -> None:
    allows = [s for s in tenant_policy(BUCKET, "films")["Statement"] if s["Effect"] == "Allow"]
    assert {action for s in allows for action in s["Action"]} == WORK | {"s3:ListBucket"}


def test_the_origin_reads_what_is_published_and_no_mezzanine() -> None:
    policy = origin_policy(BUCKET)
    assert allowed(policy, "s3:GetObject", "streamverse/films/chunks/ab/0.m4s")
    assert allowed(policy, "s3:GetObject", "streamverse/films/titles/1/plan.json")
    assert allowed(policy, "s3:ListBucket", BUCKET, "films/chunks/")
    assert not allowed(policy, "s3:GetObject", "streamverse/films/uploads/a.mp4")
    assert not allowed(policy, "s3:GetObject", "streamverse/films/titles/1/source")
    recording = DvrKeys("films", "news", "u1").recording("20260601T120000Z")
    assert not allowed(policy, "s3:GetObject", f"streamverse/{recording}")
    for action in WORK - {"s3:GetObject"}:
        assert not allowed(policy, action, "streamverse/films/chunks/ab/0.m4s")


@pytest.mark.parametrize("channel", ["news", "recordings"])
def test_the_origin_reads_the_hours_of_every_channel(channel: str) -> None:
    segment = DvrKeys("films", channel, "u1").segment("240p", 7)
    assert allowed(origin_policy(BUCKET), "s3:GetObject", f"streamverse/{segment}")


def test_a_policys_name_tells_whether_secret_and_policy_are_these() -> None:
    account = Account(Credential("tenant.films.1", "secret"), tenant_policy(BUCKET, "films"))
    other_secret = Account(Credential("tenant.films.1", "other"), account.policy)
    other_policy = Account(account.credential, tenant_policy("another", "films"))
    names = {account.policy_name, other_secret.policy_name, other_policy.policy_name}
    assert len(names) == 3
    assert all(name.startswith("tenant.films.1-") for name in names)
    assert "secret" not in account.policy_name
    assert account.family == "tenant.films."
