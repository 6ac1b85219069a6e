"""A tenant's key is derived: always the same, never anybody else's."""

from itertools import combinations

import pytest

from operators.tenant.credential import WeakKey, credential, family, tenant_of

KEY = b"known to the platform alone, and to these tests"


def test_the_same_namespace_always_gets_the_same_key() -> None:
    assert credential(KEY, "films", "uid-1") == credential(KEY, "films", "uid-1")


def test_a_tenant_is_known_by_its_name() -> None:
    assert credential(KEY, "films", "uid-1").access_key_id.startswith("tenant.films.")
    assert family("films") == "tenant.films."


@pytest.mark.parametrize(
    ("user", "whose"),
    [
        (credential(KEY, "films", "uid-1").access_key_id, "films"),
        ("origin.test", None),
        ("tenant.films", None),
        ("tenants.films.1", None),
    ],
)
def test_whose_a_key_is_is_told_by_its_name(user: str, whose: str | None) -> None:
    assert tenant_of(user) == whose


def test_a_new_key_has_a_new_name() -> None:
    names = {
        credential(key, "films", uid).access_key_id
        for key in (KEY, KEY + b"!")
        for uid in ("uid-1", "uid-2")
    }
    assert len(names) == 4


def test_no_two_secrets_are_alike() -> None:
    found = [
        credential(KEY, "films", "uid-1"),
        credential(KEY, "film", "uid-1"),
        credential(KEY, "films", "uid-2"),
        credential(KEY, "filmsu", "id-1"),
        credential(KEY + b"!", "films", "uid-1"),
    ]
    assert all(a.secret_access_key != b.secret_access_key for a, b in combinations(found, 2))


def test_a_secret_is_as_long_as_its_hash_and_can_stand_in_any_file() -> None:
    secret = credential(KEY, "films", "uid-1").secret_access_key
    assert len(secret) == 43
    assert secret.replace("-", "").replace("_", "").isalnum()


def test_a_secret_is_not_shown() -> None:
    found = credential(KEY, "films", "uid-1")
    assert found.secret_access_key not in repr(found)


def test_nothing_is_derived_from_a_short_key() -> None:
    with pytest.raises(WeakKey):
        credential(b"short", "films", "uid-1")
