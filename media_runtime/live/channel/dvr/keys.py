"""Where a channel's DVR lies in the bucket. Pure.

{tenant}/live/{channel}/{uid}/{rendition}/{msn}.m4s            a whole segment
{tenant}/live/{channel}/{uid}/journal/{minute}-{writer}.json   what one pod kept in one minute
{tenant}/live/{channel}/{uid}/takes/{msn}.json                 a recording that is not made yet
{tenant}/live/{channel}/{uid}/recorded/{began}.json            one that is made
{tenant}/recordings/{channel}-{began}.mp4                      its file
Headers lie with all others of the tenant, by their SHA-256.
"""

import re
from dataclasses import dataclass

_SEGMENT = re.compile(r"([a-z0-9-]+)/([0-9]{1,18})\.m4s")
_JOURNAL = re.compile(r"journal/([0-9]{1,18})-[0-9a-f]+\.json")


@dataclass(frozen=True)
class DvrKeys:
    tenant: str
    channel: str
    uid: str

    @property
    def root(self) -> str:
        return f"{self.tenant}/live/{self.channel}/{self.uid}"

    def segment(self, rendition: str, msn: int) -> str:
        return f"{self.root}/{rendition}/{msn}.m4s"

    def journal(self, minute: int, writer: str) -> str:
        return f"{self.root}/journal/{minute}-{writer}.json"

    @property
    def takes(self) -> str:
        return f"{self.root}/takes"

    def take(self, began: int) -> str:
        return f"{self.takes}/{began}.json"

    @property
    def recorded(self) -> str:
        return f"{self.root}/recorded"

    def recording(self, began: str) -> str:
        return f"{self.tenant}/recordings/{self.channel}-{began}.mp4"

    def segment_at(self, key: str) -> tuple[str, int] | None:
        """Rendition and number of a key; None if it is no segment's."""
        found = _SEGMENT.fullmatch(key.removeprefix(f"{self.root}/"))
        return (found[1], int(found[2])) if found else None

    def minute_at(self, key: str) -> int | None:
        """Of a journal's key; None if it is none."""
        found = _JOURNAL.fullmatch(key.removeprefix(f"{self.root}/"))
        return int(found[1]) if found else None
