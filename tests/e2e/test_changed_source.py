"""Story: somebody overwrites the source while it is encoded; no film is made of two."""

from pathlib import Path

from tests.e2e.clips import noise
from tests.e2e.platform import Platform, condition, transcode_job

LIMIT_SECONDS = 180


def test_a_source_that_changes_ends_the_job(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "film.mp4", tmp_path / "other.mp4"
    noise(first, 40, seed=31)
    noise(second, 40, seed=32)
    uri = platform.upload(first, tenant)
    chunking = {"targetSeconds": 4, "parallelism": 1}
    platform.apply(transcode_job("changed", tenant, uri, chunking=chunking))

    def under_way() -> bool:
        status = platform.job("changed", tenant).status
        return bool(status and status.progress and status.progress.chunks_done >= 1)

    platform.wait("a chunk done", under_way, LIMIT_SECONDS)
    assert platform.upload(second, tenant, first.name) == uri
    job = platform.until_job_ended("changed", tenant, LIMIT_SECONDS)
    assert condition(job, "Failed") == ("True", "InputChanged")
    assert condition(job, "Complete")[0] != "True"
    status = job.status
    assert status is not None
    assert not status.outputs, "published all the same"
