"""Story: I do everything with the command, and it tells me what I need to know."""

import hashlib
import json
import re
import tarfile
from base64 import b64encode
from pathlib import Path

import pytest

from cli.demo.install import TENANT
from cli.endpoints import store_address
from cli.exits import Exit
from cli.kinds import TRANSCODE_JOB
from cli.parts import cut
from crds.v1alpha1 import MediaAsset
from tests.e2e import media
from tests.e2e.clips import film as make_film
from tests.e2e.platform import Platform, transcode_job


def test_upload_prints_an_address_and_nothing_else(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    clip = tmp_path / "My Film (1).mp4"
    make_film(clip)
    done = platform.command("upload", str(clip), "-n", tenant)
    assert (done.code, done.err == "") == (Exit.OK, False)
    address = re.fullmatch(rf"s3://{platform.endpoints.bucket}/(\S+)\n", done.out)
    assert address
    assert re.fullmatch(rf"{tenant}/uploads/My-Film-1-[0-9a-f]{{8}}\.mp4", address[1])
    assert platform.bucket.read(address[1]) == clip.read_bytes()


def test_an_upload_that_was_cut_short_goes_on(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    big = tmp_path / "big.mp4"
    big.write_bytes(bytes(range(256)) * (20 << 12))
    key = f"{tenant}/uploads/big.mp4"
    upload = platform.bucket.begin(key)
    first = next(iter(cut(big.stat().st_size)))
    content = big.read_bytes()[: first.size]
    md5 = b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    platform.bucket.put_part(key, upload, first.number, content, md5)
    done = platform.command("upload", str(big), "-n", tenant, "-o", "json")
    assert done.code == Exit.OK, done.err
    assert json.loads(done.out)["reusedBytes"] == first.size
    assert platform.bucket.size(key) == big.stat().st_size
    assert platform.bucket.unfinished(key) is None


def test_an_empty_file_is_not_uploaded(platform: Platform, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    done = platform.command("upload", str(empty))
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert "is empty" in done.err


@pytest.mark.parametrize("form", ["hls", "dash", "watch"])
def test_url_prints_what_a_player_opens(platform: Platform, film: MediaAsset, form: str) -> None:
    done = platform.command("url", f"ma/{film.metadata.name}", "-n", TENANT, "--format", form)
    assert done.code == Exit.OK, done.err
    assert media.get(done.out.strip()).status == 200


def test_url_of_what_does_not_play_says_why(platform: Platform, tenant: str) -> None:
    bucket = platform.endpoints.bucket
    uri = f"s3://{bucket}/{tenant}/uploads/nothing.mp4"
    platform.apply(transcode_job("missing", tenant, uri))
    platform.until_settled(TRANSCODE_JOB, "missing", tenant, 120)
    done = platform.command("url", "tj/missing", "-n", tenant)
    assert (done.code, done.out) == (Exit.UNWELL, "")
    assert "InputUnreachable" in done.err
    told = platform.command("status", "tj/missing", "-n", tenant)
    assert told.code == Exit.UNWELL
    assert "✗ InputUnreachable" in told.out
    assert "→" in told.out


def test_status_of_one_shows_its_ladder(platform: Platform, film: MediaAsset) -> None:
    done = platform.command("status", f"mediaasset/{film.metadata.name}")
    assert done.code == Exit.OK, done.err
    for word in ("✓ ", "240p", "360p", "720p", "Ready", "RightsValid"):
        assert word in done.out


def test_status_of_all_names_each(platform: Platform, film: MediaAsset) -> None:
    told = platform.command("status", "-o", "json")
    names = {(o["kind"], o["metadata"]["name"]) for o in json.loads(told.out)}
    assert ("MediaAsset", film.metadata.name) in names
    assert ("EncodingProfile", "ladder-small") in names
    assert f"mediaasset/{film.metadata.name}" in platform.command("status").out


def test_what_is_not_there_has_its_own_exit_code(platform: Platform) -> None:
    done = platform.command("status", "ma/nobody")
    assert (done.code, done.out) == (Exit.NOT_FOUND, "")


def test_a_cluster_that_does_not_answer_has_its_own_exit_code(
    platform: Platform, tmp_path: Path
) -> None:
    dead = tmp_path / "kubeconfig"
    text = Path(platform.kubeconfig).read_text()
    server = next(line for line in text.splitlines() if "server:" in line)
    dead.write_text(text.replace(server.split("server:")[1].strip(), "https://127.0.0.1:1"))
    done = platform.command("status", "--kubeconfig", str(dead))
    assert done.code == Exit.UNREACHABLE
    assert "does not answer" in done.err


@pytest.mark.usefixtures("film")
def test_the_doctor_finds_all_well(platform: Platform) -> None:
    done = platform.command("doctor", "-o", "json")
    unwell = [f for f in json.loads(done.out) if f["level"] == "unwell"]
    assert (done.code, unwell) == (Exit.OK, [])


def test_a_report_holds_what_is_needed_and_no_secret(
    platform: Platform, film: MediaAsset, tmp_path: Path
) -> None:
    path = tmp_path / "report.tar.gz"
    done = platform.command("report", str(path))
    assert (done.code, done.out.strip()) == (Exit.OK, str(path))
    with tarfile.open(path) as archive:
        texts = {
            member.name.removeprefix("streamverse-report/"): (
                archive.extractfile(member) or path.open("rb")
            ).read()
            for member in archive
        }
    assert {"versions.txt", "doctor.txt", "status.txt", "objects.yaml"} <= texts.keys()
    assert any(name.startswith("streamverse-system/logs/streamverse-operator") for name in texts)
    assert film.metadata.name.encode() in texts["status.txt"]
    secret = platform.do(store_address(platform.kube)).secret_access_key
    assert len(secret) >= 16
    assert not [name for name, text in texts.items() if secret.encode() in text]


def test_the_plugin_of_kubectl_is_the_same_command(platform: Platform) -> None:
    help_text = platform.command("--help").out
    for name in ("demo", "status", "upload", "url", "doctor", "report", "cluster"):
        assert name in help_text
    assert "Exit codes" in help_text
