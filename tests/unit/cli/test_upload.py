"""What an upload does to what is in the store already."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from cli.exits import Exit, Stop
from cli.upload import bring

if TYPE_CHECKING:
    from cli.s3 import Bucket

KEY = "films/uploads/film.mp4"


class PaperBucket:
    name = "streamverse"

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def size(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film.mp4"
    file.write_bytes(b"new film")
    return file


def stored(film: Path, before: dict[str, bytes], *, replace: bool, name: str = "film.mp4") -> bytes:
    bucket = PaperBucket(before)
    bring(cast("Bucket", bucket), film, "films", name, replace=replace)
    return bucket.objects[f"films/uploads/{name}"]


def test_another_film_of_the_same_name_stays(film: Path) -> None:
    before = {KEY: b"an older film"}
    with pytest.raises(Stop) as stop:
        stored(film, before, replace=False)
    assert stop.value.code is Exit.REFUSED
    assert "13 bytes, yours has 8" in stop.value.sentence
    assert "--name OTHER" in stop.value.hint
    assert "--replace" in stop.value.hint
    assert before == {KEY: b"an older film"}


def test_another_film_of_the_same_name_is_replaced_where_that_is_meant(film: Path) -> None:
    assert stored(film, {KEY: b"an older film"}, replace=True) == b"new film"


@pytest.mark.parametrize("before", [{}, {KEY: b"new film"}])
def test_a_film_that_is_not_there_or_is_the_same_is_uploaded(
    film: Path, before: dict[str, bytes]
) -> None:
    assert stored(film, before, replace=False) == b"new film"


def test_another_name_is_free(film: Path) -> None:
    assert stored(film, {KEY: b"an older film"}, replace=False, name="other.mp4") == b"new film"
