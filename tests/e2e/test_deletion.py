"""Story: what I delete is gone, pods and bytes, however far it had come."""

from pathlib import Path

from cli.kinds import MEDIA_ASSET, NAMESPACE, TRANSCODE_JOB
from tests.e2e import media, work
from tests.e2e.clips import film, noise
from tests.e2e.platform import Platform, condition, media_asset, transcode_job

LIMIT_SECONDS = 180
GONE_SECONDS = 60


def nothing_left(platform: Platform, tenant: str) -> None:
    platform.wait(
        "no object of ours left in the store",
        lambda: not work.stored(platform, tenant),
        GONE_SECONDS,
    )
    assert all("-retire-" in name for name in work.jobs(platform, tenant))
    # The retire pod's own end is told a moment after its last object is gone.
    platform.wait(
        "no pod left running",
        lambda: not any(p["status"]["phase"] == "Running" for p in platform.pods(tenant, "")),
        GONE_SECONDS,
    )


def chunks_done(platform: Platform, name: str, tenant: str) -> int:
    status = platform.job(name, tenant).status
    return status.progress.chunks_done if status and status.progress else 0


def test_deleting_an_asset_takes_its_job_and_its_bytes(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    clip = tmp_path / "short.mp4"
    film(clip)
    uri = platform.upload(clip, tenant)
    platform.apply(media_asset("short", tenant, uri))
    asset = platform.until_settled(MEDIA_ASSET, "short", tenant, LIMIT_SECONDS)
    assert condition(asset, "Ready")[0] == "True"
    url = platform.url(asset)
    assert media.get(url).status == 200
    platform.delete(MEDIA_ASSET, "short", tenant)
    platform.until_gone(MEDIA_ASSET, "short", tenant, GONE_SECONDS)
    nothing_left(platform, tenant)
    platform.wait("the origin forgets it", lambda: media.get(url).status == 404, GONE_SECONDS)
    assert platform.bucket.size(uri.split("/", 3)[3]) is not None, "what people brought stays"


def test_deleting_a_job_at_work_stops_its_pods_and_takes_what_was_done(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    clip = tmp_path / "long.mp4"
    noise(clip, 60, seed=21)
    uri = platform.upload(clip, tenant)
    platform.apply(transcode_job("long", tenant, uri, chunking={"targetSeconds": 4}))

    platform.wait(
        "two chunks done", lambda: chunks_done(platform, "long", tenant) >= 2, LIMIT_SECONDS
    )
    platform.delete(TRANSCODE_JOB, "long", tenant)
    platform.until_gone(TRANSCODE_JOB, "long", tenant, GONE_SECONDS)
    nothing_left(platform, tenant)


def test_deleting_the_namespace_takes_its_titles_and_leaves_what_was_brought(
    platform: Platform, tenant: str, tmp_path: Path
) -> None:
    place = platform.new_namespace(f"{tenant}-whole")
    clip = tmp_path / "short.mp4"
    film(clip)
    uri = platform.upload(clip, place)
    platform.apply(media_asset("short", place, uri))
    url = platform.url(platform.until_settled(MEDIA_ASSET, "short", place, LIMIT_SECONDS))
    long = tmp_path / "long.mp4"
    noise(long, 60, seed=22)
    uris = (platform.upload(long, place), uri)
    platform.apply(transcode_job("long", place, uris[0], chunking={"targetSeconds": 4}))
    platform.wait("a chunk done", lambda: chunks_done(platform, "long", place) >= 1, LIMIT_SECONDS)
    platform.delete(NAMESPACE, place)
    platform.until_gone(NAMESPACE, place, None, 2 * GONE_SECONDS)
    assert platform.bucket.names(f"{place}/") == [uri.split("/", 3)[3] for uri in uris]
    platform.wait("the origin forgets it", lambda: media.get(url).status == 404, GONE_SECONDS)
    platform.drop_namespace(place)


def test_what_swept_up_goes_too(platform: Platform, tenant: str) -> None:
    """After the others, so that most of its minute is over."""
    platform.wait("no Job left", lambda: not work.jobs(platform, tenant), work.SWEPT_SECONDS)
    platform.wait("no pod left", lambda: not platform.pods(tenant, ""), GONE_SECONDS)
