"""Which step a TranscodeJob takes next, and what its Job looks like."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from crds.v1alpha1 import EncodingProfileSpec
from operators.reconcile import Child
from operators.transcodejob.order import Wishes
from operators.transcodejob.stages import Seen
from tests.unit.operators.titles import (
    PLATFORM,
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
    seen,
)


def steps(children: Sequence[Child]) -> list[str]:
    return [child.manifest["metadata"]["labels"]["streamverse.io/step"] for child in children]


def container(child: Child) -> dict[str, Any]:
    found: dict[str, Any] = child.manifest["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("observed", "step"),
    [
        (seen(), ["probe"]),
        (seen(job_of("probe")), ["probe"]),
        (seen(probe_done()), ["encode"]),
        (seen(probe_done(PROBED.model_copy(update={"tasks": 0}))), ["publish"]),
        (seen(probe_done(), job_of("encode", completions=3)), ["encode"]),
        (seen(probe_done(), encode_done()), ["publish"]),
        (seen(encode_done()), ["publish"]),
        (seen(probe_done(), encode_done(), publish_done()), []),
    ],
)
def test_one_step_after_the_other(observed: Seen, step: list[str]) -> None:
    assert steps(decide(pilot(), observed).children) == step


CHUNKS = [chunk(n, at=later(20 + n)) for n in range(3)]


@pytest.mark.parametrize(
    ("observed", "step"),
    [
        (seen(job_of("probe", [pod(report=PROBED)])), ["encode"]),
        (seen(probe_done(), job_of("encode", CHUNKS[:2], completions=3)), ["encode"]),
        (seen(probe_done(), job_of("encode", CHUNKS, completions=3)), ["publish"]),
        (seen(probe_done(), encode_done(), job_of("publish", [pod(report=PUBLISHED)])), []),
    ],
)
def test_a_step_begins_once_the_pods_before_it_have_reported(
    observed: Seen, step: list[str]
) -> None:
    assert steps(decide(pilot(), observed).children) == step


def test_a_pod_that_ended_without_a_report_waits_for_the_word_of_its_job() -> None:
    silent = [*CHUNKS[:2], pod(2, code=0)]
    observed = seen(probe_done(), job_of("encode", silent, completions=3))
    assert steps(decide(pilot(), observed).children) == ["encode"]


def test_what_is_encoded_stays_encoded_when_its_job_is_gone() -> None:
    status = decide(pilot(), seen(probe_done(), encode_done())).status
    assert steps(decide(pilot(status), seen()).children) == ["publish"]


def test_a_report_that_is_lost_makes_the_step_run_again_after_a_while() -> None:
    mute = job_of("probe", ended="Complete", at=later(0))
    soon, late = decide(pilot(), seen(mute, at=later(5))), decide(pilot(), seen(mute, at=later(60)))
    assert (list(soon.doomed), steps(soon.children)) == ([], [])
    assert [doomed.manifest["metadata"]["name"] for doomed in late.doomed] == ["pilot-probe"]


def test_chunks_are_encoded_by_index_as_many_at_once_as_wished() -> None:
    job = pilot(chunking={"parallelism": 8}, retry={"maxAttemptsPerChunk": 5})
    (child,) = decide(job, seen(probe_done())).children
    spec = child.manifest["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 3)
    assert spec["backoffLimitPerIndex"] == 4
    assert container(child)["args"] == ["encode", "--task-index", "$(JOB_COMPLETION_INDEX)"]


def test_a_refusal_ends_the_job_and_a_lost_node_costs_nothing() -> None:
    (child,) = decide(pilot(), seen()).children
    refused, disrupted = child.manifest["spec"]["podFailurePolicy"]["rules"]
    assert (refused["action"], refused["onExitCodes"]["values"]) == ("FailJob", [2])
    assert disrupted["action"] == "Ignore"


def test_pods_hold_no_rights_and_know_only_their_order() -> None:
    (child,) = decide(pilot(output={"prefix": "film"}), seen()).children
    spec = child.manifest["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert container(child)["securityContext"]["readOnlyRootFilesystem"] is True
    order = json.loads(container(child)["env"][0]["value"])
    assert (order["tenant"], order["title"], order["name"]) == ("demo", "u1", "film")
    assert order["inputUri"].endswith("pilot.mp4")


def test_a_newer_operator_gives_a_job_the_same_name_and_changes_nothing_in_it() -> None:
    (child,) = decide(pilot(), seen()).children
    assert child.name.startswith("pilot-probe-")
    assert child.follows == {"suspend": False}


def test_a_title_is_made_by_one_image_though_the_operator_is_upgraded_meanwhile() -> None:
    begun, anew = decide(pilot(), seen(probe_done(image="media:0"))), decide(pilot(), seen())
    assert container(begun.children[0])["image"] == "media:0"
    assert container(anew.children[0])["image"] == PLATFORM.media_image != "media:0"


def test_a_gpu_is_asked_for_where_the_profile_encodes_on_one() -> None:
    profile = {
        "renditions": [{"name": "a", "maxHeight": 2160, "bitrateKbps": 400}],
        "encoder": "Nvenc",
    }
    asked = Wishes(EncodingProfileSpec.model_validate(profile), "s3://a/b")
    (child,) = decide(pilot(), seen(probe_done(), wishes=asked)).children
    resources = container(child)["resources"]
    assert resources["limits"]["nvidia.com/gpu"] == "1"
    assert resources["requests"]["memory"] == "2Gi"


def test_a_queue_of_kueue_decides_itself_when_its_jobs_run() -> None:
    label = {"kueue.x-k8s.io/queue-name": "night"}
    (child,) = decide(pilot(labels=label), seen()).children
    assert child.manifest["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "night"
    assert child.follows == {}


def test_nothing_is_started_while_suspended_and_what_runs_is_stopped() -> None:
    waiting, running = pilot(suspend=True), seen(probe_done(), job_of("encode", completions=3))
    assert decide(waiting, seen()).children == ()
    assert decide(waiting, seen()).finalizer is None
    (child,) = decide(waiting, running).children
    assert child.follows == {"suspend": True}


def test_nothing_is_started_without_a_profile() -> None:
    job = pilot(profile=None, profileRef={"name": "gone"})
    assert decide(job, seen(wishes=Wishes(None, "s3://a/b"))).children == ()


def test_the_finalizer_comes_before_the_first_child() -> None:
    assert decide(pilot(), seen()).finalizer is True


def test_a_pod_of_a_namesake_is_not_believed() -> None:
    stranger = pod(report=PROBED)
    alone = job_of("probe")
    assert steps(decide(pilot(), seen(alone)).children) == ["probe"]
    assert stranger["metadata"]["ownerReferences"][0]["uid"] != "probe-uid"
