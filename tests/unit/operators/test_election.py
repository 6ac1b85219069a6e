"""When a replica that stands by looks at the Lease."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest

from operators.election import Election
from operators.kinds import Kind

if TYPE_CHECKING:
    from operators.cluster import Cluster


class PaperCluster:
    """Has one Lease, that somebody else holds and never renews."""

    async def get(self, _: Kind, namespace: str, name: str) -> dict[str, Any]:
        return {
            "metadata": {"name": name, "namespace": namespace, "resourceVersion": "1"},
            "spec": {"holderIdentity": "other", "leaseTransitions": 1},
        }

    async def replace(self, _: Kind, manifest: dict[str, Any]) -> dict[str, Any]:
        return manifest


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def election(*, term: float, renew: float, clock: Callable[[], float]) -> Election:
    return Election(
        cast("Cluster", PaperCluster()),
        me="me",
        name="l",
        namespace="n",
        term_seconds=term,
        renew_seconds=renew,
        clock=clock,
    )


def test_who_stands_by_takes_over_when_the_term_is_up_and_not_at_its_next_look() -> None:
    async def story() -> None:
        standby, won = election(term=0.3, renew=3600, clock=time.monotonic), asyncio.Event()
        campaign = asyncio.create_task(standby.campaign(lambda _: won.set()))
        async with asyncio.timeout(60):
            await won.wait()
        campaign.cancel()
        assert standby.term == 2

    asyncio.run(story())


@pytest.mark.parametrize(
    ("now", "pause"),
    [
        (0.0, 1.0),
        (8.9, 1.0),
        (9.5, 0.5),
        (9.99, 0.05),
        # It should have been taken over, and was not: whoever cannot answer is not asked faster.
        (10.0, 1.0),
        (100.0, 1.0),
    ],
)
def test_a_look_comes_no_later_than_the_end_of_the_term(now: float, pause: float) -> None:
    clock = Clock()
    standby = election(term=10, renew=2, clock=clock)
    asyncio.run(standby._once())
    clock.now = now
    assert standby._pause(led=False) == pytest.approx(pause)
