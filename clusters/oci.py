"""Images of an OCI layout as one archive that containerd and docker read, less what they have."""

import io
import json
import tarfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import IO, Any

REF = "org.opencontainers.image.ref.name"
NAME = "io.containerd.image.name"

Descriptor = Mapping[str, Any]


def entries(layout: Path) -> dict[str, Descriptor]:
    """Reference → the descriptor of its manifest."""
    index = json.loads((layout / "index.json").read_text())
    return {entry["annotations"][REF]: entry for entry in index["manifests"]}


def blob(layout: Path, digest: str) -> Path:
    algorithm, _, value = digest.partition(":")
    return layout / "blobs" / algorithm / value


def reachable(layout: Path, entry: Descriptor) -> list[str]:
    """The digests that one image is made of: its manifest, its configuration, its layers."""
    manifest = json.loads(blob(layout, entry["digest"]).read_text())
    parts = (manifest["config"], *manifest["layers"])
    return [entry["digest"], *(part["digest"] for part in parts)]


def index_of(chosen: Mapping[str, Descriptor], aliases: Mapping[str, str]) -> dict[str, Any]:
    """The index of an archive: each image by its full name, and by its alias where it has one."""
    named = [(name, name) for name in chosen]
    named += [(alias, name) for name, alias in aliases.items() if name in chosen]
    return {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": chosen[name]["mediaType"],
                "digest": chosen[name]["digest"],
                "size": chosen[name]["size"],
                "annotations": {NAME: shown, REF: shown.rpartition(":")[2]},
            }
            for shown, name in named
        ],
    }


def write_archive(
    layout: Path,
    names: Collection[str],
    aliases: Mapping[str, str],
    into: IO[bytes],
    *,
    known: Callable[[str], bool] = lambda digest: False,  # noqa: ARG005 - nothing is known
) -> None:
    """Write the images named, leaving out the layers that the reader knows by digest."""
    chosen = {name: entry for name, entry in entries(layout).items() if name in names}
    wanted = dict.fromkeys(d for entry in chosen.values() for d in reachable(layout, entry))
    with tarfile.open(fileobj=into, mode="w|") as archive:
        _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(archive, "index.json", json.dumps(index_of(chosen, aliases)).encode())
        for digest in wanted:
            if not known(digest):
                path = blob(layout, digest)
                archive.add(path, arcname=f"blobs/{digest.replace(':', '/')}")


def forget(layout: Path, names: Collection[str]) -> None:
    """Remove images from a layout, with the blobs that no other one is made of."""
    index = layout / "index.json"
    content = json.loads(index.read_text())
    kept = [e for e in content["manifests"] if e["annotations"][REF] not in names]
    needed = {digest for entry in kept for digest in reachable(layout, entry)}
    gone = [e for e in content["manifests"] if e not in kept]
    orphans = {digest for entry in gone for digest in reachable(layout, entry)} - needed
    fresh = index.with_suffix(".new")
    fresh.write_text(json.dumps({**content, "manifests": kept}))
    fresh.rename(index)
    for digest in orphans:
        blob(layout, digest).unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
