"""From an order to a published title, step by step as the pods run them, without a cluster."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Rendition
from crds.v1alpha1.encodingprofile import Images as ImagesWish
from crds.work import Exit, Order
from media_runtime.title.index import Index

from .encode_titles import X264, make, pattern, shown

ROOT = Path(__file__).parents[2]
PROFILE = EncodingProfileSpec(
    segment_duration_millis=2000,
    gop_duration_millis=1000,
    renditions=[
        Rendition(name="low", max_height=90, bitrate_kbps=100),
        Rendition(name="high", max_height=180, bitrate_kbps=300),
    ],
    audio=[AudioProfile(name="stereo")],
    images=ImagesWish(thumbnails_every_seconds=4),
)
ORDER = Order(
    tenant="demo",
    title="uid-1",
    name="pilot",
    input_uri="s3://streamverse/demo/uploads/film.mp4",
    profile=PROFILE,
    target_chunk_seconds=4,
    min_ssim=0.8,
)


class Pods:
    """Each step in a process of its own, over a store in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bucket = folder / "store"
        (self.bucket / "demo/uploads").mkdir(parents=True)

    def run(self, *step: str, order: Order = ORDER) -> tuple[int, dict[str, Any]]:
        report = self.folder / "report"
        report.unlink(missing_ok=True)
        ended = subprocess.run(
            [sys.executable, "-m", "media_runtime", *step],
            cwd=ROOT,
            env={
                **os.environ,
                "STREAMVERSE_STORE_ENDPOINT": f"file://{self.bucket}",
                "STREAMVERSE_ORDER": order.model_dump_json(by_alias=True),
                "STREAMVERSE_REPORT": str(report),
                "TMPDIR": str(self.folder),
            },
            check=False,
            stderr=subprocess.DEVNULL,
        )
        return ended.returncode, json.loads(report.read_bytes())

    def done(self, *step: str, order: Order = ORDER) -> dict[str, Any]:
        code, report = self.run(*step, order=order)
        assert code == Exit.DONE, report
        return report

    def encode(self, tasks: int, order: Order = ORDER) -> list[dict[str, Any]]:
        return [self.done("encode", "--task-index", str(n), order=order) for n in range(tasks)]

    def index(self) -> Index:
        return Index.model_validate_json(
            (self.bucket / "demo/titles/uid-1/index.json").read_bytes()
        )

    def track(self, init: str, objects: Sequence[str]) -> Path:
        file = self.folder / "track.mp4"
        parts = [f"inits/{init}.mp4", *(f"chunks/{name}.m4s" for name in objects)]
        file.write_bytes(b"".join((self.bucket / "demo" / part).read_bytes() for part in parts))
        return file


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Pods:
    pods = Pods(tmp_path_factory.mktemp("pods"))
    make(
        pods.bucket / "demo/uploads/film.mp4",
        *pattern(11.4),
        *("-f", "lavfi", "-i", "sine=440:d=11.4"),
        *X264,
        *("-c:a", "aac"),
    )
    probed = pods.done("probe")
    assert probed["tasks"] == 4  # three chunks and the sound
    pods.encode(probed["tasks"])
    pods.done("publish")
    return pods


def test_every_rendition_decodes_whole(pods: Pods) -> None:
    for track in pods.index().video:
        found = shown(pods.track(track.init, [f"{run.key}/{run.run}" for run in track.runs]))
        assert found.messages == ""
        assert found.times == [n * track.rung.ticks_per_frame for n in range(285)]


def test_sound_decodes_whole(pods: Pods) -> None:
    (track,) = pods.index().audio
    found = shown(pods.track(track.init, [f"{run.key}/{run.run}" for run in track.runs]))
    assert found.messages == ""
    assert found.times == [n * 1024 for n in range(len(found.times))]


def test_the_same_film_for_another_title_is_encoded_no_more(pods: Pods) -> None:
    again = ORDER.model_copy(update={"title": "uid-2", "name": "again"})
    assert pods.done("probe", order=again)["tasks"] == 0
    report = pods.done("publish", order=again)
    assert report["outputs"][0]["ssim"] > 0.8
    pods.done("retire", order=again)


def test_an_edited_rung_is_encoded_alone(pods: Pods) -> None:
    low, high = PROFILE.renditions
    edited = PROFILE.model_copy(
        update={"renditions": (low, high.model_copy(update={"bitrate_kbps": 400}))}
    )
    order = ORDER.model_copy(update={"title": "uid-3", "name": "edited", "profile": edited})
    before = {file.name for file in (pods.bucket / "demo/chunks").iterdir()}
    probed = pods.done("probe", order=order)
    pods.encode(probed["tasks"], order)
    after = {file.name for file in (pods.bucket / "demo/chunks").iterdir()}
    assert len(after - before) == len(pods.index().video[0].runs)
    pods.done("publish", order=order)
    pods.done("retire", order=order)


def test_a_title_that_is_not_encoded_is_not_published(pods: Pods, tmp_path: Path) -> None:
    other = Pods(tmp_path)
    source = pods.bucket / "demo/uploads/film.mp4"
    (other.bucket / "demo/uploads/film.mp4").write_bytes(source.read_bytes())
    other.done("probe")
    ended = other.bucket / "demo/titles/uid-1/ended.json"
    for reason in ["ChunksLost"] * 3 + ["VerifyFailed"]:
        assert not ended.exists()
        code, report = other.run("publish")
        assert (code, report["reason"]) == (Exit.REFUSED, reason)
    assert json.loads(ended.read_bytes())["reason"] == "VerifyFailed"


def test_a_source_that_changes_meanwhile_is_noticed(pods: Pods, tmp_path: Path) -> None:
    other = Pods(tmp_path)
    source = (pods.bucket / "demo/uploads/film.mp4").read_bytes()
    (other.bucket / "demo/uploads/film.mp4").write_bytes(source)
    other.done("probe")
    (other.bucket / "demo/uploads/film.mp4").write_bytes(source[::-1])
    code, report = other.run("encode", "--task-index", "0")
    assert (code, report["reason"]) == (Exit.REFUSED, "InputChanged")


def test_a_store_without_a_plan_is_tried_again(tmp_path: Path) -> None:
    code, _ = Pods(tmp_path).run("encode", "--task-index", "0")
    assert code == Exit.TRY_AGAIN
