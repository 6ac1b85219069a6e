from typing import Any

import pytest

from cli.demo.install import hopeless, remedy, restricted


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


def history(*statuses: str) -> list[dict[str, Any]]:
    return [{"revision": n, "status": status} for n, status in enumerate(statuses, 1)]


@pytest.mark.parametrize(
    "statuses",
    [
        ("superseded", "deployed", "pending-upgrade"),
        ("superseded", "deployed", "failed", "pending-rollback"),
    ],
)
def test_an_upgrade_that_was_cut_off_is_rolled_back(statuses: tuple[str, ...]) -> None:
    found = remedy(history(*statuses))
    assert found is not None
    assert "revision 2" in found[0]
    assert found[1] == ("rollback", "streamverse", "2")


@pytest.mark.parametrize("statuses", [("pending-install",), ("failed", "pending-upgrade")])
def test_a_first_installation_that_was_cut_off_is_taken_away(statuses: tuple[str, ...]) -> None:
    found = remedy(history(*statuses))
    assert found is not None
    assert found[1][:2] == ("uninstall", "streamverse")


@pytest.mark.parametrize("statuses", [(), ("deployed",), ("superseded", "deployed"), ("failed",)])
def test_a_release_that_is_whole_is_upgraded_as_it_is(statuses: tuple[str, ...]) -> None:
    assert remedy(history(*statuses)) is None


def test_the_platforms_namespace_lets_in_only_restricted_pods() -> None:
    labels = restricted("streamverse-system")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
