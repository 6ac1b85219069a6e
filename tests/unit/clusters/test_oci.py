"""Archives of images: what a reader needs, and nothing it has."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

from clusters.oci import NAME, REF, entries, forget, write_archive


def put(layout: Path, content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    path = layout / "blobs" / "sha256" / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"mediaType": "application/x", "digest": f"sha256:{digest}", "size": len(content)}


def image(layout: Path, name: str, *layers: bytes) -> dict[str, object]:
    parts = {"config": put(layout, name.encode()), "layers": [put(layout, one) for one in layers]}
    return {**put(layout, json.dumps(parts).encode()), "annotations": {REF: name}}


def layout_of(root: Path) -> Path:
    manifests = [image(root, "a:1", b"base", b"code of a"), image(root, "b:1", b"base", b"b")]
    root.joinpath("index.json").write_text(json.dumps({"manifests": manifests}))
    return root


def read(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name: file.read() for name, file in files.items() if file}


def blobs(files: dict[str, bytes]) -> list[bytes]:
    return [content for name, content in files.items() if name.startswith("blobs/")]


def test_an_image_comes_whole_and_alone(tmp_path: Path) -> None:
    into = io.BytesIO()
    write_archive(layout_of(tmp_path), ["a:1"], {}, into)
    files = read(into.getvalue())
    assert b"code of a" in blobs(files)
    assert b"b" not in blobs(files)
    (entry,) = json.loads(files["index.json"])["manifests"]
    assert entry["annotations"][NAME] == "a:1"


def test_a_layer_of_two_images_is_written_once(tmp_path: Path) -> None:
    into = io.BytesIO()
    write_archive(layout_of(tmp_path), ["a:1", "b:1"], {}, into)
    assert blobs(read(into.getvalue())).count(b"base") == 1


def test_what_the_reader_has_is_left_out(tmp_path: Path) -> None:
    into, base = io.BytesIO(), "sha256:" + hashlib.sha256(b"base").hexdigest()
    write_archive(layout_of(tmp_path), ["a:1"], {}, into, known=lambda digest: digest == base)
    assert b"base" not in blobs(read(into.getvalue()))


def test_an_alias_names_the_same_image(tmp_path: Path) -> None:
    into = io.BytesIO()
    write_archive(layout_of(tmp_path), ["a:1"], {"a:1": "a:v1.34.4"}, into)
    manifests = json.loads(read(into.getvalue())["index.json"])["manifests"]
    assert [m["annotations"][NAME] for m in manifests] == ["a:1", "a:v1.34.4"]
    assert len({m["digest"] for m in manifests}) == 1


def test_an_image_is_forgotten_with_the_layers_that_it_alone_has(tmp_path: Path) -> None:
    forget(layout_of(tmp_path), ["a:1"])
    left = [path.read_bytes() for path in tmp_path.joinpath("blobs", "sha256").iterdir()]
    assert list(entries(tmp_path)) == ["b:1"]
    assert b"code of a" not in left
    assert b"base" in left
    assert b"b" in left
