"""What is observed of a Channel; written only when something worth knowing has changed."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .encodingprofile import EncodingProfileSpec
from .meta import Model, Slug, Status
from .observed import Playback, ResolvedRung
from .rules import LIST_SET, list_map

MOST_SWITCHES = 20
MOST_RECORDINGS = 24


def _clipped(length: int) -> BeforeValidator:
    return BeforeValidator(lambda said: said[:length] if isinstance(said, str) else said)


Words = Annotated[str, Field(max_length=128), _clipped(128)]
Moment = Annotated[str, Field(max_length=48)]


class InputStatus(Model):
    """One input as it was observed."""

    name: Annotated[Slug, Field(description="As in spec.inputs.")]
    protocol: Annotated[str, Field(max_length=8, description="As in spec.inputs.")]
    priority: Annotated[int, Field(description="As in spec.inputs.")]
    address: Annotated[
        str | None,
        Field(
            max_length=256,
            description="Where to publish it, without the key: `streamverse url channel/NAME "
            "--publish INPUT` prints it whole.",
        ),
    ] = None
    state: Annotated[
        Literal["Waiting", "Receiving", "OnAir", "Faulty", "Unknown"],
        Field(description="Waiting: nothing comes. Receiving: well, but not on air."),
    ] = "Unknown"
    fault: Annotated[
        str | None,
        Field(max_length=32, description="InputLost, Erroring, Black, Frozen or Silent."),
    ] = None
    problem: Annotated[
        str,
        Field(
            max_length=256,
            description="Why nothing comes, in a sentence, where that is known: a film that cannot "
            "be fetched, a listener that is not reached, a publisher that broke off.",
        ),
        _clipped(256),
    ] = ""
    format: Annotated[Words, Field(description="What is received.")] = ""
    alerts: Annotated[
        tuple[Annotated[str, Field(max_length=64)], ...],
        Field(
            max_length=16,
            description="What is unlike what is expected, by OvenMediaEngine's names.",
            json_schema_extra=LIST_SET,
        ),
    ] = ()


class OnAirStatus(Model):
    """What viewers see."""

    kind: Annotated[
        Literal["Input", "Repeat", "Slate"],
        Field(description="Repeat: the last picture of an input that was lost."),
    ]
    source: Annotated[str, Field(max_length=32, description='The input\'s name, or "slate".')]
    since: Annotated[datetime, Field(description="When it came on air.")]
    reason: Annotated[str, Field(max_length=32, description="Why, in one CamelCase word.")]


class TimelineStatus(Model):
    """The timeline as it was when status was last written; metrics have it of now."""

    media_sequence: Annotated[int, Field(ge=0, description="Of the newest whole segment.")]
    last_segment_at: Annotated[datetime, Field(description="When that was there to be fetched.")]
    latency_millis: Annotated[
        int, Field(ge=0, description="From a picture's time to its part being there.")
    ]
    dvr_from: Annotated[datetime | None, Field(description="How far back viewers can go.")] = None


class Switch(Model):
    """Something else came on air."""

    name: Annotated[Moment, Field(description="When, as a name.")]
    at: Annotated[datetime, Field(description="When.")]
    before: Annotated[str, Field(max_length=32, description='An input\'s name, or "slate".')]
    after: Annotated[str, Field(max_length=32, description='An input\'s name, or "slate".')]
    reason: Annotated[str, Field(max_length=32, description="Why, in one CamelCase word.")]


class Refusals(Model):
    """Publishers that were not let in."""

    count: Annotated[int, Field(ge=0, description="Since the channel was made, at least.")]
    last_at: Annotated[datetime, Field(description="When the last one came.")]
    last_input: Annotated[Words, Field(description="The input it asked for.")]
    last_peer: Annotated[Words, Field(description="Where it came from.")]
    last_reason: Annotated[str, Field(max_length=32, description="Why it was refused.")]


class Restarts(Model):
    """Its process died in its pod, and was started again there."""

    count: Annotated[int, Field(ge=0, description="Since the channel was made, at least.")]
    last_at: Annotated[datetime, Field(description="When it was started again, the last time.")]
    last_reason: Annotated[Words, Field(description="How it ended: a signal, or an exit code.")]


class DroppedRung(Model):
    """A rung of the profile that is not encoded now."""

    name: Annotated[Slug, Field(description="The rung's name in the profile.")]
    reason: Annotated[
        str,
        Field(
            max_length=32,
            description="EncoderBehind, NoEncoder, UnsupportedCodec or FrameRate.",
        ),
    ]
    message: Annotated[
        str, Field(max_length=256, description="Why, for people."), _clipped(256)
    ] = ""


class RecordingStatus(Model):
    """A programme that was recorded."""

    name: Annotated[str, Field(max_length=128, description="As the store has it.")]
    uri: Annotated[str, Field(max_length=256, description="Where it lies.")]
    began: Annotated[datetime, Field(description="Its first picture's time.")]
    ended: Annotated[datetime, Field(description="Its last picture's time.")]
    asset: Annotated[
        str, Field(max_length=52, description="The MediaAsset that was made of it.")
    ] = ""


class ChannelStatus(Status):
    """What became of the channel."""

    observed_at: Annotated[
        datetime | None,
        Field(description="When all this was observed; it is not written while nothing changes."),
    ] = None
    on_air: Annotated[OnAirStatus | None, Field(description="What viewers see.")] = None
    active_input: Annotated[
        str | None, Field(max_length=32, description="The input on air; absent on the slate.")
    ] = None
    inputs: Annotated[
        tuple[InputStatus, ...],
        Field(
            max_length=8,
            description="Every input as it was observed.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    receiving: Annotated[
        str | None, Field(max_length=16, description='How many inputs are well, as "1/2".')
    ] = None
    endpoints: Annotated[
        Playback | None, Field(description="Where it plays: paths below the origin.")
    ] = None
    timeline: Annotated[
        TimelineStatus | None, Field(description="The newest whole segment, and how late.")
    ] = None
    stale: Annotated[
        str | None,
        Field(
            max_length=32,
            description="Why an edge should look elsewhere, by MediaPackage's names; absent: "
            "all is well.",
        ),
    ] = None
    rungs: Annotated[
        tuple[ResolvedRung, ...],
        Field(
            max_length=16,
            description="The rungs that are encoded now.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    dropped: Annotated[
        tuple[DroppedRung, ...],
        Field(
            max_length=16,
            description="The rungs that are not, and why.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    audio: Annotated[
        tuple[Slug, ...],
        Field(
            max_length=8,
            description="The audio renditions that are encoded.",
            json_schema_extra=LIST_SET,
        ),
    ] = ()
    switches: Annotated[
        tuple[Switch, ...],
        Field(
            max_length=MOST_SWITCHES,
            description="The last of them, the newest last.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    refusals: Annotated[Refusals | None, Field(description="Publishers that were not let in.")] = (
        None
    )
    restarts: Annotated[
        Restarts | None, Field(description="Its process died, and was started again.")
    ] = None
    recordings: Annotated[
        tuple[RecordingStatus, ...],
        Field(
            max_length=MOST_RECORDINGS,
            description="The newest programmes that were recorded.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    profile_name: Annotated[
        str | None, Field(max_length=52, description="The EncodingProfile that it took.")
    ] = None
    profile_hash: Annotated[
        str | None, Field(max_length=64, description="Names the ladder that is on air.")
    ] = None
    profile: Annotated[
        EncodingProfileSpec | None,
        Field(description="The ladder as it was when the channel took it."),
    ] = None
    refreshed: Annotated[
        str | None,
        Field(max_length=64, description="The refresh that was last acted on."),
    ] = None
    slate: Annotated[
        str | None, Field(max_length=52, description="The MediaAsset that is its slate.")
    ] = None
