"""What a MediaAsset keeps and what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crds.v1alpha1 import (
    EncodingProfile,
    EncodingProfileSpec,
    MediaAsset,
    MediaAssetStatus,
    TranscodeJob,
)
from crds.v1alpha1.guides import MEDIAASSET
from crds.v1alpha1.meta import Condition
from crds.v1alpha1.observed import Playback
from crds.v1alpha1.transcodejob import Timing, TranscodeJobStatus
from operators.mediaasset.desired import desired
from operators.mediaasset.observed import OwnJob, Seen
from operators.mediaasset.rights import next_change, rights_valid

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ladder(kbps: int = 400) -> EncodingProfile:
    spec = {"renditions": [{"name": "240p", "maxHeight": 240, "bitrateKbps": kbps}]}
    meta = {"name": "ladder", "uid": "p1"}
    return EncodingProfile.model_validate({"metadata": meta, "spec": spec})


def film(**spec: object) -> MediaAsset:
    meta = {"name": "film", "namespace": "demo", "uid": "a1"}
    full = {"source": {"uri": "s3://b/film.mp4"}, "profileRef": {"name": "ladder"}, **spec}
    return MediaAsset.model_validate({"metadata": meta, "spec": full})


def seen(
    *jobs: OwnJob, profile: EncodingProfile | None = None, stranger: str | None = None
) -> Seen:
    named = {own.job.metadata.name: own for own in jobs}
    return Seen(now=NOON, profile=profile, jobs=named, stranger=stranger)


def own(
    name: str, spec: EncodingProfileSpec, *said: tuple[str, str, str], edition: int = 1
) -> OwnJob:
    """A job of the film that says these conditions; each of an hour, complete at noon."""
    meta = {
        "name": name,
        "namespace": "demo",
        "uid": name,
        "creationTimestamp": "2026-06-01T11:00:00Z",
        "annotations": {"streamverse.io/edition": str(edition)},
    }
    full = {
        "input": {"uri": "s3://b/film.mp4"},
        "profile": spec.model_dump(mode="json", by_alias=True),
    }
    job = TranscodeJob.model_validate({"metadata": meta, "spec": full})
    conditions = tuple(
        Condition(type=type_, status=truth, reason=reason, message="why")
        for type_, truth, reason in said
    )
    status = TranscodeJobStatus(
        conditions=conditions,
        playback=Playback(hls=f"/vod/{name}"),
        duration_millis=3_600_000,
        timing=Timing(completed_at=NOON),
    )
    return OwnJob(job.model_copy(update={"status": status}), {"metadata": meta})


COMPLETE = ("Complete", "True", "Complete")
PUBLISHED = ("Published", "True", "Published")
PLAYABLE = ("Published", "True", "Playable")
SUPERSEDED = ("Published", "False", "Superseded")


def only_child(asset: MediaAsset, what: Seen) -> str:
    (child,) = desired(asset, what).children
    return child.name


def ready(asset: MediaAsset, what: Seen) -> tuple[str, str]:
    status = desired(asset, what).status
    assert status is not None
    said = status.condition("Ready")
    assert said is not None
    return said.status, said.reason


def test_its_job_carries_the_ladder_as_it_was_when_it_was_made() -> None:
    (child,) = desired(film(), seen(profile=ladder())).children
    assert child.manifest["spec"]["profile"]["renditions"][0]["bitrateKbps"] == 400
    assert child.manifest["spec"]["output"] == {"prefix": "film"}


def test_another_ladder_or_source_is_another_job() -> None:
    names = {
        only_child(film(), seen(profile=ladder())),
        only_child(film(), seen(profile=ladder(500))),
        only_child(film(source={"uri": "s3://b/other.mp4"}), seen(profile=ladder())),
    }
    assert len(names) == 3


def test_a_job_that_fits_is_kept_whatever_it_is_called() -> None:
    kept = own("named-by-an-older-operator", ladder().spec, COMPLETE)
    wanted = desired(film(), seen(kept, profile=ladder()))
    assert (wanted.children, wanted.doomed) == ((), [])
    assert wanted.status is not None
    assert wanted.status.current_job == "named-by-an-older-operator"


def doomed(what: Seen, now: datetime = NOON, asset: MediaAsset | None = None) -> list[str]:
    wanted = desired(asset or film(), replace(what, now=now))
    return [doomed.manifest["metadata"]["name"] for doomed in wanted.doomed]


OLD = own("old", ladder().spec, COMPLETE, PUBLISHED)


def test_the_old_title_plays_until_the_new_one_is_complete() -> None:
    new = own("new", ladder(500).spec, ("Ready", "False", "Encoding"), edition=2)
    under_way = desired(film(), seen(OLD, new, profile=ladder(500)))
    assert under_way.doomed == []
    assert under_way.status is not None
    assert under_way.status.playback == Playback(hls="/vod/old")
    assert ready(film(), seen(OLD, new, profile=ladder(500))) == ("False", "Encoding")
    new = own("new", ladder(500).spec, COMPLETE, PUBLISHED, edition=2)
    done = desired(film(), seen(OLD, new, profile=ladder(500)))
    assert done.status is not None
    assert done.status.playback == Playback(hls="/vod/new")


def test_who_watches_the_old_title_sees_it_to_its_end() -> None:
    new = own("new", ladder(500).spec, COMPLETE, PUBLISHED, edition=2)
    both = seen(OLD, new, profile=ladder(500))
    assert desired(film(), both).look_again_seconds == pytest.approx(4200, abs=1)
    assert doomed(both, NOON + timedelta(minutes=69)) == []
    assert doomed(both, NOON + timedelta(minutes=71)) == ["old"]


@pytest.mark.parametrize("left", [("Ready", "False", "Encoding"), ("Failed", "True", "NoMedia")])
def test_unfinished_work_that_nobody_wishes_any_more_goes_once_the_name_has(
    left: tuple[str, str, str],
) -> None:
    old, waits = own("old", ladder().spec, left), ("Ready", "False", "Encoding")
    for said, gone in (
        ([waits], []),
        ([waits, PLAYABLE], ["old"]),
        ([COMPLETE, PUBLISHED], ["old"]),
    ):
        new = own("new", ladder(500).spec, *said, edition=2)
        assert doomed(seen(old, new, profile=ladder(500))) == gone


def stands(job: str) -> MediaAsset:
    return film().model_copy(update={"status": MediaAssetStatus(current_job=job)})


def test_what_is_wished_again_is_another_job_that_comes_last() -> None:
    first = only_child(film(), seen(profile=ladder()))
    old = own(first, ladder().spec, COMPLETE, PUBLISHED)
    new = own("new", ladder(500).spec, COMPLETE, PUBLISHED, edition=2)
    back = seen(old, new, profile=ladder())
    (child,) = desired(stands("new"), back).children
    assert child.name not in {first, "new"}
    assert child.manifest["metadata"]["annotations"] == {"streamverse.io/edition": "3"}
    # Nor is it Ready by the job that is about to go; and the next look calls it the same.
    assert ready(stands("new"), back) == ("False", "WaitingForJob")
    assert only_child(stands(child.name), back) == child.name


def test_an_older_job_does_not_stand_in_for_one_that_somebody_deleted() -> None:
    # The deleted one took the name with it.
    left = seen(own("old", ladder().spec, COMPLETE, PUBLISHED), profile=ladder())
    assert only_child(stands("deleted"), left) != "old"


def test_of_jobs_of_one_second_the_later_edition_plays() -> None:
    jobs = [
        own(name, ladder(500).spec, COMPLETE, PUBLISHED, edition=n) for n, name in enumerate("zya")
    ]
    status = desired(film(), seen(*jobs, profile=ladder(500))).status
    assert status is not None
    assert (status.current_job, status.playback) == ("a", Playback(hls="/vod/a"))


def test_an_asset_whose_name_another_title_has_is_not_ready() -> None:
    late = seen(own("j", ladder().spec, COMPLETE, SUPERSEDED), profile=ladder())
    assert ready(film(), late) == ("False", "Superseded")
    status = desired(film(), late).status
    assert status is not None
    assert status.playback is None
    stalled = status.condition("Stalled")
    assert stalled is not None


@pytest.mark.parametrize(
    ("asset", "what", "said"),
    [
        (film(), seen(), ("False", "ProfileNotFound")),
        (film(), seen(profile=ladder()), ("False", "WaitingForJob")),
        (film(), seen(own("j", ladder().spec, COMPLETE, PUBLISHED)), ("True", "Available")),
        (
            film(),
            seen(own("j", ladder().spec, ("Failed", "True", "InputCorrupt")), profile=ladder()),
            ("False", "InputCorrupt"),
        ),
        (film(suspend=True), seen(profile=ladder()), ("False", "Suspended")),
        (
            film(rights=[{"name": "past", "until": "2020-01-01T00:00:00Z"}]),
            seen(own("j", ladder().spec, COMPLETE, PUBLISHED), profile=ladder()),
            ("False", "Expired"),
        ),
    ],
)
def test_where_it_stands(asset: MediaAsset, what: Seen, said: tuple[str, str]) -> None:
    assert ready(asset, what) == said
    status = desired(asset, what).status
    assert status is not None
    for condition in status.conditions:
        assert condition.reason in MEDIAASSET[condition.type].reasons, condition


def test_a_job_of_somebody_else_is_not_taken_over() -> None:
    taken = seen(profile=ladder(), stranger="film-1")
    assert desired(film(), taken).children == ()
    assert ready(film(), taken) == ("False", "NameTaken")


def test_a_suspended_asset_starts_nothing() -> None:
    assert desired(film(suspend=True), seen(profile=ladder())).children == ()


def test_rights_begin_and_end_by_the_clock() -> None:
    week = {"name": "week", "from": "2026-06-08T12:00:00Z", "until": "2026-06-15T12:00:00Z"}
    rights = film(rights=[week]).spec.rights
    moments = [NOON, NOON + timedelta(days=7), NOON + timedelta(days=14)]
    said = [rights_valid(rights, moment).reason for moment in moments]
    assert said == ["NotYetValid", "InWindow", "Expired"]
    assert next_change(rights, NOON) == pytest.approx(timedelta(days=7).total_seconds(), abs=1)
    assert next_change(rights, NOON + timedelta(days=14)) is None
