"""A pod whose scratch space is full says so, by the word that the job's status gives as reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Rendition
from crds.work import Exit, Order

from .encode_titles import X264, make, pattern

ROOT = Path(__file__).parents[2]
PROFILE = EncodingProfileSpec(renditions=[Rendition(name="low", max_height=90, bitrate_kbps=100)])
ORDER = Order(
    tenant="demo",
    title="uid-1",
    name="pilot",
    input_uri="s3://streamverse/demo/uploads/film.mp4",
    profile=PROFILE,
)
SMALL = 'mount -t tmpfs -o size=16k scratch "$TMPDIR"; exec "$@"'
"""In namespaces of its own: nothing of it is seen outside, and it goes with the process."""


def ended(folder: Path, *step: str, small: bool) -> tuple[int, dict[str, str]]:
    scratch, report = folder / "scratch", folder / "report"
    scratch.mkdir(exist_ok=True)
    argv = [sys.executable, "-m", "media_runtime", *step]
    if small:
        argv = ["unshare", "--mount", "sh", "-ec", SMALL, "sh", *argv]
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env={
            **os.environ,
            "STREAMVERSE_STORE_ENDPOINT": f"file://{folder}/store",
            "STREAMVERSE_ORDER": ORDER.model_dump_json(by_alias=True),
            "STREAMVERSE_REPORT": str(report),
            "TMPDIR": str(scratch),
        },
        check=False,
        capture_output=True,
    )
    return done.returncode, json.loads(report.read_bytes())


def test_a_step_without_room_says_so_and_is_tried_again(tmp_path: Path) -> None:
    film = tmp_path / "store/demo/uploads/film.mp4"
    film.parent.mkdir(parents=True)
    make(film, *pattern(2), *X264)
    for step in (("probe",), ("encode", "--task-index", "0")):
        code, report = ended(tmp_path, *step, small=True)
        assert (code, report["reason"]) == (Exit.TRY_AGAIN, "ScratchFull"), report
        assert "No space left on device" in report["message"]
        code, report = ended(tmp_path, *step, small=False)
        assert code == Exit.DONE, report
