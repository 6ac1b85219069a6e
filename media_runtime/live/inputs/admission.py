"""Whether a publisher is let in, by what he said and by what his input's key is."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from crds.live import PUSHED
from media_runtime.live.line import ADMITTED, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from crds.live import ChannelInput
    from media_runtime.live.line import Introduction

_LONGEST_KEY = 1024


def is_pushed(wanted: ChannelInput) -> bool:
    """It waits for a publisher, who is let in by a key."""
    return wanted.protocol in PUSHED and wanted.uri is None


def judge(
    caller: Introduction, wanted: ChannelInput | None, key: bytes | None, publisher: str | None
) -> Verdict:
    """`publisher` is who publishes on this input now. Pure.

    Who does not have the key is told nothing else of an input that exists.
    """
    if wanted is None or not is_pushed(wanted):
        known = "" if wanted is None else ": it is pulled, not published to"
        message = f"this channel has no input {caller.input} to publish to{known}"
        return Verdict(admitted=False, reason="UnknownInput", message=message)
    given = caller.secret.get_secret_value().encode()
    if not key or not hmac.compare_digest(given, key):
        message = "the stream key is wrong; it may have been rotated"
        return Verdict(admitted=False, reason="WrongKey", message=message)
    if caller.protocol != wanted.protocol:
        message = f"this input takes {wanted.protocol}, not {caller.protocol}"
        return Verdict(admitted=False, reason="WrongProtocol", message=message)
    if publisher is not None:
        message = f"{publisher} publishes on this input"
        return Verdict(admitted=False, reason="InUse", message=message)
    return ADMITTED


def read_key(folder: Path, name: str, kind: str = "streamKey") -> bytes | None:
    """As it is now: a rotated key counts from the next publisher on. None: there is none."""
    try:
        with (folder / name / kind).open("rb") as file:
            return file.read(_LONGEST_KEY).rstrip(b"\r\n") or None
    except OSError:
        return None
