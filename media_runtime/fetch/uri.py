"""What an input URI asks for, judged by its text alone: an object of the tenant's, or a page of
the web. Pure.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote, urlsplit

from media_runtime.failure import Refused

from .address import Address, Network, may_reach, within

_LONGEST = 2048
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)


@dataclass(frozen=True)
class ObjectInput:
    key: str


@dataclass(frozen=True)
class WebInput:
    url: str
    host: str
    literal: Address | None
    """The host, where it is an address."""
    plain: bool
    """http: only to addresses that the order allows."""


def parsed(
    uri: str, *, bucket: str, tenant: str, allow: tuple[Network, ...] = ()
) -> ObjectInput | WebInput:
    """Raises Refused(InputUnsafe) with a sentence that says what is accepted."""
    accepted = f"accepted are s3://{bucket}/{tenant}/… and https://…"
    if len(uri) > _LONGEST or not uri.isprintable() or any(c in uri for c in ' \\"<>^`{|}'):
        raise Refused("InputUnsafe", f"the input's URI has characters it may not have; {accepted}")
    scheme, separator, rest = uri.partition("://")
    if separator and scheme == "s3":
        return _object(rest, bucket, tenant, accepted)
    if separator and scheme in ("https", "http"):
        return _web(uri, scheme == "http", allow, accepted)
    shown = re.sub(r"[^a-z0-9+.-]", "", uri.partition(":")[0].lower())[:20] if ":" in uri else ""
    what = f"{shown}: is not a kind of input" if shown else "the input has no scheme"
    raise Refused("InputUnsafe", f"{what}; {accepted}")


def _object(rest: str, bucket: str, tenant: str, accepted: str) -> ObjectInput:
    named, _, key = rest.partition("/")
    if named != bucket or not key.startswith(f"{tenant}/") or key == f"{tenant}/":
        raise Refused("InputUnsafe", f"the input lies outside of this tenant; {accepted}")
    spelled_out = key
    for _ in range(4):  # %252e%252e and deeper
        spelled_out = unquote(spelled_out)
    for spelling in (key, spelled_out):
        if any(part in ("", ".", "..") for part in spelling.replace("\\", "/").split("/")):
            raise Refused("InputUnsafe", f"the input's path must not climb; {accepted}")
    if not spelled_out.isprintable():
        raise Refused("InputUnsafe", f"the input's name must be printable; {accepted}")
    return ObjectInput(key)


def _web(uri: str, plain: bool, allow: tuple[Network, ...], accepted: str) -> WebInput:  # noqa: FBT001
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError as e:
        raise Refused("InputUnsafe", f"the input's URI cannot be read; {accepted}") from e
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("InputUnsafe", f"the input's URI must not carry a user name; {accepted}")
    literal = _literal(host.rstrip("."))
    if literal is None:
        labels = host.rstrip(".").split(".")
        if _NUMBER.fullmatch(labels[-1]):
            # 2130706433, 0x7f.1, 127.1, 0177.0.0.1: C libraries read these as 127.0.0.1
            raise Refused("InputUnsafe", f"the host must be a name or a plain address; {accepted}")
        if len(host) > 253 or not all(_NAME.fullmatch(label) for label in labels):
            raise Refused("InputUnsafe", f"the host is no valid name; {accepted}")
    elif not may_reach(literal, allow) or (plain and not within(literal, allow)):
        raise Refused("InputUnsafe", refusal(plain=plain))
    if plain and not allow:
        raise Refused("InputUnsafe", f"http: is not a kind of input; {accepted}")
    return WebInput(uri, host, literal, plain)


def _literal(host: str) -> Address | None:
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except AddressValueError:
        return None


def refusal(*, plain: bool) -> str:
    """Why an address was refused, without the address, which may be news to the asker."""
    if plain:
        return "http: is accepted only from networks that the platform allows; use https:"
    return "the input's host is not on the public internet, nor in a network the platform allows"
