import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.parts import MOST_PARTS, Part, Stored, cut, is_there, object_name, part_size

GIBIBYTE = 1 << 30


@given(st.integers(min_value=1, max_value=200 * GIBIBYTE))
def test_parts_cover_the_file_once_and_fit_the_limits_of_s3(size: int) -> None:
    step = part_size(size)
    count = -(-size // step)
    assert count <= MOST_PARTS
    assert step >= 5 * (1 << 20)


@given(st.integers(min_value=1, max_value=300 * (1 << 20)))
def test_parts_follow_one_another_without_a_gap(size: int) -> None:
    end = 0
    for number, part in enumerate(cut(size), start=1):
        assert (part.number, part.offset) == (number, end)
        end += part.size
    assert end == size


def test_a_part_counts_as_there_only_if_its_bytes_are_the_same() -> None:
    part = Part(3, 0, 10)
    assert is_there(part, "aa", {3: Stored(10, "aa")})
    assert not is_there(part, "aa", {3: Stored(10, "bb")})
    assert not is_there(part, "aa", {3: Stored(9, "aa")})
    assert not is_there(part, "aa", {2: Stored(10, "aa")})


def test_a_plain_name_stays() -> None:
    assert object_name("My_Film-2.final.mov") == "My_Film-2.final.mov"
    assert object_name("film") == "film"


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("My Film (final) ñ.mov", "My-Film-final-[0-9a-f]{8}.mov"),
        ("../../etc/passwd", "etc-passwd-[0-9a-f]{8}"),
        ("…", "upload-[0-9a-f]{8}"),
        (".mp4", "mp4-[0-9a-f]{8}"),
        ("f" * 200 + ".mp4", "f{103}-[0-9a-f]{8}.mp4"),
    ],
)
def test_names_lose_what_a_shell_or_a_url_would_trip_over(name: str, stored: str) -> None:
    assert re.fullmatch(stored, object_name(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("фильм.mp4", "кино.mp4"),
        ("a b.mp4", "a-b.mp4"),
        ("f" * 200 + "1.mp4", "f" * 200 + "2.mp4"),
        ("\udcd4.mp4", "\udcea.mp4"),
    ],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert object_name(one) != object_name(other)


def test_a_later_try_finds_the_same_name() -> None:
    assert object_name("фильм.mp4") == "upload-dc4d1f3e.mp4"
    assert object_name("upload-dc4d1f3e.mp4") == "upload-dc4d1f3e.mp4"


@given(st.text(max_size=400))
def test_every_name_becomes_a_plain_one(name: str) -> None:
    plain = object_name(name)
    assert 0 < len(plain) <= 128
    assert all(c.isascii() and (c.isalnum() or c in "._-") for c in plain)
    assert not plain.startswith((".", "-"))
