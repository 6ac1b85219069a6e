"""The command's one door to the object store, S3 by boto3: failures as sentences."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .exits import Exit, Stop
from .parts import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef


@dataclass(frozen=True)
class StoreAddress:
    """Where the store is, as seen from here, and the key to it."""

    endpoint: str
    bucket: str
    region: str
    access_key_id: str
    secret_access_key: str


class Bucket:
    """One bucket. Every method raises Stop when the store does not answer or says no."""

    def __init__(self, address: StoreAddress) -> None:
        self.name = address.bucket
        self._endpoint = address.endpoint
        self._s3: S3Client = boto3.client(
            "s3",
            endpoint_url=address.endpoint,
            region_name=address.region,
            aws_access_key_id=address.access_key_id,
            aws_secret_access_key=address.secret_access_key,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 5, "mode": "standard"},
                s3={"addressing_style": "path"},
                # Parts carry Content-MD5; a second checksum would read every byte once more.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @contextmanager
    def _in_sentences(self, verb: str, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as e:
            code = e.response.get("Error", {}).get("Code", "")
            status = e.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status == 404:
                raise Stop(Exit.NOT_FOUND, f"{verb} {key}: the store has no such thing") from e
            if status in {500, 502, 503, 504}:
                raise Stop(Exit.UNREACHABLE, f"{verb} {key}: the store is pressed: {code}") from e
            raise Stop(Exit.REFUSED, f"{verb} {key}: the store says no: {code}") from e
        except BotoCoreError as e:
            raise Stop(
                Exit.UNREACHABLE,
                f"the store at {self._endpoint} does not answer: {e}",
                "`streamverse doctor` says what is wrong with it",
            ) from e

    def reachable(self) -> None:
        with self._in_sentences("look at", self.name):
            self._s3.head_bucket(Bucket=self.name)

    def size(self, key: str) -> int | None:
        """Bytes of an object; None if there is none."""
        try:
            with self._in_sentences("look at", key):
                return self._s3.head_object(Bucket=self.name, Key=key)["ContentLength"]
        except Stop as stop:
            if stop.code is Exit.NOT_FOUND:
                return None
            raise

    def read(self, key: str) -> bytes:
        with self._in_sentences("read", key):
            return self._s3.get_object(Bucket=self.name, Key=key)["Body"].read()

    def put(self, key: str, content: bytes) -> None:
        """A whole object; the store refuses it if it was damaged on the way."""
        md5 = b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        with self._in_sentences("write", key):
            self._s3.put_object(Bucket=self.name, Key=key, Body=content, ContentMD5=md5)

    def names(self, prefix: str) -> list[str]:
        with self._in_sentences("list", prefix):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=prefix
            )
            return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            with self._in_sentences("delete", key):
                self._s3.delete_object(Bucket=self.name, Key=key)

    def unfinished(self, key: str) -> str | None:
        """The id of a multipart upload of this key that was begun and never completed."""
        try:
            upload = self.read(_note(key)).decode()
            self.stored_parts(key, upload)
        except Stop as stop:
            if stop.code is Exit.NOT_FOUND:
                return None
            raise
        return upload

    def begin(self, key: str) -> str:
        """Begin a multipart upload, and note its id beside it for a later try."""
        with self._in_sentences("begin", key):
            upload = self._s3.create_multipart_upload(Bucket=self.name, Key=key)["UploadId"]
        self.put(_note(key), upload.encode())
        return upload

    def stored_parts(self, key: str, upload: str) -> dict[int, Stored]:
        with self._in_sentences("list the parts of", key):
            pages = self._s3.get_paginator("list_parts").paginate(
                Bucket=self.name, Key=key, UploadId=upload
            )
            return {
                part["PartNumber"]: Stored(part["Size"], part["ETag"].strip('"'))
                for page in pages
                for part in page.get("Parts", [])
            }

    def put_part(self, key: str, upload: str, number: int, content: bytes, md5: str) -> None:
        with self._in_sentences("write", f"part {number} of {key}"):
            self._s3.upload_part(
                Bucket=self.name,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                Body=content,
                ContentMD5=md5,
            )

    def complete(self, key: str, upload: str, md5s: Sequence[str]) -> None:
        """Make the object of its parts, in order; `md5s` are hexadecimal."""
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": f'"{md5}"'} for number, md5 in enumerate(md5s, start=1)
        ]
        with self._in_sentences("complete", key):
            self._s3.complete_multipart_upload(
                Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        self.delete([_note(key)])


def _note(key: str) -> str:
    """Where the id of a key's upload is kept. To ask the store which uploads there are takes the
    right to see everybody's; no file is ever stored under a name that begins with a dot.
    """
    folder, _, name = key.rpartition("/")
    return f"{folder}/.{name}.unfinished"
