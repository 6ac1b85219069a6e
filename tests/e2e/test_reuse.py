"""Story: the same work is never done twice."""

import pytest

from cli.kinds import TRANSCODE_JOB
from tests.e2e import media, work
from tests.e2e.clips import noise
from tests.e2e.platform import Platform, condition, tiny_ladder, transcode_job

LIMIT_SECONDS = 180


@pytest.fixture(scope="module")
def uri(platform: Platform, tenant: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    film = tmp_path_factory.mktemp("reuse") / "film.mp4"
    noise(film, 12, seed=11)
    return platform.upload(film, tenant)


def chunks(platform: Platform, tenant: str) -> set[str]:
    return {n for n in work.stored(platform, tenant) if "/chunks/" in n and n.endswith(".m4s")}


def test_the_same_job_twice_at_once_encodes_each_chunk_once(
    platform: Platform, tenant: str, uri: str
) -> None:
    chunking = {"targetSeconds": 4}
    platform.apply(
        *(transcode_job(name, tenant, uri, chunking=chunking) for name in ("one", "two"))
    )
    one, two = (platform.until_job_ended(name, tenant, LIMIT_SECONDS) for name in ("one", "two"))
    assert condition(one, "Complete")[0] == condition(two, "Complete")[0] == "True"
    plans = [
        work.document(platform, f"{tenant}/titles/{job.metadata.uid}/plan.json")
        for job in (one, two)
    ]
    assert plans[0]["chunks"] == plans[1]["chunks"]
    assert plans[0]["audioKeys"] == plans[1]["audioKeys"]


def test_an_edited_rung_is_all_that_is_encoded_anew(
    platform: Platform, tenant: str, uri: str
) -> None:
    before = chunks(platform, tenant)
    profile = tiny_ladder("e2e-edited")
    profile["spec"]["renditions"][0]["bitrateKbps"] += 50
    platform.apply(profile)
    platform.apply(
        transcode_job("edited", tenant, uri, "e2e-edited", chunking={"targetSeconds": 4})
    )
    job = platform.until_job_ended("edited", tenant, LIMIT_SECONDS)
    assert condition(job, "Complete")[0] == "True"
    plan = work.document(platform, f"{tenant}/titles/{job.metadata.uid}/plan.json")
    count = len(plan["chunks"])  # type: ignore[arg-type]
    assert len(chunks(platform, tenant) - before) == count, "one rung, each chunk of it once"


def test_deleting_one_of_two_leaves_what_the_other_plays(
    platform: Platform, tenant: str, uri: str
) -> None:
    del uri
    platform.delete(TRANSCODE_JOB, "one", tenant)
    platform.until_gone(TRANSCODE_JOB, "one", tenant, 60)
    two = platform.job("two", tenant)
    for url in media.playlists(platform.url(two)).all:
        assert media.complaints(url) == ""
