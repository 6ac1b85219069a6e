"""Which images of earlier checkouts go, and which stay."""

from typing import Any

from clusters.generations import by_age, mentioned, superseded

MEDIA = [f"docker.io/streamverse/media:{n:012x}" for n in range(6)]
"""The oldest first."""
STORE = "docker.io/streamverse/store:0123456789ab"


def test_the_last_two_generations_stay_with_the_current_one() -> None:
    assert superseded(MEDIA, current=[MEDIA[5]], used=()) == MEDIA[:3]


def test_an_old_image_that_is_current_again_stays_with_two_others() -> None:
    assert superseded(MEDIA, current=[MEDIA[0]], used=()) == MEDIA[1:4]


def test_an_image_in_use_stays_however_old() -> None:
    assert superseded(MEDIA, current=[MEDIA[5]], used=[MEDIA[1]]) == [MEDIA[0], MEDIA[2]]


def test_images_that_are_not_the_platforms_are_not_judged() -> None:
    others = [
        *("docker.io/library/debian:12", "sha256:0123", "docker.io/streamverse/media:v1"),
        *(f"docker.io/streamverse/etcd:{n:012x}" for n in range(6)),
    ]
    assert superseded(others, current=[MEDIA[5], STORE], used=()) == []


def test_an_image_of_which_nobody_knows_when_it_was_built_is_the_oldest() -> None:
    assert by_age({MEDIA[2], MEDIA[0], MEDIA[5]}, [MEDIA[2], MEDIA[1], MEDIA[0]]) == [
        *(MEDIA[5], MEDIA[2], MEDIA[0])
    ]


def workload(kind: str, image: str, status: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "spec": {"containers": [{"image": image}]}, "status": status}


def test_an_image_that_a_setting_names_is_in_use() -> None:
    setting = {"name": "STREAMVERSE_MEDIA_IMAGE", "value": MEDIA[1]}
    operator = {"kind": "Deployment", "spec": {"containers": [{"env": [setting]}]}}
    assert mentioned([operator]) == {MEDIA[1]}


def test_what_has_ended_uses_no_image() -> None:
    ended = {"conditions": [{"type": "Complete", "status": "True"}]}
    assert (
        mentioned(
            [
                workload("Pod", MEDIA[0], {"phase": "Succeeded"}),
                workload("Pod", MEDIA[1], {"phase": "Failed"}),
                workload("Job", MEDIA[2], ended),
            ]
        )
        == set()
    )


def test_what_waits_or_runs_uses_its_image() -> None:
    suspended = {"conditions": [{"type": "Suspended", "status": "True"}]}
    assert mentioned(
        [
            workload("Pod", MEDIA[0], {"phase": "Pending"}),
            workload("Pod", MEDIA[1], {"phase": "Running"}),
            workload("Job", MEDIA[2], suspended),
            workload("CronJob", MEDIA[3], {}),
        ]
    ) == set(MEDIA[:4])
