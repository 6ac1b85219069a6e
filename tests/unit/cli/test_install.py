from typing import Any

import pytest

from cli.demo.install import hopeless, restricted


def pod(reason: str | None, restarts: int = 0) -> dict[str, Any]:
    state = {"waiting": {"reason": reason}} if reason else {"running": {}}
    return {
        "metadata": {"name": "streamverse-operator-0"},
        "status": {"containerStatuses": [{"state": state, "restartCount": restarts}]},
    }


@pytest.mark.parametrize(
    "found",
    [pod("CrashLoopBackOff", 4), pod("ErrImageNeverPull"), pod("InvalidImageName")],
)
def test_waiting_for_a_pod_that_cannot_start_ends_at_once(found: dict[str, Any]) -> None:
    assert "streamverse-operator-0" in hopeless([pod(None), found])


@pytest.mark.parametrize(
    "found",
    [pod(None), pod(None, 9), pod("CrashLoopBackOff", 1), pod("ContainerCreating"), {}],
)
def test_a_pod_that_may_yet_start_is_waited_for(found: dict[str, Any]) -> None:
    assert hopeless([found]) == ""


def test_the_platforms_namespace_lets_in_only_restricted_pods() -> None:
    labels = restricted("streamverse-system")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
