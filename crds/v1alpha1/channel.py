"""Channel: television that never goes off air. This module is what people wish for."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from .channelinput import Input
from .channelstatus import ChannelStatus
from .guides import CHANNEL
from .meta import Model, NameRef, Resource, Slug
from .rules import Column, list_map, not_uploads, rule, rules

OFF_AIR = " || ".join(
    f"{one}.desiredState == 'Stopped' || {one}.suspend" for one in ("self", "oldSelf")
)


def fixed_on_air(field: str) -> str:
    """In CEL: it may change only while the channel is off air, before or after the edit."""
    return f"self.{field} == oldSelf.{field} || {OFF_AIR}"


class Failover(Model):
    """When an input is left, and when it is trusted again."""

    input_loss_millis: Annotated[
        int, Field(ge=100, le=60_000, description="Leave after so long without a picture.")
    ] = 1000
    black_millis: Annotated[
        int, Field(ge=0, le=600_000, description="Leave after so long a black picture; 0: never.")
    ] = 5000
    silence_millis: Annotated[
        int, Field(ge=0, le=600_000, description="Leave after so long a silence; 0: never.")
    ] = 10_000
    freeze_millis: Annotated[
        int, Field(ge=0, le=600_000, description="Leave after so long a still picture; 0: never.")
    ] = 5000
    error_clear_millis: Annotated[
        int,
        Field(
            ge=0,
            le=600_000,
            description="Return to a preferred input once it was well for so long without a break.",
        ),
    ] = 5000


class LossBehavior(Model):
    """What is shown when no input is fit to be."""

    repeat_frame_millis: Annotated[
        int,
        Field(ge=0, le=60_000, description="Show the last picture so long, then the slate."),
    ] = 1000
    slate_ref: Annotated[
        NameRef | None,
        Field(
            description="A MediaAsset here that is shown in a loop; absent, or not published: a "
            "drawn picture that tells the time."
        ),
    ] = None


class Latency(Model):
    """How near to live it is watched, and how far back."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.dvrSeconds == 0 || self.dvrSeconds >= self.windowSeconds",
                "set dvrSeconds to 0, for no DVR, or to windowSeconds at least",
                field="dvrSeconds",
            )
        )
    )

    part_duration_millis: Annotated[
        int,
        Field(
            ge=200,
            le=1000,
            description="Nominal length of a part. Players stay three parts behind at least, so "
            "333 can reach two seconds from camera to screen.",
        ),
    ] = 333
    window_seconds: Annotated[
        int, Field(ge=20, le=600, description="Kept in memory, to be served at once.")
    ] = 60
    dvr_seconds: Annotated[
        int,
        Field(ge=0, le=86_400, description="How far back viewers can go; kept in the store."),
    ] = 3600


class Region(Model):
    """A place to be on air from."""

    name: Annotated[Slug, Field(description="The region's name.")]


class ChannelSpec(Model):
    """What the channel is to be. Edits roll it over without a break, but for those noted."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.type == 'Live'",
                "this version runs Live channels only: set type to Live, or leave it out",
                field="type",
            ),
            rule(
                fixed_on_air("frameRate"),
                "frameRate is the channel's timeline and fixed while it is on air: set "
                "desiredState to Stopped first",
                field="frameRate",
            ),
            rule(
                fixed_on_air("latency.partDurationMillis"),
                "partDurationMillis is the channel's timeline and fixed while it is on air: set "
                "desiredState to Stopped first",
                field="latency.partDurationMillis",
            ),
        )
    )

    type: Annotated[
        Literal["Live", "Linear"],
        Field(description="Live: from inputs. Linear, from a schedule, is still to come."),
    ] = "Live"
    inputs: Annotated[
        tuple[Input, ...],
        Field(
            min_length=1,
            max_length=8,
            description="Where picture and sound come from, in any order.",
            json_schema_extra=list_map("name"),
        ),
    ]
    failover: Annotated[Failover, Field(description="When an input is left.")] = Failover()
    loss_behavior: Annotated[
        LossBehavior, Field(description="What is shown when no input is fit to be.")
    ] = LossBehavior()
    profile_ref: Annotated[
        NameRef,
        Field(
            description="The EncodingProfile: read when the channel goes on air. Later edits of "
            "the profile wait until it is refreshed (docs/channel.md)."
        ),
    ]
    frame_rate: Annotated[
        str,
        Field(
            max_length=12,
            description='Of the output, exact: "25", "30", "30000/1001". Fixed while on air.',
            json_schema_extra=rules(
                rule(
                    "self.matches('^([1-9]|[1-5][0-9]|60|(24|30|48|60)000/1001)$')",
                    "give whole frames a second up to 60, as 25, or one of 24000/1001, 30000/1001, "
                    "48000/1001, 60000/1001",
                )
            ),
        ),
    ] = "30"
    latency: Annotated[
        Latency, Field(description="How near to live it is watched, and how far back.")
    ] = Latency()
    record: Annotated[
        bool,
        Field(description="Make a MediaAsset of what was on air, each time that it ends."),
    ] = False
    regions: Annotated[
        tuple[Region, ...],
        Field(
            max_length=8,
            description="Where it is to be on air; none: here. Others than here are told to be "
            "missing, until regions can be joined.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    desired_state: Annotated[
        Literal["Running", "Stopped"],
        Field(description="Stopped ends the programme in order: players are told that it is over."),
    ] = "Running"
    suspend: Annotated[
        bool, Field(description="Off air as if Stopped, whatever desiredState says.")
    ] = False

    @property
    def wants_air(self) -> bool:
        return self.desired_state == "Running" and not self.suspend


class Channel(Resource[ChannelSpec, ChannelStatus]):
    """Television: inputs, a switcher that never leaves the air, one ladder, and its timeline."""

    kind: ClassVar = "Channel"
    plural: ClassVar = "channels"
    short_name: ClassVar = "chan"
    columns: ClassVar = (
        Column("Type", ".spec.type", priority=1),
        Column("Profile", ".spec.profileRef.name"),
        Column("On-air", ".status.onAir.source"),
        Column("Inputs", ".status.receiving"),
        Column("HLS", ".status.endpoints.hls", priority=1),
    )
    invariants: ClassVar = (not_uploads("metadata.name"),)
    guide: ClassVar = CHANNEL
