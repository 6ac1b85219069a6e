"""What media pods find out, as it stands in status and in their reports."""

from typing import Annotated, Literal

from pydantic import Field

from .meta import Model, Slug


class Dropped(Model):
    """A rung that was not made."""

    name: Annotated[Slug, Field(description="The rung's name in the profile.")]
    reason: Annotated[
        Literal["Upscale", "Duplicate", "HdrForbidden", "SdrSource", "NoEncoder", "NoVideo"],
        Field(description="Why, in one CamelCase word."),
    ]
    message: Annotated[str, Field(max_length=256, description="Why, for people.")] = ""


class ResolvedRung(Model):
    """A rung as it is made: every choice taken."""

    name: Annotated[Slug, Field(description="The rung's name in the profile.")]
    codec: Annotated[str, Field(max_length=16, description="As in the profile.")]
    width: Annotated[int, Field(ge=0, le=16384, description="Pixels.")]
    height: Annotated[int, Field(ge=0, le=16384, description="Lines.")]
    frame_rate: Annotated[
        str, Field(description='Frames per second, exact, as "30000/1001".', max_length=24)
    ]
    bitrate_kbps: Annotated[int, Field(ge=0, description="Average aimed at.")]
    transfer: Annotated[str, Field(max_length=16, description="SDR, HDR10 or HLG.")] = "SDR"


class ProbeSummary(Model):
    """What was found in the source."""

    container: Annotated[str, Field(max_length=64, description="The file's format.")]
    duration_millis: Annotated[int, Field(ge=0, description="Of the longest track.")]
    size_bytes: Annotated[int, Field(ge=0, description="Of the file.")]
    video: Annotated[str, Field(max_length=128, description="Codec, size, rate and kind.")] = ""
    audio: Annotated[str, Field(max_length=256, description="Codec and layout of each track.")] = ""
    width: Annotated[int, Field(ge=0, description="Pixels, upright; 0 without a picture.")] = 0
    height: Annotated[int, Field(ge=0, description="Lines, upright; 0 without a picture.")] = 0
    frame_rate: Annotated[
        str, Field(max_length=24, description='Frames per second, exact, as "30000/1001".')
    ] = ""
    variable_frame_rate: Annotated[
        bool, Field(description="Frames do not come evenly; they are made to.")
    ] = False
    interlaced: Annotated[bool, Field(description="Two fields a frame; deinterlaced.")] = False
    rotation: Annotated[int, Field(ge=0, le=270, description="Degrees, clockwise.")] = 0
    transfer: Annotated[str, Field(max_length=16, description="SDR, HDR10 or HLG.")] = "SDR"
    audio_channels: Annotated[int, Field(ge=0, description="Of the first audio track.")] = 0
    timecode: Annotated[str, Field(max_length=16, description="Of the first frame.")] = ""


class Output(Model):
    """A rendition as it was published and measured."""

    name: Annotated[Slug, Field(description="The rendition's name in the profile.")]
    codecs: Annotated[str, Field(max_length=128, description="As in RFC 6381.")]
    bytes: Annotated[int, Field(ge=0, description="Of all its segments.")]
    average_kbps: Annotated[int, Field(ge=0, description="Over the whole title.")]
    peak_kbps: Annotated[int, Field(ge=0, description="Of the largest segment.")]
    ssim: Annotated[
        float | None,
        Field(ge=-1, le=1, description="Likeness to the source, 1 is equal; where it was asked."),
    ] = None


class Playback(Model):
    """Where the title is played from: paths below the origin."""

    # Paths, not addresses: which host, edge and token a viewer gets is not this object's to say.

    hls: Annotated[
        str | None, Field(max_length=256, description="The HLS multivariant playlist.")
    ] = None
    dash: Annotated[str | None, Field(max_length=256, description="The DASH manifest.")] = None
