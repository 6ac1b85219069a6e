"""How all titles of a namespace go that is deleted."""

from typing import Any

from operators.kinds import OWNER
from operators.reconcile import Desired
from operators.transcodejob.observe import StepJob, step_pod
from operators.transcodejob.sweep import sweeping
from tests.unit.operators.titles import NOON, PLATFORM, job_of, later, pod


def namespace(uid: str = "n1") -> dict[str, Any]:
    return {"metadata": {"name": "films", "uid": uid}}


def leaving(
    sweep: StepJob | None = None, *pods: dict[str, Any], seconds: float = 0, uid: str = "n1"
) -> Desired[Any]:
    return sweeping(
        namespace(uid),
        sweep,
        [step_pod(p) for p in pods],
        PLATFORM,
        home="streamverse-system",
        now=later(seconds),
    )


def test_one_job_sweeps_from_where_the_platform_is() -> None:
    (child,) = leaving().children
    meta = child.manifest["metadata"]
    assert meta["namespace"] == "streamverse-system"
    assert meta["labels"][OWNER] == "films"
    (container,) = child.manifest["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["sweep", "--tenant", "films"]
    assert not [e for e in container["env"] if e["name"] == "STREAMVERSE_ORDER"]


def test_each_namespace_of_a_name_is_swept_by_itself() -> None:
    names = {leaving(uid=uid).children[0].name for uid in ("n1", "n1", "n2")}
    assert len(names) == 2


def test_nothing_is_swept_while_a_pod_still_writes() -> None:
    assert leaving(None, pod(running=True), pod(code=0)).children == ()
    gone = pod(running=True)
    gone["metadata"]["deletionTimestamp"] = NOON.isoformat()
    assert len(leaving(None, gone, seconds=500).children) == 1


def test_titles_are_let_go_once_it_is_swept() -> None:
    assert leaving(job_of("sweep", ended="Complete")).finalizer is False
    assert leaving(job_of("sweep")).finalizer is None


def test_a_sweep_that_failed_is_tried_again() -> None:
    failed = job_of("sweep", ended="Failed")
    assert leaving(failed).doomed == ()
    assert len(leaving(failed, seconds=60).doomed) == 1
    (notice,) = leaving(failed).notices
    assert notice.message == "films/ stays in the store: its Job failed; it is tried again"
