"""What decoding said of a damaged source, in few words; nothing of what is no error. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from media_runtime.ffmpeg import Messages

_KEPT = 3


def complaints(messages: Messages, where: str) -> tuple[str, ...]:
    return Complaints().since(messages, where)


class Complaints:
    """Of one program that is listened to now and then: each time what is new."""

    def __init__(self) -> None:
        self._errors, self._lines = 0, 0

    def since(self, messages: Messages, where: str) -> tuple[str, ...]:
        errors, lines = messages.errors - self._errors, messages.first[self._lines :]
        self._errors, self._lines = messages.errors, len(messages.first)
        if errors <= 0:
            return ()
        count = f"{where}: {errors} errors in the source, concealed"
        return (count, *(f"{where}: {said}" for said in lines[:_KEPT]))
