"""What is a difference between what we apply and what is there."""

import pytest

from operators.compare import amount, contains


@pytest.mark.parametrize(
    ("observed", "applied"),
    [
        ({"a": 1, "more": 2}, {"a": 1}),
        ({"a": 1}, {"a": 1, "empty": None, "none": [], "nothing": {}}),
        ({"requests": {"cpu": "500m"}}, {"requests": {"cpu": "0.5"}}),
        ({"requests": {"cpu": "1"}}, {"requests": {"cpu": 1}}),
        ({"limits": {"memory": "1Gi"}}, {"limits": {"memory": "1024Mi"}}),
        ({"env": [{"name": "B"}, {"name": "A", "value": "1"}]}, {"env": [{"name": "A"}]}),
        ({"ports": [{"port": 80, "nodePort": 3, "name": "w"}]}, {"ports": [{"port": 80}]}),
        ({"args": ["a", "b"]}, {"args": ["a", "b"]}),
    ],
)
def test_what_the_server_adds_or_rewrites_is_no_difference(
    observed: object, applied: object
) -> None:
    assert contains(observed, applied)


@pytest.mark.parametrize(
    ("observed", "applied"),
    [
        ({}, {"a": 1}),
        ({"a": 2}, {"a": 1}),
        ({"a": 0}, {"a": False}),
        ({"a": "1"}, {"a": "1.0"}),
        ({"args": ["b", "a"]}, {"args": ["a", "b"]}),
        ({"args": ["a", "b", "c"]}, {"args": ["a", "b"]}),
        ({"env": [{"name": "A", "value": "2"}]}, {"env": [{"name": "A", "value": "1"}]}),
        ({"requests": {"cpu": "500m"}}, {"requests": {"cpu": "5"}}),
        ({"a": "text"}, {"a": {"b": 1}}),
        (None, {"a": 1}),
    ],
)
def test_what_somebody_changed_is_a_difference(observed: object, applied: object) -> None:
    assert not contains(observed, applied)


def test_quantities_are_numbers() -> None:
    assert amount("100m") == amount("0.1")
    assert amount("1Ki") == 1024
    assert amount("1k") == 1000
    assert amount("a lot") is None
