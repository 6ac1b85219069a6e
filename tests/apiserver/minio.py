"""A real MinIO for as long as some tests, with the bucket in it, and clients of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from operators.tenant.credential import Credential
from tests.apiserver.awaiting import eventually
from tests.apiserver.ports import free_port
from tests.apiserver.server import binary

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "streamverse"
ROOT = Credential("root-of-the-tests", "known to these tests alone")


@dataclass
class MinIO:
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secret(self) -> dict[str, str]:
        """What the platform's Secret holds."""
        return {
            "STREAMVERSE_STORE_ENDPOINT": self.endpoint,
            "STREAMVERSE_STORE_BUCKET": BUCKET,
            "STREAMVERSE_STORE_REGION": "us-east-1",
            "STREAMVERSE_STORE_ACCESS_KEY_ID": ROOT.access_key_id,
            "STREAMVERSE_STORE_SECRET_ACCESS_KEY": ROOT.secret_access_key,
        }

    def start(self) -> None:
        argv = ["setpriv", "--pdeathsig", "KILL", str(binary("minio")), "server"]
        argv += [str(self.home / "objects"), "--address", f"127.0.0.1:{self.port}"]
        environment = {
            "MINIO_ROOT_USER": ROOT.access_key_id,
            "MINIO_ROOT_PASSWORD": ROOT.secret_access_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
        }
        with (self.home / "minio.log").open("ab") as log:
            self.process = subprocess.Popen(argv, env=environment, stdout=log, stderr=log)
        eventually(self._ready, seconds=60, what=f"MinIO, see {self.home}/minio.log")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def client(self, who: Credential) -> "S3Client":
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def _ready(self) -> bool:
        try:
            with urlopen(f"{self.endpoint}/minio/health/ready", timeout=2) as answer:  # noqa: S310 - http, here
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def minio(home: Path) -> Iterator[MinIO]:
    home.mkdir(exist_ok=True)
    store = MinIO(home, free_port())
    store.start()
    try:
        store.client(ROOT).create_bucket(Bucket=BUCKET)
        yield store
    finally:
        store.stop()
