"""Names in a title's URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.origin.urls import revision, title_of

from .titles import TITLE


@given(st.uuids())
def test_a_revision_says_the_title_itself(title: object) -> None:
    assert title_of(revision(str(title))) == str(title)


@pytest.mark.parametrize(
    "wrong", ["", "ecc8ed7ece", TITLE, "F" * 32, "g" * 32, "0" * 33, f"{'0' * 32}\n", "../" * 11]
)
def test_what_names_no_title_is_none(wrong: str) -> None:
    assert title_of(wrong) is None
