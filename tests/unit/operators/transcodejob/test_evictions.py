"""A pod that the node's disk has no room for does not come back for ever."""

from typing import Any

import pytest

from tests.unit.operators.titles import decide, job_of, pilot, pod, probe_done, says, seen

NODE = "The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 2Mi."


def evicted(index: int, said: str) -> dict[str, Any]:
    found = pod(index, code=137)
    found["status"] |= {"reason": "Evicted", "message": said}
    return found


@pytest.mark.parametrize(
    "said",
    [
        'Usage of EmptyDir volume "scratch" exceeds the limit "20Gi". ',
        "Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. ",
        'Container media exceeded its local ephemeral storage limit "20Gi". ',
    ],
)
def test_a_source_that_needs_more_disk_than_a_pod_may_use_is_too_large(said: str) -> None:
    failed = job_of("probe", [evicted(0, said)], ended="Failed")
    wanted = decide(pilot(), seen(failed))
    assert says(wanted, "Failed") == ("True", "InputTooLarge")
    assert says(wanted, "InputReadable") == ("False", "InputTooLarge")
    assert wanted.status is not None
    ready = wanted.status.condition("Ready")
    assert ready is not None
    assert "raise operator.scratch.limit" in ready.message


def test_a_node_whose_disk_was_full_once_or_twice_is_chance() -> None:
    running = job_of("encode", [evicted(n, NODE) for n in range(2)], completions=3)
    assert says(decide(pilot(), seen(probe_done(), running)), "Failed") == ("False", "NotFailed")


def test_a_node_whose_disk_is_always_full_ends_the_job_and_stops_its_pods() -> None:
    running = job_of("encode", [evicted(n, NODE) for n in range(3)], completions=3)
    wanted = decide(pilot(), seen(probe_done(), running))
    assert says(wanted, "Failed") == ("True", "ScratchFull")
    assert [doomed.manifest["metadata"]["name"] for doomed in wanted.doomed] == ["pilot-encode"]


def test_every_pod_is_held_to_its_share_of_the_disk() -> None:
    child = decide(pilot(), seen()).children[0]
    spec = child.manifest["spec"]["template"]["spec"]
    resources = spec["containers"][0]["resources"]
    assert resources["requests"]["ephemeral-storage"] == "512Mi"
    assert resources["limits"]["ephemeral-storage"] == "20Gi"
    assert spec["volumes"] == [{"name": "scratch", "emptyDir": {"sizeLimit": "20Gi"}}]
