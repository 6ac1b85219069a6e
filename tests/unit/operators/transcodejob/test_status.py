"""What is said of a TranscodeJob."""

from datetime import datetime

import pytest

from crds.v1alpha1.guides import TRANSCODEJOB
from crds.v1alpha1.observed import Playback
from crds.work import EncodeReport, Failure, ProbeReport
from operators.converge import same
from operators.transcodejob.order import Wishes
from operators.transcodejob.stages import Seen
from tests.unit.operators.titles import (
    LADDER,
    NOON,
    PROBED,
    PUBLISHED,
    chunk,
    decide,
    encode_done,
    job_of,
    later,
    pilot,
    pod,
    probe_done,
    publish_done,
    says,
    seen,
)

REFUSED = Failure(reason="InputCorrupt", message="moov atom not found")
CRASHED = Failure(reason="TryAgain", message="ffprobe: killed by signal 11")
AWAY = Failure(reason="StoreAway", message="connection refused")
UNWRITABLE = Failure(reason="OutputUnwritable", message="the store has no such bucket")


@pytest.mark.parametrize(
    ("observed", "ready"),
    [
        (seen(), ("False", "Probing")),
        (seen(probe_done()), ("False", "Encoding")),
        (seen(probe_done(), encode_done()), ("False", "Verifying")),
        (seen(probe_done(), encode_done(), publish_done()), ("True", "Complete")),
        (seen(rival="elder"), ("False", "NameTaken")),
        (
            seen(job_of("probe", [pod(report=REFUSED, code=2)], ended="Failed")),
            ("False", "InputCorrupt"),
        ),
        (
            seen(job_of("probe", [pod(code=137, because="OOMKilled")], ended="Failed")),
            ("False", "ReportMissing"),
        ),
        (
            seen(probe_done(), job_of("encode", [pod(code=1)], ended="Failed", completions=3)),
            ("False", "EncodeFailed"),
        ),
        (
            seen(job_of("probe", [pod(report=CRASHED, code=75)], ended="Failed")),
            ("False", "AttemptsUsed"),
        ),
        (
            seen(job_of("encode", [pod(report=CRASHED, code=75)], ended="Failed")),
            ("False", "EncodeFailed"),
        ),
        (seen(job_of("probe", [pod(waiting="ErrImagePull")])), ("False", "ImagePull")),
        (seen(job_of("probe", [pod(waiting="ImagePullBackOff")])), ("False", "ImagePull")),
        (
            seen(job_of("probe", [pod(waiting="CreateContainerConfigError")])),
            ("False", "PodBlocked"),
        ),
        (
            seen(job_of("probe", [pod(unschedulable="0/1 nodes")]), at=later(5)),
            ("False", "Probing"),
        ),
        (
            seen(job_of("probe", [pod(unschedulable="0/1 nodes")]), at=later(60)),
            ("False", "Unschedulable"),
        ),
        (
            seen(job_of("probe"), at=later(60), complaint="exceeded quota: full"),
            ("False", "QuotaExceeded"),
        ),
        (seen(job_of("probe"), at=later(60)), ("False", "PodBlocked")),
        (
            seen(job_of("probe", [pod(report=AWAY, code=75)], ended="Failed")),
            ("False", "StoreAway"),
        ),
        (
            seen(job_of("probe", [pod(report=UNWRITABLE, code=2)], ended="Failed")),
            ("False", "OutputUnwritable"),
        ),
    ],
)
def test_where_it_stands(observed: Seen, ready: tuple[str, str]) -> None:
    wanted = decide(pilot(), observed)
    assert says(wanted, "Ready") == ready
    # Every reason that is given is one that the reference explains.
    assert wanted.status is not None
    for said in wanted.status.conditions:
        assert said.reason in TRANSCODEJOB[said.type].reasons, said


def test_a_chunk_that_waits_for_its_turn_is_no_trouble() -> None:
    pods = [pod(0, running=True), pod(1, unschedulable="0/1 nodes")]
    observed = seen(probe_done(), job_of("encode", pods, completions=3), at=later(60))
    assert says(decide(pilot(), observed), "Ready") == ("False", "Encoding")


def test_a_failure_says_what_a_person_can_act_on() -> None:
    lost = job_of(
        "encode",
        [pod(1, code=137, because="OOMKilled")],
        ended="Failed",
        completions=3,
        message="index 1 failed",
    )
    wanted = decide(pilot(), seen(probe_done(), lost))
    assert wanted.status is not None
    ready = wanted.status.condition("Ready")
    assert ready is not None
    assert "pod pilot-1 ended with exit code 137 (OOMKilled); it needs more memory" in ready.message
    assert "index 1 failed" in ready.message
    assert says(wanted, "Stalled") == ("True", "EncodeFailed")


