"""How a namespace gets its key to the store, with a real API server and a real MinIO."""

from base64 import b64decode
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from operators.tenant.credential import Credential
from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.minio import BUCKET, ROOT, MinIO, minio
from tests.apiserver.objects import encoding_profile, transcode_job
from tests.apiserver.operator_processes import Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, Json

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "streamverse.io/tenant"
ORIGIN = Credential("origin.test", "an origin's secret")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinIO]:
    with minio(tmp_path_factory.mktemp("minio")) as found:
        yield found


@pytest.fixture(scope="module")
def fleet(
    api: ApiServer, store: MinIO, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operators]:
    """One replica, that makes keys by MinIO's admin API."""
    home: Path = tmp_path_factory.mktemp("tenants")
    origin = store.secret | {
        "STREAMVERSE_STORE_ACCESS_KEY_ID": ORIGIN.access_key_id,
        "STREAMVERSE_STORE_SECRET_ACCESS_KEY": ORIGIN.secret_access_key,
    }
    mount(home / "origin", origin)
    mount(home / "tenancy", {"key": "known to the platform alone, and to these tests"})
    with operators(api, home, operator_rights(api, home)) as found:
        mount(home / "store", store.secret)
        assert api.apply(encoding_profile("ladder-small")).ok
        found.leading(settings=settings(home))
        yield found


def settings(home: "Path") -> dict[str, str]:
    return {
        "STREAMVERSE_STORE_KEYS": "minio",
        "STREAMVERSE_TENANCY_KEY_FILE": str(home / "tenancy" / "key"),
        "STREAMVERSE_ORIGIN_FOLDER": str(home / "origin"),
    }


def mount(folder: "Path", content: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in content.items():
        (folder / name).write_text(text)


def label(api: ApiServer, namespace: str, value: str | None = "true") -> None:
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    assert api.merge(manifest, {"metadata": {"labels": {LABEL: value}}}).ok


def secret_path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets/streamverse-store"


def key_of(api: ApiServer, namespace: str) -> Credential | None:
    found = api.call("GET", secret_path(namespace))
    if not found.ok:
        return None
    text = {name: b64decode(value).decode() for name, value in found.body["data"].items()}
    return Credential(
        text["STREAMVERSE_STORE_ACCESS_KEY_ID"], text["STREAMVERSE_STORE_SECRET_ACCESS_KEY"]
    )


def given(api: ApiServer, namespace: str) -> Credential:
    """Its key, once it has one."""
    found = eventually(lambda: key_of(api, namespace))
    assert found
    return found


def opens(store: MinIO, who: Credential, key: str) -> bool:
    try:
        store.client(who).put_object(Bucket=BUCKET, Key=key, Body=b"")
    except ClientError:
        return False
    return True


def test_a_namespace_that_is_labelled_gets_a_key_to_its_own_part(
    api: ApiServer, fleet: Operators, store: MinIO, namespace: str
) -> None:
    assert fleet.replicas
    label(api, namespace)
    own = given(api, namespace)
    assert own.access_key_id.startswith(f"tenant.{namespace}.")
    assert opens(store, own, f"{namespace}/uploads/film.mp4")
    assert not opens(store, own, "demo/uploads/film.mp4")


def test_no_tenants_namespace_holds_the_platforms_key(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    assert fleet.replicas
    label(api, namespace)
    given(api, namespace)
    told = str([b64decode(v) for v in api.get(secret_path(namespace))["data"].values()])
    assert ROOT.access_key_id not in told
    assert ROOT.secret_access_key not in told


def test_a_namespace_without_the_label_gets_its_key_with_its_first_job(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    assert fleet.replicas
    job = transcode_job(namespace)
    assert api.create(job).ok
    until(api, job, "Ready", "False", "Probing")
    assert given(api, namespace)


def test_a_key_that_somebody_deleted_is_there_again_when_work_needs_it(
    api: ApiServer, fleet: Operators, store: MinIO, namespace: str
) -> None:
    label(api, namespace)
    before = given(api, namespace)
    assert api.delete(secret_path(namespace)).ok
    fleet.replicas[-1].end()
    fleet.leading(settings=settings(fleet.home))
    assert given(api, namespace) == before
    assert opens(store, before, f"{namespace}/a")


def test_the_key_of_an_earlier_namespace_of_the_name_opens_nothing(
    api: ApiServer, fleet: Operators, store: MinIO, namespace: str
) -> None:
    assert fleet.replicas
    label(api, namespace)
    before = given(api, namespace)
    remove(api, namespace)
    eventually(lambda: not opens(store, before, f"{namespace}/a"))


def test_of_keys_that_nobody_led_to_see_only_that_of_a_namespace_that_is_gone_is_removed(
    api: ApiServer, fleet: Operators, store: MinIO, namespace: str
) -> None:
    going, staying = f"{namespace}-going", namespace
    assert api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": going}}).ok
    for one in (going, staying):
        label(api, one)
    left, kept = given(api, going), given(api, staying)
    fleet.replicas[-1].kill()
    remove(api, going)
    label(api, staying, None)
    assert opens(store, left, f"{going}/a")
    fleet.leading(settings=settings(fleet.home))
    eventually(lambda: not opens(store, left, f"{going}/a"), what="its key removed")
    assert opens(store, kept, f"{staying}/a")


def test_the_origins_key_reads(fleet: Operators, store: MinIO) -> None:
    assert fleet.replicas
    store.client(ROOT).put_object(Bucket=BUCKET, Key="demo/published/film.json", Body=b"{}")
    origin = store.client(ORIGIN)

    def reads() -> bool:
        try:
            return bool(origin.get_object(Bucket=BUCKET, Key="demo/published/film.json"))
        except ClientError:
            return False

    eventually(reads)
    assert not opens(store, ORIGIN, "demo/published/film.json")


def test_a_job_says_that_the_store_is_away_and_goes_on_once_it_is_back(
    api: ApiServer, fleet: Operators, store: MinIO, namespace: str
) -> None:
    assert fleet.replicas
    store.stop()
    job = transcode_job(namespace)
    try:
        assert api.create(job).ok
        seen = until(api, job, "Ready", "False", "StoreAway")
        assert "does not answer; it is tried again" in condition(seen, "Ready")["message"]
        assert not api.get(f"/apis/batch/v1/namespaces/{namespace}/jobs")["items"]
    finally:
        store.start()
    eventually(lambda: jobs(api, namespace), seconds=40)
    until(api, job, "Ready", "False", "Probing")


def jobs(api: ApiServer, namespace: str) -> list[Json]:
    found: list[Json] = api.get(f"/apis/batch/v1/namespaces/{namespace}/jobs")["items"]
    return found


def remove(api: ApiServer, namespace: str) -> None:
    """As the namespace controller does, which does not run here."""
    path = f"/api/v1/namespaces/{namespace}"
    assert api.delete(path).ok
    going = api.get(path)
    assert api.call("PUT", f"{path}/finalize", {**going, "spec": {"finalizers": []}}).ok
