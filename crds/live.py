"""What the operator and a channel's pod say: the order going in, the state coming out.

The order travels in the environment variable STREAMVERSE_CHANNEL; the state is the pod's answer to
`GET /state`. A pod that goes on for months leaves no report. Neither side knows more of the other.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from crds.v1alpha1.encodingprofile import EncodingProfileSpec
from crds.v1alpha1.meta import Model
from crds.v1alpha1.observed import ResolvedRung

HTTP_PORT = 8090
"""Of a channel's pod: /live/…, /state, /metrics, /healthz, /readyz."""
CONTRIBUTION_PORT = 8091
"""Of a channel's pod: what contribution servers hand on (media_runtime/live/line.py)."""
KEYS_FOLDER = "/etc/streamverse/keys"
"""In a channel's pod: {input}/streamKey, and for a calling SRT input {input}/passphrase."""

Protocol = Literal["RTMP", "SRT", "WHIP", "HLS", "File", "Test"]
PUSHED: frozenset[str] = frozenset({"RTMP", "SRT", "WHIP"})
"""Unless they have a uri, which is called instead of waited for."""


def service_name(channel: str) -> str:
    """The headless Service of a channel's pods, in the tenant's namespace."""
    return f"channel-{channel}"


class ChannelInput(Model):
    name: str
    protocol: Protocol
    priority: int
    """The lowest number is preferred."""
    uri: str | None = None
    """What is pulled: https (HLS), srt (a listener that is called), s3 (File)."""


class ChannelOrder(Model):
    """All that a channel's pod is told. Whatever shapes output is in here."""

    tenant: str
    """The namespace."""
    channel: str
    """The Channel's name."""
    uid: str
    """The Channel's: a channel made anew under an old name does not inherit its recordings."""
    generation: int
    inputs: tuple[ChannelInput, ...]
    profile: EncodingProfileSpec
    frame_rate: str = "30"
    """Of the output, exact, as "30000/1001"; rungs of fewer frames take every second, third, …"""
    part_millis: int = 333
    window_seconds: int = 60
    """Kept in memory, parts and all."""
    dvr_seconds: int = 3600
    """Listed and kept in the store; 0: no more than the window."""
    record: bool = False
    input_loss_millis: int = 1000
    black_millis: int = 5000
    silence_millis: int = 10_000
    freeze_millis: int = 5000
    error_clear_millis: int = 5000
    repeat_frame_millis: int = 1000
    slate: str | None = None
    """The published name of a title of this tenant; None: a picture that tells the time."""
    allow_cidrs: tuple[str, ...] = ()
    """Private networks that a pulled input may live in; by default none."""
    end_key: str | None = None
    """What `POST /end` has to bear, for anybody in the cluster can reach the pod; None: nothing."""
    nudge_url: str | None = None
    """POSTed to, without a body, at every address of its host, when the state has changed."""


class Refusal(Model):
    """A publisher that was not let in; for the audit."""

    at: datetime
    input: str
    """As it was asked for; it may not exist."""
    protocol: Protocol
    peer: str
    """Address and port."""
    reason: Literal["WrongKey", "InUse", "UnknownInput", "WrongProtocol", "ChannelUnknown"]


class InputState(Model):
    name: str
    protocol: Protocol
    priority: int
    state: Literal["Waiting", "Receiving", "OnAir", "Faulty"]
    fault: str | None = None
    """InputLost, Erroring, Black, Frozen or Silent."""
    peer: str | None = None
    format: Annotated[str, Field(max_length=128)] = ""
    """What is received, as "H.264 1280x720 25 fps 2500 kbit/s, AAC 48 kHz stereo"."""
    alerts: tuple[str, ...] = ()
    """Named as in media_runtime/live/switcher/measure.py."""
    lacks_key: bool = False
    """It waits for publishers, and there is no file with its key: the Secret lacks it."""
    problem: Annotated[str, Field(max_length=256)] = ""
    """Why nothing comes, where somebody could mend it: a playlist that is refused, a film that is
    not there, a listener that is not reached, a publisher of what is no FLV."""


class OnAirState(Model):
    kind: Literal["Input", "Repeat", "Slate"]
    input: str | None = None
    since: datetime
    reason: str


class SwitchState(Model):
    at: datetime
    before: str
    """An input's name, or "slate"."""
    after: str
    reason: str


class TimelineState(Model):
    media_sequence: int
    """The newest whole segment's."""
    last_segment_at: datetime
    """When its last part was there to be fetched."""
    latency_millis: int
    """From a picture's due time to its part being there to be fetched; the newest part's."""
    dvr_from: datetime | None = None
    """The oldest instant that can be played."""


class LostRung(Model):
    name: str
    reason: Literal["EncoderBehind", "NoEncoder", "UnsupportedCodec", "FrameRate"]
    message: Annotated[str, Field(max_length=256)] = ""


class Recording(Model):
    """A finished programme in the store, ready to be a MediaAsset's source."""

    name: str
    uri: str
    began: datetime
    ended: datetime


class Restarted(Model):
    """The pod's first process found the channel dead, and began it again (docs/adr/0049)."""

    count: int
    """In this pod."""
    reason: Annotated[str, Field(max_length=32)]
    """How the last one ended: "SIGKILL", or "exit code 1"."""


class ChannelState(Model):
    channel: str
    uid: str = ""
    """The order's: where an origin finds the DVR's segments in the store."""
    generation: int
    """Of the order that this pod runs."""
    started_at: datetime
    restarted: Restarted | None = None
    """At `started_at`, the last time; None: it never died in this pod."""
    on_air: OnAirState
    inputs: tuple[InputState, ...]
    switches: Annotated[tuple[SwitchState, ...], Field(max_length=20)] = ()
    """The newest last."""
    refusals: Annotated[tuple[Refusal, ...], Field(max_length=20)] = ()
    timeline: TimelineState | None = None
    """None until the first whole segment."""
    rungs: tuple[ResolvedRung, ...] = ()
    """That are encoded now."""
    dropped: tuple[LostRung, ...] = ()
    audio: tuple[str, ...] = ()
    stale: Literal["STALE_MANIFEST", "SLATE_INPUT", "INCOMPLETE_MANIFEST"] | None = None
    """Why an edge should look elsewhere (AWS Elemental MediaPackage's names); None: all is well."""
    slate_problem: Annotated[str, Field(max_length=256)] = ""
    """Why the title that is to be the slate is not shown; empty if it is, or there is none."""
    behind_millis: int = 0
    """By how much the encoder takes less than real time."""
    recordings: Annotated[tuple[Recording, ...], Field(max_length=50)] = ()
    ended: bool = False
    """ENDLIST is out."""
    keeping: bool = False
    """The programme has ended, and what is recorded of it is still being written."""