def test_the_refusal_is_told_and_not_what_fell_with_it() -> None:
    pods = [pod(0, report=REFUSED, code=2, at=later(1)), pod(1, code=143, at=later(9))]
    wanted = decide(pilot(), seen(probe_done(), job_of("encode", pods, ended="Failed")))
    assert says(wanted, "Failed") == ("True", "InputCorrupt")
    assert says(wanted, "InputReadable") == ("False", "InputCorrupt")
    assert says(wanted, "Encoded") == ("False", "EncodeFailed")


def test_a_store_that_was_away_is_waited_for() -> None:
    failed = job_of("probe", [pod(report=AWAY, code=75)], ended="Failed", at=later(0))
    soon, late = (decide(pilot(), seen(failed, at=later(s))) for s in (5, 60))
    assert (says(soon, "Failed"), list(soon.doomed)) == (("False", "NotFailed"), [])
    assert [doomed.manifest["metadata"]["name"] for doomed in late.doomed] == ["pilot-probe"]


def test_progress_counts_what_was_found_done_before() -> None:
    encode = job_of("encode", [chunk(0, at=later(20))], completed="0", completions=3)
    status = decide(pilot(), seen(probe_done(), encode)).status
    assert status is not None
    assert status.progress is not None
    done = status.progress
    assert (done.chunks_done, done.chunks_total, done.percent) == (2, 4, 50)
    assert done.speed == "1.5x"


def test_a_report_that_comes_after_its_count_is_not_worth_a_write() -> None:
    counted = job_of("encode", completed="0", completions=3)
    reported = job_of("encode", [chunk(0, at=later(20))], completed="0", completions=3)
    first = decide(pilot(), seen(probe_done(), counted)).status
    second = decide(pilot(first), seen(probe_done(), reported)).status
    assert first is not None
    assert second is not None
    assert second.progress == first.progress


AUDIO = EncodeReport(task="audio", media_millis=60_000, wall_millis=9_000)
OPENED = [chunk(0, at=later(12)), pod(1, report=AUDIO, at=later(20))]


def test_it_is_playable_once_the_beginning_is_there() -> None:
    encode = job_of("encode", OPENED, completed="0,1", completions=3)
    wanted = decide(pilot(), seen(probe_done(), encode))
    assert says(wanted, "Published") == ("True", "Playable")
    assert wanted.status is not None
    assert wanted.status.timing.playable_at == later(20)
    assert wanted.status.playback == Playback(
        hls="/vod/demo.pilot/master.m3u8", dash="/vod/demo.pilot/manifest.mpd"
    )
    assert [notice.reason for notice in wanted.notices] == ["Playable"]


@pytest.mark.parametrize(
    ("report", "playable"),
    [
        (PROBED, later(20)),
        (PROBED.model_copy(update={"opening": 3}), None),
        (PROBED.model_copy(update={"holds_name": False}), None),
    ],
)
def test_when_it_plays_is_known_after_the_probes_job_is_gone(
    report: ProbeReport, playable: datetime | None
) -> None:
    begun = decide(pilot(), seen(probe_done(report), job_of("encode", completions=3))).status
    encode = job_of("encode", OPENED, completed="0,1", completions=3)
    late = decide(pilot(begun), seen(encode, at=later(4000))).status
    assert late is not None
    assert late.timing.playable_at == playable


def test_what_was_lost_takes_with_it_what_playback_begins_with() -> None:
    before = decide(pilot(), seen(probe_done())).status
    publish = job_of("publish", [pod(report=LOST, code=2)], ended="Failed")
    lost = decide(pilot(before), seen(probe_done(), encode_done(), publish)).status
    assert before is not None
    assert lost is not None
    assert (before.opening, lost.opening) == (2, None)


def test_sound_that_has_only_begun_is_not_known_to_be_heard() -> None:
    pods = [chunk(0, at=later(12)), pod(1, running=True)]
    encode = job_of("encode", pods, completed="0", completions=3)
    assert says(decide(pilot(), seen(probe_done(), encode)), "Published") == ("False", "Pending")


def test_what_was_found_done_is_not_waited_for() -> None:
    silent = PROBED.model_copy(update={"opening": 0})
    encode = job_of("encode", [pod(0, running=True)], completions=3)
    wanted = decide(pilot(), seen(probe_done(silent), encode))
    assert says(wanted, "Published") == ("True", "Playable")


def test_it_is_not_called_playable_while_its_name_plays_another_title() -> None:
    encode = job_of("encode", OPENED, completed="0,1", completions=3)
    other = PROBED.model_copy(update={"holds_name": False})
    for jobs in ([encode], [encode_done()]):
        wanted = decide(pilot(), seen(probe_done(other), *jobs))
        assert says(wanted, "Published") == ("False", "Pending")
        assert wanted.status is not None
        assert wanted.status.playback is None


