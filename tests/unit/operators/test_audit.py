"""When a watch is called dead."""

from typing import Any

from operators.audit import Difference, Ledger, differences
from operators.cache import Cache
from operators.cluster import Listing
from operators.kinds import JOB


def job(name: str, version: int) -> dict[str, Any]:
    meta = {"name": name, "namespace": "vod", "uid": name, "resourceVersion": str(version)}
    return {"metadata": meta}


def found(known: dict[str, int], listed: dict[str, int], as_of: int = 100) -> set[tuple[str, str]]:
    cache = Cache()
    for name, version in known.items():
        cache.observe(JOB, job(name, version))
    listing = Listing(str(as_of), [job(name, version) for name, version in listed.items()])
    return {(d.what, d.key[2]) for d in differences(JOB, listing, cache)}


def test_a_cache_that_is_behind_differs_and_one_that_is_ahead_does_not() -> None:
    assert found({"a": 5}, {"a": 5}) == set()
    assert found({"a": 5}, {"a": 6}) == {("unseen", "a")}
    assert found({}, {"a": 6}) == {("unseen", "a")}
    assert found({"a": 7}, {"a": 6}) == set()
    assert found({"a": 5}, {}) == {("gone", "a")}
    assert found({"a": 101}, {}) == set()


NEWS = Difference("unseen", ("Job", "vod", "a"), 6)
GONE = Difference("gone", ("Job", "vod", "a"), 5)


def test_news_that_stay_unseen_for_long_prove_a_dead_watch() -> None:
    ledger = Ledger(30, synced=True)
    ledger.note({NEWS: {}}, 0)
    ledger.note({NEWS: {}}, 29)
    assert ledger.verdict is None
    ledger.note({NEWS: {}}, 30)
    assert ledger.verdict == NEWS
    ledger.note({}, 31)
    assert ledger.verdict == NEWS


def test_a_watch_that_is_slow_but_comes_is_alive() -> None:
    ledger = Ledger(30, synced=True)
    for moment in range(0, 120, 15):
        ledger.note({Difference("unseen", NEWS.key, moment): {}}, moment)
    assert ledger.verdict is None


def test_an_outage_excuses_the_watch() -> None:
    ledger = Ledger(30, synced=True)
    ledger.note({NEWS: {}}, 0)
    ledger.interrupted()
    ledger.note({NEWS: {}}, 60)
    assert ledger.verdict is None


def test_a_missed_removal_is_made_good_at_the_second_look_and_proves_nothing() -> None:
    ledger = Ledger(30, synced=True)
    assert ledger.note({GONE: {}}, 0) == []
    assert ledger.note({GONE: {}}, 60) == [GONE]
    assert ledger.verdict is None


def test_caches_are_synced_once_nothing_is_unseen() -> None:
    ledger = Ledger(30)
    ledger.note({NEWS: {}}, 0)
    assert not ledger.synced
    ledger.note({GONE: {}}, 1)
    assert ledger.synced
