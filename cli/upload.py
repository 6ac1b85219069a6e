"""`streamverse upload FILE`: bring a mezzanine to the store; a try that was cut short goes on."""

import hashlib
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from media_runtime.title.layout import Layout

from .endpoints import tenant_store_address
from .exits import Exit, Stop
from .kubeconfig import DEFAULT_TENANT, Kubeconfig, Namespace, with_cluster
from .output import Format, Output, err, print_json, print_plain
from .parts import SMALLEST_PART, Part, cut, is_there, object_name
from .patient import PatientBucket
from .s3 import Bucket

AT_ONCE = 4

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Uploaded:
    uri: str
    bytes: int
    reused_bytes: int
    """Found in the store from an earlier try."""


@app.command()
def upload(
    file: Annotated[Path, typer.Argument(help="The film, advert or slate to bring.")],
    namespace: Namespace = DEFAULT_TENANT,
    name: Annotated[
        str | None, typer.Option(help="What to call it in the store; the file's name if absent.")
    ] = None,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of another film of its name.")
    ] = False,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Upload FILE to the store and print its s3:// address.

    Large files go in parts; run the same command again after an interruption and it goes on
    where it stopped. A film of another size that is there under the same name stays, unless you
    say --replace. Only the address is printed on stdout. The key to the store is the namespace's
    own, in its Secret streamverse-store: whoever may edit there may upload.
    """
    key = with_cluster(kubeconfig, lambda kube: tenant_store_address(kube, namespace))
    bucket = PatientBucket(key)
    done = bring(bucket, file, namespace, name, replace=replace)
    if output is Format.JSON:
        print_json({"uri": done.uri, "bytes": done.bytes, "reusedBytes": done.reused_bytes})
    else:
        print_plain(done.uri)


def bring(
    bucket: Bucket, file: Path, namespace: str, name: str | None = None, *, replace: bool = True
) -> Uploaded:
    """Put the file under the tenant's uploads, with a progress bar on stderr.

    Raises Stop where another film has its name and is not to be replaced.
    """
    before = _identity(file)
    size = before[0]
    if size == 0:
        raise Stop(Exit.USAGE, f"{file} is empty")
    key = Layout(namespace).upload(object_name(name or file.name))
    if not replace:
        _must_be_free(bucket, key, size)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=err,
    ) as progress:
        task = progress.add_task(file.name, total=size)
        advance = Advance(lambda count: progress.update(task, advance=count))
        reused = _in_parts(bucket, file, key, size, advance) if size > SMALLEST_PART else 0
        if size <= SMALLEST_PART:
            bucket.put(key, file.read_bytes())
            advance(size)
    if _identity(file) != before:
        bucket.delete([key])
        raise Stop(Exit.UNWELL, f"{file} changed while it was uploaded", "upload it again")
    return Uploaded(f"s3://{bucket.name}/{key}", size, reused)


def _must_be_free(bucket: Bucket, key: str, size: int) -> None:
    """A film of the same size is taken for the same film: to upload it again does no harm."""
    there = bucket.size(key)
    if there is not None and there != size:
        raise Stop(
            Exit.REFUSED,
            f"s3://{bucket.name}/{key} is there already, and is another file: it has {there:,} "
            f"bytes, yours has {size:,}",
            "give yours another name with `--name OTHER`, or put it in that one's place with "
            "`--replace`",
        )


class Advance:
    """Adds up bytes from several threads."""

    def __init__(self, show: Callable[[int], None]) -> None:
        self._show = show
        self._lock = threading.Lock()

    def __call__(self, count: int) -> None:
        with self._lock:
            self._show(count)


def _in_parts(bucket: Bucket, file: Path, key: str, size: int, advance: Advance) -> int:
    """Upload what the store lacks, then make the object. Returns the bytes that were there."""
    upload_id = bucket.unfinished(key)
    stored = bucket.stored_parts(key, upload_id) if upload_id else {}
    upload_id = upload_id or bucket.begin(key)
    if stored:
        err.print(f"going on with an earlier try: {len(stored)} parts are there", style="dim")

    def carry(part: Part) -> tuple[str, int]:
        with file.open("rb") as source:
            source.seek(part.offset)
            content = source.read(part.size)
        digest = hashlib.md5(content, usedforsecurity=False)
        there = is_there(part, digest.hexdigest(), stored)
        if not there:
            bucket.put_part(key, upload_id, part.number, content, _base64(digest))
        advance(part.size)
        return digest.hexdigest(), part.size if there else 0

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            carried = list(pool.map(carry, cut(size)))
        except BaseException:
            # Ctrl-C and a lost store alike: what is there stays, for the next try.
            pool.shutdown(cancel_futures=True)
            raise
    bucket.complete(key, upload_id, [md5 for md5, _ in carried])
    return sum(reused for _, reused in carried)


def _identity(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError as e:
        raise Stop(Exit.USAGE, f"{file} cannot be read: {e.strerror}") from e
    if not file.is_file():
        raise Stop(Exit.USAGE, f"{file} is not a file")
    return found.st_size, found.st_mtime_ns


def _base64(digest: "hashlib._Hash") -> str:
    return b64encode(digest.digest()).decode()
