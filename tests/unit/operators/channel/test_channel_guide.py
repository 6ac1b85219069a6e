"""What the conditions of a channel say, and what the reference says that they may."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from crds.v1alpha1 import Channel, MediaAsset
from crds.v1alpha1.guides import CHANNEL
from crds.v1alpha1.reasons import JobReason
from operators.channel.conditions import Scene, conditions
from operators.channel.observed import Seen
from operators.channel.pods import Deployed
from operators.channel.references import references
from tests.unit.operators.channel.studio import (
    PLATFORM,
    decide,
    deployed,
    ladder,
    news,
    on_air,
    pod,
    seen,
    told,
)

SAID_ELSEWHERE = {JobReason.STORE_AWAY, JobReason.STORE_KEY_MISSING}
"""In Ready, when a child is refused (operators/converge.py)."""
HELD_UP = ("CrashLoopBackOff", "ErrImagePull", "Unschedulable", "CreateContainerConfigError")


def channels() -> Iterator[Channel]:
    before = on_air()[0].status
    for status in (None, before):
        yield news(status)
        yield news(status, regions=[{"name": "oslo"}])
        yield news(status, lossBehavior={"slateRef": {"name": "break"}})
        yield news(status, desiredState="Stopped")
        yield news(status, suspend=True)
        yield news(status, deleted=True)


def scenes() -> Iterator[Seen]:
    _, well = on_air()
    state = told()
    idle, ill, keyless = (
        [one.model_copy(update=what) for one in state.inputs]
        for what in ({"state": "Waiting"}, {"state": "Faulty"}, {"lacks_key": True})
    )
    states = (
        *(state, told("backup"), told("slate"), told(timeline=None), told(ended=True)),
        *(told(stale=one) for one in ("STALE_MANIFEST", "SLATE_INPUT", "INCOMPLETE_MANIFEST")),
        *(told(inputs=those) for those in (idle, ill, keyless)),
        told(slate_problem="it has no header"),
    )
    for one in states:
        yield replace(well, pods=[pod(state=one)])
        yield replace(well, pods=[pod(state=one, silent_seconds=60)])
    yield seen(profile=None)
    yield seen(stranger="Deployment channel-news")
    yield seen(pods=[pod(silent_seconds=60)])
    for profile in (ladder(kbps=900), ladder(gop=1000)):
        yield replace(well, profile=profile)
    yield from (seen(pods=[pod(ready=False, held_up_by=(why, ""))]) for why in HELD_UP)
    for why in ("exceeded quota: full", "denied by a webhook"):
        yield seen(deployment=refused(why))
    yield replace(well, deployment=deployed(decide(*on_air()), rolling=True))


def refused(why: str) -> Deployed:
    there = deployed(decide(news(), seen())).manifest
    said = {"type": "ReplicaFailure", "status": "True", "message": why}
    return Deployed({**there, "status": {"conditions": [said]}})


def slate(**status: object) -> MediaAsset:
    spec = {"source": {"uri": "s3://b/break.mp4"}, "profileRef": {"name": "small"}}
    meta = {"name": "break", "namespace": "demo", "uid": "m1"}
    return MediaAsset.model_validate({"metadata": meta, "spec": spec, "status": status})


SLATES = (None, slate(), slate(playback={"hls": "/vod/demo.break/master.m3u8"}))


@pytest.fixture(scope="module")
def reasons() -> dict[str, set[str]]:
    """Every reason that each condition gives, whatever a channel is told to do and comes to."""
    found: dict[str, set[str]] = defaultdict(set)
    for channel, scene, shown in product(channels(), scenes(), SLATES):
        now = replace(scene, slate=shown)
        for said in conditions(Scene(channel, now, references(channel, now, PLATFORM))):
            found[said.type].add(said.reason)
    return found


def test_the_reference_knows_every_condition(reasons: dict[str, set[str]]) -> None:
    assert reasons.keys() == CHANNEL.keys()


@pytest.mark.parametrize("condition", CHANNEL)
def test_the_reference_knows_every_reason(reasons: dict[str, set[str]], condition: str) -> None:
    assert reasons[condition] <= set(CHANNEL[condition].reasons)


@pytest.mark.parametrize("condition", sorted(CHANNEL.keys() - {"Reconciling", "Stalled"}))
def test_the_reference_promises_no_reason_that_is_never_given(
    reasons: dict[str, set[str]], condition: str
) -> None:
    assert set(CHANNEL[condition].reasons) - SAID_ELSEWHERE <= reasons[condition]
