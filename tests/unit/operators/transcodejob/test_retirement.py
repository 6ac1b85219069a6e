"""How a TranscodeJob goes."""

from datetime import datetime
from typing import Any

from crds.work import Failure
from operators.reconcile import Desired
from operators.transcodejob.observe import StepJob, step_pod
from operators.transcodejob.retirement import retirement
from tests.unit.operators.titles import NOON, PLATFORM, job_of, later, pilot, pod, probe_done


def going(
    jobs: dict[str, StepJob], pods: list[dict[str, Any]] | None = None, at: datetime = NOON
) -> Desired[Any]:
    return retirement(pilot(), jobs, [step_pod(p) for p in pods or []], PLATFORM, now=at)


def test_its_jobs_go_first() -> None:
    wanted = going({"probe": probe_done(), "encode": job_of("encode")})
    assert len(wanted.doomed) == 2
    assert wanted.children == ()


def test_nothing_is_removed_while_a_pod_still_writes() -> None:
    assert going({}, [pod(running=True)]).children == ()
    assert len(going({}, [pod(code=143)]).children) == 1


def test_a_pod_on_a_node_that_is_gone_is_not_waited_for() -> None:
    lost = pod(running=True)
    lost["metadata"]["deletionTimestamp"] = NOON.isoformat()
    assert len(going({}, [lost], at=later(10)).children) == 0
    assert len(going({}, [lost], at=later(500)).children) == 1


def test_the_job_that_removes_outlives_its_owner() -> None:
    (child,) = going({}).children
    assert not child.owned


def test_it_is_let_go_once_its_output_is_removed() -> None:
    assert going({"retire": job_of("retire", ended="Complete")}).finalizer is False
    assert going({"retire": job_of("retire")}).finalizer is None


def test_a_removal_that_failed_is_tried_again() -> None:
    failed = {"retire": job_of("retire", ended="Failed")}
    assert going(failed).doomed == ()
    assert len(going(failed, at=later(60)).doomed) == 1


def test_that_a_removal_failed_is_told_in_words_that_stay() -> None:
    away = pod(code=1, report=Failure(reason="StoreAway", message="the store does not answer"))
    failed = {"retire": job_of("retire", [away], ended="Failed")}
    (now,), (then,) = going(failed).notices, going(failed, at=later(60)).notices
    assert now == then
    assert (now.type, now.reason) == ("Warning", "NotRemoved")
    assert "the store does not answer" in now.message
    assert going({"retire": job_of("retire")}).notices == ()
