"""A batch step outlasts a store that is away for a while, and no longer."""

import asyncio

import pytest

from media_runtime.store import Store, StoreAway, StoreRefused, patient
from media_runtime.store.patient import PatientStore


class Restarting(Store):
    """Away for the first few questions."""

    away_for = 0
    asked = 0

    async def read(self, key: str) -> bytes | None:
        self.asked += 1
        if self.asked <= self.away_for:
            raise StoreAway("connection refused")
        return await super().read(key)


class Patient(PatientStore, Restarting):
    """Patience over a store that restarts."""


def test_a_question_is_asked_again_until_it_is_answered() -> None:
    store = Patient.in_memory()
    asyncio.run(store.write("k", b"v"))
    store.away_for = 2
    assert asyncio.run(store.read("k")) == b"v"
    assert store.asked == 3


def test_patience_ends() -> None:
    store = Patient.in_memory()
    store.away_for, store.patience_seconds = 1000, 0.3
    with pytest.raises(StoreAway):
        asyncio.run(store.read("k"))


def test_what_is_missing_is_not_waited_for() -> None:
    store = Patient.in_memory()
    assert asyncio.run(store.read("k")) is None
    assert store.asked == 1


class Forbidding(Store):
    """Does not know its caller."""

    asked = 0

    async def read(self, key: str) -> bytes | None:
        self.asked += 1
        raise StoreRefused(f"read {key}: the store does not know the access key")


class PatientlyForbidden(PatientStore, Forbidding):
    """Patience over a store that will not."""


def test_a_store_that_will_not_is_asked_for_a_shorter_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "REFUSED_PATIENCE_SECONDS", 0.7)
    store = PatientlyForbidden.in_memory()
    with pytest.raises(StoreRefused):
        asyncio.run(store.read("k"))
    assert store.asked == 2
