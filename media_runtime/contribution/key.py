"""A stream key: which channel and input a publisher means, and the secret that the pod judges."""

import re
from dataclasses import dataclass, field

from crds.live import service_name

from .refusal import PublisherRefused

MAX_KEY_CHARS = 400
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Names become a host's name, so they are judged before anything is asked with them.
_PLACE = re.compile(rf"(?P<tenant>{_LABEL})\.(?P<channel>{_LABEL})\.(?P<input>{_LABEL})")
_SECRET = re.compile(r"[!-~]{1,256}")


@dataclass(frozen=True)
class StreamKey:
    tenant: str
    channel: str
    input: str
    secret: str = field(repr=False)

    @property
    def place(self) -> str:
        """The key without its secret: what logs and metrics may name."""
        return f"{self.tenant}.{self.channel}.{self.input}"

    def host(self, suffix: str) -> str:
        """The channel's headless Service, as the cluster's DNS knows it."""
        return f"{service_name(self.channel)}.{self.tenant}.{suffix}"


def parse(text: str) -> StreamKey:
    """A whole key, "{tenant}.{channel}.{input}.{secret}". Raises PublisherRefused."""
    parts = text.split(".", 3)
    return of_place(".".join(parts[:3]), "".join(parts[3:]))


def of_place(place: str, secret: str) -> StreamKey:
    """A key that came in two pieces, as WHIP's does. Raises PublisherRefused."""
    named = _PLACE.fullmatch(place) if len(place) <= MAX_KEY_CHARS else None
    if named is None or not _SECRET.fullmatch(secret):
        raise PublisherRefused(
            "BadKey", "a stream key is {tenant}.{channel}.{input}.{secret}; this is none"
        )
    return StreamKey(**named.groupdict(), secret=secret)
