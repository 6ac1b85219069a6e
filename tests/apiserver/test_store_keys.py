"""What the keys open, asked of a real MinIO: one tenant's part each, and no more."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException

from cli.s3 import Bucket, StoreAddress
from cli.upload import bring
from media_runtime.store import Store, StoreSettings
from operators.tenant.accounts import Accounts
from operators.tenant.credential import Credential, credential
from operators.tenant.policy import Account, origin_policy, tenant_policy
from tests.apiserver.minio import BUCKET, ROOT, MinIO, minio

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KEY = b"known to the platform alone, and to these tests"
FILMS = Account(credential(KEY, "films", "1"), tenant_policy(BUCKET, "films"))
ADVERTS = Account(credential(KEY, "adverts", "2"), tenant_policy(BUCKET, "adverts"))
ORIGIN = Account(Credential("origin.test", "an origin's secret"), origin_policy(BUCKET))
THEIRS = "adverts/uploads/soap.mp4"
CHUNK = "adverts/chunks/ab/0.m4s"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinIO]:
    """With two tenants and an origin, each with its key, and something in the second's part."""
    with minio(tmp_path_factory.mktemp("minio")) as found:
        make(found, FILMS, ADVERTS, ORIGIN)
        adverts = found.client(ADVERTS.credential)
        for key in (THEIRS, CHUNK):
            adverts.put_object(Bucket=BUCKET, Key=key, Body=b"theirs")
        yield found


def make(store: MinIO, *accounts: Account) -> None:
    for account in accounts:
        asyncio.run(Accounts.of(store.secret).ensure(account))


@pytest.fixture
def films(store: MinIO) -> "S3Client":
    return store.client(FILMS.credential)


def refused(request: Callable[[], object]) -> bool:
    try:
        request()
    except ClientError as e:
        return e.response["Error"]["Code"] in {"AccessDenied", "403"}
    return False


def test_a_tenant_works_in_its_own_part(films: "S3Client") -> None:
    films.put_object(Bucket=BUCKET, Key="films/a", Body=b"ours")
    assert films.get_object(Bucket=BUCKET, Key="films/a")["Body"].read() == b"ours"
    films.copy_object(Bucket=BUCKET, Key="films/b", CopySource=f"{BUCKET}/films/a")
    listed = films.list_objects_v2(Bucket=BUCKET, Prefix="films/")["Contents"]
    assert {"films/a", "films/b"} <= {item["Key"] for item in listed}
    films.delete_object(Bucket=BUCKET, Key="films/a")
    assert not films.list_objects_v2(Bucket=BUCKET, Prefix="films/a")["KeyCount"]


def test_a_tenant_uploads_in_parts_and_can_give_up(films: "S3Client") -> None:
    key = "films/uploads/long.mp4"
    upload = films.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    part = films.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"part")
    parts = films.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)["Parts"]
    assert [p["ETag"] for p in parts] == [part["ETag"]]
    films.complete_multipart_upload(
        Bucket=BUCKET,
        Key=key,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert films.head_object(Bucket=BUCKET, Key=key)["ContentLength"] == 4
    upload = films.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    films.abort_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload)


def test_a_tenant_reaches_nothing_of_anothers(store: MinIO, films: "S3Client") -> None:
    assert refused(lambda: films.get_object(Bucket=BUCKET, Key=THEIRS))
    assert refused(lambda: films.head_object(Bucket=BUCKET, Key=THEIRS))
    assert refused(lambda: films.put_object(Bucket=BUCKET, Key=THEIRS, Body=b"ours now"))
    assert refused(lambda: films.delete_object(Bucket=BUCKET, Key=THEIRS))
    assert refused(
        lambda: films.copy_object(Bucket=BUCKET, Key="films/x", CopySource=f"{BUCKET}/{THEIRS}")
    )
    assert refused(lambda: films.create_multipart_upload(Bucket=BUCKET, Key=THEIRS))
    assert refused(lambda: films.get_object(Bucket=BUCKET, Key="films2/a"))
    bulk = films.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": THEIRS}]})
    assert [e["Code"] for e in bulk["Errors"]] == ["AccessDenied"]
    there = store.client(ROOT).get_object(Bucket=BUCKET, Key=THEIRS)
    assert there["Body"].read() == b"theirs"


@pytest.mark.parametrize("prefix", ["", "adverts/", "film", "films"])
def test_a_tenant_sees_no_names_of_others(films: "S3Client", prefix: str) -> None:
    assert refused(lambda: films.list_objects_v2(Bucket=BUCKET, Prefix=prefix))
    assert refused(lambda: films.list_objects_v2(Bucket=BUCKET, Prefix=prefix, Delimiter="/"))
    assert refused(lambda: films.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix))
    assert refused(lambda: films.list_object_versions(Bucket=BUCKET, Prefix=prefix))


def test_a_tenant_changes_nothing_of_the_bucket(films: "S3Client") -> None:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    assert refused(lambda: films.put_bucket_policy(Bucket=BUCKET, Policy=policy))
    assert refused(lambda: films.create_bucket(Bucket="another"))
    assert refused(lambda: films.delete_bucket(Bucket=BUCKET))
    assert refused(films.list_buckets)


