"""An input of a Channel: where its picture and sound come from."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from .meta import Label, Model, Slug
from .rules import rule, rules

PUSHED = "(self.protocol in ['RTMP', 'WHIP'] || self.protocol == 'SRT' && !has(self.uri))"
"""In CEL: an encoder connects to the platform, and so needs a key."""

SecretKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=63,
        description="The key within the Secret.",
        json_schema_extra=rules(
            rule(
                "self.matches('^[-._a-zA-Z0-9]+$')",
                "name a key of the Secret: letters, digits, dashes, dots and underscores",
            )
        ),
    ),
]


class StreamKeyRef(Model):
    """The Secret with the key that an encoder has to send."""

    name: Annotated[Label, Field(description="A Secret in the Channel's namespace.")]
    key: SecretKey = "streamKey"


class PassphraseRef(Model):
    """The Secret with the passphrase of an SRT listener that is called."""

    name: Annotated[Label, Field(description="A Secret in the Channel's namespace.")]
    key: SecretKey = "passphrase"


InputUri = Annotated[
    str,
    Field(
        max_length=1024,
        json_schema_extra=rules(
            rule(
                r"self.matches('^(s3|https|srt)://[^/\\x00-\\x20\\x7f]+[^\\x00-\\x1f\\x7f]*$')",
                "give an srt://host:port, https://host/path or s3://bucket/key address",
            ),
            rule(
                "!self.matches('^[a-z0-9]+://[^/]*@') && "
                "!self.matches('[?&](passphrase|password|token)=')",
                "leave keys and passwords out of the address, everyone who may read this object "
                "would see them: an SRT passphrase goes into passphraseSecretRef",
            ),
        ),
    ),
]


class Input(Model):
    """One source of picture and sound."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                f"!{PUSHED} || has(self.streamKeySecretRef)",
                "name the Secret with this input's stream key in streamKeySecretRef; make it by "
                "kubectl create secret generic NAME "
                "--from-literal=streamKey=$(openssl rand -hex 16)",
                field="streamKeySecretRef",
            ),
            rule(
                f"{PUSHED} || !has(self.streamKeySecretRef)",
                "leave out streamKeySecretRef: only publishers by RTMP, SRT and WHIP send a key",
                field="streamKeySecretRef",
            ),
            rule(
                "!(self.protocol in ['RTMP', 'WHIP', 'Test']) || !has(self.uri)",
                "leave out uri: encoders publish RTMP and WHIP to the platform's own address "
                "(status.inputs says which), and Test has none",
                field="uri",
            ),
            rule(
                "self.protocol != 'HLS' || has(self.uri) && self.uri.startsWith('https://')",
                "an HLS input is pulled: give its playlist as uri, https://host/path.m3u8",
                field="uri",
            ),
            rule(
                "self.protocol != 'File' || has(self.uri) && self.uri.startsWith('s3://')",
                "a File input is looped: give its s3:// address as uri, as `streamverse upload "
                "FILE` prints it",
                field="uri",
            ),
            rule(
                "self.protocol != 'SRT' || !has(self.uri) || "
                r"self.uri.matches('^srt://[^/?]+:[0-9]{1,5}([/?].*)?$')",
                "give the listener that is called as srt://host:port, or leave out uri to have "
                "encoders call the platform",
                field="uri",
            ),
            rule(
                "!has(self.passphraseSecretRef) || self.protocol == 'SRT' && has(self.uri)",
                "leave out passphraseSecretRef: it is for an SRT listener that uri names; "
                "encoders that call the platform use the region's passphrase",
                field="passphraseSecretRef",
            ),
        )
    )

    name: Annotated[Slug, Field(description="Unique in the channel; part of the stream key.")]
    protocol: Annotated[
        Literal["RTMP", "SRT", "WHIP", "HLS", "File", "Test"],
        Field(
            description="RTMP, SRT and WHIP are published to the platform; SRT with a uri, HLS and "
            "File are fetched; Test is a moving picture with a clock."
        ),
    ]
    priority: Annotated[
        int,
        Field(
            ge=0,
            le=1000,
            description="The lowest number is on air while it is well. Inputs of equal priority "
            "do not take turns.",
        ),
    ] = 100
    stream_key_secret_ref: Annotated[
        StreamKeyRef | None,
        Field(description="The stream key; edit the Secret to rotate it while on air."),
    ] = None
    uri: Annotated[
        InputUri | None,
        Field(description="What is fetched: an https playlist, an SRT listener, an s3 file."),
    ] = None
    passphrase_secret_ref: Annotated[
        PassphraseRef | None, Field(description="Of the SRT listener that uri names.")
    ] = None

    @property
    def is_pushed(self) -> bool:
        """An encoder connects to us, instead of being connected to."""
        return self.protocol in {"RTMP", "SRT", "WHIP"} and self.uri is None