def test_a_title_that_came_too_late_is_complete_but_not_published() -> None:
    late = PUBLISHED.model_copy(update={"superseded_by": "u2"})
    publish = job_of("publish", [pod(report=late)], ended="Complete")
    wanted = decide(pilot(), seen(probe_done(), encode_done(), publish))
    assert says(wanted, "Complete") == ("True", "Complete")
    for condition in ("Published", "Ready"):
        assert says(wanted, condition) == ("False", "Superseded")
    assert says(wanted, "Stalled") == ("True", "Superseded")
    assert wanted.status is not None
    assert wanted.status.playback is None


LOST = Failure(reason="ChunksLost", message="1 of 4 is no longer there")


def test_what_was_lost_is_said_and_then_every_step_is_made_again() -> None:
    before = decide(pilot(), seen(probe_done(), encode_done())).status
    publish = job_of("publish", [pod(report=LOST, code=2)], ended="Failed")
    found = seen(probe_done(), encode_done(), publish)
    first = decide(pilot(before), found)
    assert says(first, "Encoded") == ("False", "ChunksLost")
    assert says(first, "Failed") == ("False", "NotFailed")
    assert (list(first.doomed), first.children) == ([], ())
    again = decide(pilot(first.status), found)
    assert len(again.doomed) == 3
    assert again.children == ()
    (child,) = decide(pilot(again.status), seen()).children
    assert child.name.startswith("pilot-probe-")


def test_a_job_that_is_on_its_way_out_is_not_counted_on() -> None:
    going = encode_done()
    going.manifest["metadata"]["deletionTimestamp"] = "2026-06-01T12:00:00Z"
    assert says(decide(pilot(), seen(probe_done(), going)), "Encoded")[0] == "False"


def test_a_person_is_told_once() -> None:
    done = seen(probe_done(), encode_done(), publish_done())
    first = decide(pilot(), done)
    assert "Complete" in [notice.reason for notice in first.notices]
    assert decide(pilot(first.status), done).notices == ()


def test_a_second_look_says_nothing_new() -> None:
    for jobs in ([], [probe_done()], [probe_done(), encode_done()]):
        first = decide(pilot(), seen(*jobs)).status
        second = decide(pilot(first), seen(*jobs, at=later(100))).status
        assert first is not None
        assert second is not None
        assert same(second, first)


def test_what_is_complete_is_left_alone_when_its_jobs_are_gone() -> None:
    status = decide(pilot(), seen(probe_done(), encode_done(), publish_done())).status
    assert decide(pilot(status), seen(at=later(9000))) == decide(pilot(status), seen())
    assert decide(pilot(status), seen()).status is None
    assert decide(pilot(status), seen()).children == ()


def test_of_what_is_complete_an_edit_is_noted() -> None:
    status = decide(pilot(), seen(probe_done(), encode_done(), publish_done())).status
    noted = decide(pilot(status, generation=2, priority=5), seen()).status
    assert noted is not None
    assert noted.observed_generation == 2
    assert noted.outputs == (status.outputs if status else ())


def test_the_ladder_is_the_one_that_the_job_began_with() -> None:
    job = pilot(profile=None, profileRef={"name": "ladder"})
    status = decide(job, seen(wishes=Wishes(LADDER, "s3://a/b"))).status
    assert status is not None
    assert (status.profile, status.input_uri) == (LADDER, "s3://a/b")
    assert status.profile_hash is not None


def test_a_deadline_fails_the_job_and_stops_its_pods() -> None:
    job = pilot(activeDeadlineSeconds=60)
    begun = decide(job, seen()).status
    started = job.model_copy(update={"status": begun})
    running = job_of("encode", completions=3)
    assert decide(started, seen(probe_done(), running, at=later(59))).doomed == ()
    late = decide(started, seen(probe_done(), running, at=later(61)))
    assert says(late, "Failed") == ("True", "DeadlineExceeded")
    assert says(late, "Encoded") == ("False", "DeadlineExceeded")
    assert [doomed.manifest["metadata"]["name"] for doomed in late.doomed] == ["pilot-encode"]
    assert late.children == ()


def test_the_deadline_counts_from_when_it_went_on() -> None:
    begun = decide(pilot(activeDeadlineSeconds=60), seen()).status
    stopped = decide(pilot(begun, activeDeadlineSeconds=60, suspend=True), seen(probe_done()))
    assert stopped.status is not None
    assert stopped.status.timing.started_at is None
    again = decide(
        pilot(stopped.status, activeDeadlineSeconds=60), seen(probe_done(), at=later(99))
    )
    assert again.status is not None
    assert again.status.timing.started_at == later(99)


def test_a_job_is_deleted_when_its_time_is_over_unless_an_asset_owns_it() -> None:
    status = decide(pilot(), seen(probe_done(), encode_done(), publish_done())).status
    job = pilot(status, ttlSecondsAfterFinished=100)
    assert decide(job, seen(at=later(61))).look_again_seconds == 99
    assert decide(job, seen(at=later(161))).expired
    assert not decide(job, seen(at=later(161), owned=True)).expired


def test_nothing_began_before_noon() -> None:
    status = decide(pilot(), seen()).status
    assert status is not None
    assert status.timing.started_at == NOON