@pytest.mark.parametrize("account", [FILMS, ORIGIN])
@pytest.mark.parametrize(
    "request_",
    [
        lambda admin, _: admin.info(),
        lambda admin, _: admin.user_list(),
        lambda admin, me: admin.user_info(me),
        lambda admin, _: admin.user_info(ADVERTS.credential.access_key_id),
        lambda admin, _: admin.user_add("mallory", "a secret of hers"),
        lambda admin, me: admin.user_add(me, "a secret of my own"),
        lambda admin, me: admin.policy_set("consoleAdmin", user=me),
        lambda admin, _: admin.add_service_account(policy=None),
        lambda admin, _: admin.service_stop(),
    ],
)
def test_nobody_but_the_platform_administers_the_store(
    store: MinIO, account: Account, request_: Callable[[MinioAdmin, str], str]
) -> None:
    me = account.credential
    admin = MinioAdmin(
        endpoint=f"127.0.0.1:{store.port}",
        credentials=StaticProvider(me.access_key_id, me.secret_access_key),
        region="us-east-1",
        secure=False,
    )
    with pytest.raises(MinioAdminException, match="403"):
        request_(admin, me.access_key_id)


def test_the_origin_reads_what_is_published_and_writes_nothing(store: MinIO) -> None:
    origin = store.client(ORIGIN.credential)
    assert origin.get_object(Bucket=BUCKET, Key=CHUNK)["Body"].read() == b"theirs"
    assert origin.list_objects_v2(Bucket=BUCKET, Prefix="adverts/chunks/")["KeyCount"] == 1
    assert refused(lambda: origin.get_object(Bucket=BUCKET, Key=THEIRS))
    assert refused(lambda: origin.put_object(Bucket=BUCKET, Key=CHUNK, Body=b"spoilt"))
    assert refused(lambda: origin.delete_object(Bucket=BUCKET, Key=CHUNK))


def test_media_pods_do_their_work_with_a_tenants_key(store: MinIO) -> None:
    own = FILMS.credential
    objects = Store.open(
        StoreSettings(
            endpoint=store.endpoint,
            bucket=BUCKET,
            access_key_id=own.access_key_id,
            secret_access_key=own.secret_access_key,
        )
    )

    async def work() -> bytes | None:
        assert await objects.head("films/none") is None
        assert await objects.read("films/none") is None
        assert await objects.create("films/published/one.json", b"{}")
        assert not await objects.create("films/published/one.json", b"other")
        await objects.write("films/published/one.json", b"new")
        return await objects.read("films/published/one.json")

    assert asyncio.run(work()) == b"new"


def test_an_upload_goes_on_with_a_tenants_key(store: MinIO, tmp_path: Path) -> None:
    own = FILMS.credential
    bucket = Bucket(
        StoreAddress(store.endpoint, BUCKET, "us-east-1", own.access_key_id, own.secret_access_key)
    )
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(range(256)) * (36 << 10))
    key = "films/uploads/film.mp4"
    assert bucket.unfinished(key) is None
    upload = bucket.begin(key)
    assert bucket.unfinished(key) == upload
    assert bring(bucket, film, "films").uri == f"s3://{BUCKET}/{key}"
    assert sha256(bucket.read(key)).digest() == sha256(film.read_bytes()).digest()
    assert bucket.unfinished(key) is None
    assert [n for n in bucket.names("films/uploads/") if "unfinished" in n] == []


def test_a_new_secret_ends_the_old_one_and_what_was_lent_on_it(store: MinIO) -> None:
    before = Account(credential(KEY, "series", "3"), tenant_policy(BUCKET, "series"))
    make(store, before)
    lent = boto3.client(
        "sts",
        endpoint_url=store.endpoint,
        region_name="us-east-1",
        aws_access_key_id=before.credential.access_key_id,
        aws_secret_access_key=before.credential.secret_access_key,
    ).assume_role(RoleArn="arn:x:ignored:by:minio:role", RoleSessionName="session")["Credentials"]
    temporary = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=lent["AccessKeyId"],
        aws_secret_access_key=lent["SecretAccessKey"],
        aws_session_token=lent["SessionToken"],
    )
    temporary.put_object(Bucket=BUCKET, Key="series/a", Body=b"")
    after = replace(before, credential=credential(KEY + b"new", "series", "3"))
    make(store, after)
    for old in (temporary, store.client(before.credential)):
        with pytest.raises(ClientError):
            old.put_object(Bucket=BUCKET, Key="series/a", Body=b"")
    store.client(after.credential).put_object(Bucket=BUCKET, Key="series/a", Body=b"")


def test_a_revoked_key_opens_nothing(store: MinIO) -> None:
    account = Account(credential(KEY, "gone", "4"), tenant_policy(BUCKET, "gone"))
    make(store, account)
    client = store.client(account.credential)
    client.put_object(Bucket=BUCKET, Key="gone/a", Body=b"")
    for _ in ("once", "and once more"):
        asyncio.run(Accounts.of(store.secret).revoke(account.family))
    with pytest.raises(ClientError):
        client.put_object(Bucket=BUCKET, Key="gone/a", Body=b"")
