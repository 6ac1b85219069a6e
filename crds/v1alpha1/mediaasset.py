"""MediaAsset: what a programme, an ad or a slate is, and where it plays once it is encoded."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from .guides import MEDIAASSET
from .meta import MediaUri, Model, NameRef, Resource, Slug, Status, Warnings
from .observed import Output, Playback, ProbeSummary
from .rules import LIST_SET, Column, list_map, rule, rules

LANGUAGE = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"

Language = Annotated[
    str,
    Field(
        max_length=35,
        json_schema_extra=rules(
            rule(f"self.matches('{LANGUAGE}')", "use a BCP 47 language tag, as en, pt-BR or und")
        ),
    ),
]
Territory = Annotated[
    str,
    Field(
        min_length=2,
        max_length=2,
        json_schema_extra=rules(
            rule("self.matches('^[A-Z]{2}$')", "use a two-letter ISO 3166 code, as DE or BR")
        ),
    ),
]


class AssetSource(Model):
    """The mezzanine."""

    uri: Annotated[
        MediaUri,
        Field(description="Its address, as `streamverse upload FILE` prints it."),
    ]


class Track(Model):
    """A track of the source, as viewers should know it."""

    name: Annotated[Slug, Field(description="Unique in the asset.")]
    kind: Annotated[Literal["Audio", "Text"], Field(description="What it carries.")]
    language: Annotated[Language, Field(description="As BCP 47 writes it.")]
    role: Annotated[
        Literal["Main", "Commentary", "Description", "Caption", "Subtitle"],
        Field(description="What it is for."),
    ] = "Main"


class Marker(Model):
    """A moment in the asset."""

    name: Annotated[Slug, Field(description="Unique in the asset.")]
    offset_millis: Annotated[int, Field(ge=0, le=172_800_000, description="From the first frame.")]
    kind: Annotated[
        Literal["AdOpportunity", "Chapter", "Intro", "Credits"],
        Field(description="What begins here, or may be put here."),
    ]


class Right(Model):
    """Where, when and on what the asset may be shown."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!has(self.from) || !has(self.until) || self.until > self.from",
                "until must be later than from; swap them, or leave one out",
                field="until",
            )
        )
    )

    name: Annotated[Slug, Field(description="Unique in the asset.")]
    territories: Annotated[
        tuple[Territory, ...],
        Field(
            max_length=250,
            description="ISO 3166 codes; none means everywhere.",
            json_schema_extra=LIST_SET,
        ),
    ] = ()
    from_: Annotated[
        datetime | None, Field(alias="from", description="Not before; absent: since ever.")
    ] = None
    until: Annotated[datetime | None, Field(description="Not after; absent: for ever.")] = None
    platforms: Annotated[
        tuple[Literal["Web", "Mobile", "TV", "Console", "Partner"], ...],
        Field(max_length=5, description="None means all.", json_schema_extra=LIST_SET),
    ] = ()


class MediaAssetSpec(Model):
    """What the asset is."""

    kind: Annotated[
        Literal["Programme", "Ad", "Slate", "Bumper"], Field(description="What it is shown as.")
    ] = "Programme"
    title: Annotated[
        dict[str, Annotated[str, Field(min_length=1, max_length=256)]],
        Field(
            max_length=20,
            description="What viewers read, by language: `en: Big Buck Bunny`.",
            json_schema_extra=rules(
                rule(
                    f"self.all(language, language.matches('{LANGUAGE}'))",
                    "the keys of title are BCP 47 language tags, as en, pt-BR or und",
                )
            ),
        ),
    ] = Field(default_factory=dict)
    source: Annotated[AssetSource, Field(description="The mezzanine. Editing it encodes anew.")]
    profile_ref: Annotated[NameRef, Field(description="The EncodingProfile to encode to.")]
    tracks: Annotated[
        tuple[Track, ...],
        Field(
            max_length=32,
            description="What the source's tracks are, in its order: for applications to "
            "read. Renditions take their languages from the source itself.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    markers: Annotated[
        tuple[Marker, ...],
        Field(
            max_length=200,
            description="Moments, earliest first.",
            json_schema_extra={
                **list_map("name"),
                **rules(
                    rule(
                        "self.map(marker, marker.offsetMillis).isSorted()",
                        "list the markers by offsetMillis, earliest first",
                    )
                ),
            },
        ),
    ] = ()
    rights: Annotated[
        tuple[Right, ...],
        Field(
            max_length=16,
            description="It may be shown where any of these holds; none: no limits.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    suspend: Annotated[bool, Field(description="Start no new work; what is published stays.")] = (
        False
    )


class MediaAssetStatus(Status):
    """What became of the asset."""

    current_job: Annotated[
        str | None, Field(max_length=63, description="The TranscodeJob that stands for the spec.")
    ] = None
    profile_hash: Annotated[
        str | None, Field(max_length=64, description="The ladder it is encoded to.")
    ] = None
    probe: Annotated[ProbeSummary | None, Field(description="What the source is.")] = None
    duration_millis: Annotated[int | None, Field(ge=0, description="Of what plays.")] = None
    renditions: Annotated[
        tuple[Output, ...],
        Field(max_length=24, description="What was published.", json_schema_extra=list_map("name")),
    ] = ()
    playback: Annotated[Playback | None, Field(description="Where it plays.")] = None
    used_by: Annotated[
        tuple[Annotated[str, Field(max_length=128)], ...],
        Field(
            max_length=20,
            description="Objects that show it, as FastSchedule/evening.",
            json_schema_extra=LIST_SET,
        ),
    ] = ()
    warnings: Annotated[Warnings, Field(description="What was made good on the way.")] = ()


class MediaAsset(Resource[MediaAssetSpec, MediaAssetStatus]):
    """A programme, an ad or a slate: the operator keeps it encoded and published."""

    kind: ClassVar = "MediaAsset"
    plural: ClassVar = "mediaassets"
    short_name: ClassVar = "ma"
    columns: ClassVar = (
        Column("Kind", ".spec.kind"),
        Column("Profile", ".spec.profileRef.name"),
        Column("Length-ms", ".status.durationMillis", "integer"),
        Column("Job", ".status.currentJob", priority=1),
        Column("HLS", ".status.playback.hls", priority=1),
    )
    guide: ClassVar = MEDIAASSET
