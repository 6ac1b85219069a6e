"""A film is brought although the store, a real MinIO, is being started again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.exits import Exit, Stop
from cli.patient import PatientBucket
from cli.s3 import StoreAddress
from cli.upload import bring
from tests.apiserver.awaiting import eventually
from tests.apiserver.minio import BUCKET, ROOT, MinIO, minio


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MinIO]:
    with minio(tmp_path / "minio") as found:
        yield found


def bucket_of(store: MinIO) -> PatientBucket:
    return PatientBucket(
        StoreAddress(
            store.endpoint, BUCKET, "us-east-1", ROOT.access_key_id, ROOT.secret_access_key
        )
    )


@pytest.fixture(params=[1 << 10, 9 << 20], ids=["whole", "in parts"])
def film(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    file = tmp_path / "film.mp4"
    file.write_bytes(b"frame" * (request.param // 5))
    return file


def test_a_store_that_comes_back_gets_the_film(
    store: MinIO, film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket, said = bucket_of(store), ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "the store does not answer: asking again" in said

    store.stop()
    with ThreadPoolExecutor(1) as pool:
        brought = pool.submit(bring, bucket, film, "films")
        eventually(told, what="a word about the store")
        store.start()
        uri = brought.result(30).uri
    assert uri == f"s3://{BUCKET}/films/uploads/film.mp4"
    assert bucket.read("films/uploads/film.mp4") == film.read_bytes()


def test_a_store_that_stays_away_ends_it(store: MinIO, film: Path) -> None:
    bucket = bucket_of(store)
    bucket.patience_seconds = 1.0
    store.stop()
    with pytest.raises(Stop) as stop:
        bring(bucket, film, "films")
    assert stop.value.code is Exit.UNREACHABLE
    assert "does not answer" in stop.value.sentence
