"""The cache never goes back in time."""

from typing import Any

from operators.cache import Cache
from operators.kinds import JOB, OWNER_UID, POD


def job(version: int, *, uid: str = "u1", owner: str = "o1", **labels: str) -> dict[str, Any]:
    refs = [{"uid": owner, "controller": True}] if owner else []
    meta = {
        "name": "encode",
        "namespace": "vod",
        "uid": uid,
        "resourceVersion": str(version),
        "ownerReferences": refs,
        "labels": labels,
        "managedFields": [{}],
    }
    container = {"name": "encode", "image": "media:1", "args": ["big"]}
    template = {"spec": {"containers": [container], "volumes": ["big"]}}
    return {"metadata": meta, "spec": {"suspend": False, "template": template}}


def version(cache: Cache) -> str | None:
    found = cache.get(JOB, "vod", "encode")
    return found["metadata"]["resourceVersion"] if found else None


def test_old_news_is_no_news() -> None:
    cache = Cache()
    assert cache.observe(JOB, job(10))
    assert not cache.observe(JOB, job(10))
    assert not cache.observe(JOB, job(9))
    assert cache.observe(JOB, job(100))
    assert version(cache) == "100"


def test_what_is_gone_is_not_brought_back_by_a_late_answer() -> None:
    cache = Cache()
    cache.observe(JOB, job(10))
    cache.forget(JOB, job(12))
    assert not cache.observe(JOB, job(11))
    assert version(cache) is None


def test_a_successor_of_the_same_name_outlives_its_predecessor() -> None:
    cache = Cache()
    cache.observe(JOB, job(10))
    cache.observe(JOB, job(20, uid="u2"))
    cache.forget(JOB, job(19))
    assert version(cache) == "20"


def test_children_are_found_by_owner_and_by_label() -> None:
    cache = Cache()
    cache.observe(JOB, job(10))
    assert [found["metadata"]["name"] for found in cache.under(JOB, "o1")] == ["encode"]
    assert cache.under(POD, "o1") == []
    orphan = job(11, owner="") | {}
    orphan["metadata"]["labels"] = {OWNER_UID: "o2"}
    cache.observe(JOB, orphan)
    assert cache.under(JOB, "o1") == []
    assert len(cache.under(JOB, "o2")) == 1
    cache.forget(JOB, orphan)
    assert cache.under(JOB, "o2") == []


def test_what_nobody_reads_is_not_kept() -> None:
    cache = Cache()
    cache.observe(JOB, job(10))
    found = cache.get(JOB, "vod", "encode")
    assert found is not None
    images = [{"image": "media:1"}]
    assert found["spec"] == {"suspend": False, "template": {"spec": {"containers": images}}}
    assert "managedFields" not in found["metadata"]
