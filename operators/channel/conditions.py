"""The conditions of a Channel, each a small decision of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1.channelreasons import ChannelReason as R
from crds.v1alpha1.meta import Condition, Truth
from crds.v1alpha1.reasons import JobReason, Reason
from operators.channel.observed import PATIENCE_SECONDS

if TYPE_CHECKING:
    from crds.live import ChannelState
    from crds.v1alpha1 import Channel
    from operators.channel.observed import Seen
    from operators.channel.references import References

_STALE = {
    "STALE_MANIFEST": (R.STALE_MANIFEST, "no new segment came in time"),
    "SLATE_INPUT": (R.SLATE_INPUT, "the slate is on air"),
    "INCOMPLETE_MANIFEST": (R.INCOMPLETE_MANIFEST, "rungs are missing; see status.dropped"),
}
_NEEDS_SOMEBODY = {R.PROFILE_NOT_FOUND, R.NAME_TAKEN}
_AT_REST = {R.STOPPED, R.SUSPENDED, R.STALE_MANIFEST}
_IMAGES = {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"}


@dataclass(frozen=True)
class Scene:
    channel: Channel
    seen: Seen
    found: References

    @property
    def state(self) -> ChannelState | None:
        """What its pods told, if it is to be on air."""
        return self.seen.state if self.on_air else None

    @property
    def on_air(self) -> bool:
        return self.channel.spec.wants_air and self.channel.metadata.deletion_timestamp is None


def conditions(scene: Scene) -> list[Condition]:
    ready = _ready(scene)
    found = [
        _input_available(scene),
        _streaming(scene),
        _output_fresh(scene),
        scene.found.condition,
        ready,
        *_slate_active(scene),
        *_failed_over(scene),
    ]
    if ready.reason in _NEEDS_SOMEBODY:
        found.append(ready.model_copy(update={"type": "Stalled", "status": "True"}))
    elif ready.status != "True" and ready.reason not in _AT_REST:
        found.append(ready.model_copy(update={"type": "Reconciling", "status": "True"}))
    elif ready.status == "True" and scene.seen.deployment and scene.seen.deployment.rolling:
        going_on = (R.STARTING, "another pod takes over; what is on air goes on")
        found.append(_say("Reconciling", "True", *(_trouble(scene.seen) or going_on)))
    generation = {"observed_generation": scene.channel.metadata.generation}
    return [condition.model_copy(update=generation) for condition in found]


def _say(type_: str, truth: Truth, reason: Reason, message: str) -> Condition:
    return Condition(type=type_, status=truth, reason=str(reason), message=message)


def _absent(type_: str, scene: Scene, *, starting: Truth = "False") -> Condition:
    """What is said of an aspect that no pod tells of."""
    if not scene.on_air:
        return _say(type_, "False", R.OFF_AIR, "off air")
    if _silent(scene.seen):
        return _say(type_, "Unknown", R.NOT_OBSERVED, "its pods do not tell")
    return _say(type_, starting, R.STARTING, "its pods are starting")


def _silent(seen: Seen) -> bool:
    """It runs, and told nothing for so long that what it told before is not believed any more."""
    asked = [pod.silent_seconds for pod in seen.staying if pod.ready]
    return bool(asked) and all(s is not None and s >= PATIENCE_SECONDS for s in asked)


def _input_available(scene: Scene) -> Condition:
    type_, state = "InputAvailable", scene.state
    if state is None:
        if scene.on_air:
            return _say(type_, "Unknown", R.NOT_OBSERVED, "its pods did not tell yet")
        return _absent(type_, scene)
    well = sorted(one.name for one in state.inputs if one.state in {"Receiving", "OnAir"})
    if well:
        return _say(type_, "True", R.RECEIVED, ", ".join(well))
    faulty = sorted(
        f"{one.name}: {one.fault or 'faulty'}" for one in state.inputs if one.state == "Faulty"
    )
    if faulty:
        return _say(type_, "False", R.ALL_FAULTY, "; ".join(faulty))
    return _say(type_, "False", R.NOTHING_RECEIVED, "no input is received")


def _streaming(scene: Scene) -> Condition:
    state = scene.state
    if state is None or state.timeline is None:
        return _absent("Streaming", scene)
    if state.ended:
        return _say("Streaming", "False", R.ENDING, "its programme has ended")
    return _say("Streaming", "True", R.STREAMING, "segments are made")


def _output_fresh(scene: Scene) -> Condition:
    state = scene.state
    if state is None or state.timeline is None:
        return _absent("OutputFresh", scene)
    if state.stale is not None:
        reason, message = _STALE[state.stale]
        return _say("OutputFresh", "False", reason, message)
    return _say("OutputFresh", "True", R.FRESH, "the newest segment is as new as it should be")


def _slate_active(scene: Scene) -> list[Condition]:
    state = scene.state
    if state is None or state.on_air.kind != "Slate":
        return []
    message = f"since {state.on_air.since:%H:%M:%S} UTC: {state.on_air.reason}"
    return [_say("SlateActive", "True", R.SLATE_SHOWN, message)]


def _failed_over(scene: Scene) -> list[Condition]:
    state = scene.state
    inputs = scene.channel.spec.inputs
    if state is None or state.on_air.input is None or state.on_air.kind == "Slate":
        return []
    preferred = min(inputs, key=lambda one: (one.priority, one.name))
    current = next((one for one in inputs if one.name == state.on_air.input), None)
    if current is None or current.priority <= preferred.priority:
        return []
    told = next((one for one in state.inputs if one.name == preferred.name), None)
    why = (told.fault if told else None) or (told.state if told else "Unknown")
    message = f"{current.name} is on air instead of {preferred.name} ({why})"
    return [_say("FailedOver", "True", R.BACKUP_ON_AIR, message)]


def _ready(scene: Scene) -> Condition:
    if not scene.on_air:
        return _off(scene)
    state = scene.state
    told = state is not None and state.timeline is not None and not _silent(scene.seen)
    blocked = _cannot_begin(scene) or (None if told else _trouble(scene.seen))
    if blocked is not None:
        return Condition.ready("False", *blocked)
    if state is not None and told:
        return _on_air(state)
    if _silent(scene.seen):
        message = "its pods do not answer the operator; what is on air goes on"
        return Condition.ready("Unknown", R.NOT_OBSERVED, message)
    return Condition.ready("False", R.STARTING, "its pods are starting")


def _cannot_begin(scene: Scene) -> tuple[Reason, str] | None:
    if scene.seen.stranger:
        message = f"{scene.seen.stranger} is not this channel's; delete it, or rename the channel"
        return R.NAME_TAKEN, message
    return scene.found.problems[0] if scene.found.profile is None else None


def _off(scene: Scene) -> Condition:
    if scene.seen.airs:
        return Condition.ready("False", R.ENDING, "players are told that it is over")
    if scene.channel.spec.suspend:
        message = "spec.suspend is true; set it to false to go on air"
        return Condition.ready("False", R.SUSPENDED, message)
    message = "spec.desiredState is Stopped; set it to Running to go on air"
    return Condition.ready("False", R.STOPPED, message)


def _on_air(state: ChannelState) -> Condition:
    if state.ended:
        message = "the programme of before comes to its end; the next begins after it"
        return Condition.ready("False", R.ENDING, message)
    if state.stale == "STALE_MANIFEST":
        return Condition.ready("False", *_STALE[state.stale])
    if state.on_air.kind == "Slate":
        return Condition.ready("True", R.SLATE_ON_AIR, "on air with its slate: no input is fit")
    return Condition.ready("True", R.ON_AIR, f"on air: {state.on_air.input}")


def _trouble(seen: Seen) -> tuple[Reason, str] | None:
    """Why no pod comes up."""
    refused = seen.deployment.refused if seen.deployment else ""
    if refused:
        reason = JobReason.QUOTA_EXCEEDED if "exceeded quota" in refused else JobReason.POD_BLOCKED
        return reason, refused
    for pod in seen.staying:
        if pod.held_up_by is None:
            continue
        why, sentence = pod.held_up_by
        if why == "CrashLoopBackOff":
            return R.POD_FAILING, f"its pod ends again and again, last as {pod.ended}"
        if why in _IMAGES:
            return JobReason.IMAGE_PULL, f"{why}: {sentence}"
        if why == "Unschedulable":
            return JobReason.UNSCHEDULABLE, sentence or "no node has room for the pod"
        return JobReason.POD_BLOCKED, f"{why}: {sentence}"
    return None
