"""An SRT listener that is called: its bytes come to us, whatever becomes of the decoder."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import structlog

from media_runtime.failure import Refused
from media_runtime.fetch.resolver import judge, look_up
from media_runtime.ffmpeg import FFMPEG, spawned

from .streams import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.fetch.address import Network
    from media_runtime.fetch.resolver import Lookup

    from .seat import Seat

_LOG = structlog.get_logger()
_PIECE = 1 << 16
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 10.0
_SILENT_SECONDS = 10.0
_CONNECT_MILLIS = 3000
_OPTIONS = frozenset({"streamid", "latency", "pbkeylen"})
"""Of the address, as srt-live-transmit spells them; latency in milliseconds."""


@dataclass(frozen=True)
class Listener:
    host: str
    port: int
    options: tuple[tuple[str, str], ...] = ()


def listener(uri: str) -> Listener:
    """Raises Refused(InputUnsafe)."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
        options = tuple(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as e:
        raise Refused("InputUnsafe", "the input's address cannot be read") from e
    if parts.scheme != "srt" or not host or not port or "@" in parts.netloc or parts.path:
        raise Refused("InputUnsafe", "accepted is srt://HOST:PORT?streamid=…&latency=…")
    asked = [name for name, _ in options if name not in _OPTIONS and name != "mode"]
    if asked or dict(options).get("mode", "caller") != "caller":
        raise Refused("InputUnsafe", f"accepted options are {', '.join(sorted(_OPTIONS))}")
    return Listener(host, port, tuple((n, v) for n, v in options if n in _OPTIONS))


def call_argv(found: Listener, address: str, passphrase: str | None) -> list[str]:
    """Bytes as they come, to stdout. Pure.

    The passphrase is an option and no part of the address, which ffmpeg repeats in its messages.
    """
    host = f"[{address}]" if ":" in address else address
    options = dict(found.options)
    if (latency := options.pop("latency", "")).isdigit():
        options["latency"] = str(int(latency) * 1000)  # ffmpeg counts microseconds
    if passphrase:
        options["passphrase"] = passphrase
    flags = [part for name, value in options.items() for part in (f"-{name}", value)]
    return [
        *FFMPEG,
        *("-protocol_whitelist", "srt,udp", "-mode", "caller"),
        *("-connect_timeout", str(_CONNECT_MILLIS)),
        *flags,
        # no demuxer: what the bytes are is for the decoder to find out
        *("-f", "data", "-i", f"srt://{host}:{found.port}"),
        *("-map", "0:0", "-c", "copy", "-flush_packets", "1", "-f", "data", "pipe:1"),
    ]


async def keep_calling(
    seat: Seat,
    *,
    allow: tuple[Network, ...],
    passphrase: Callable[[], str | None],
    lookup: Lookup = look_up,
) -> None:
    """Never ends: a listener that hangs up, or is not there, is called again."""
    wait = _FIRST_WAIT_SECONDS
    while True:
        try:
            said = await _call(seat, allow, passphrase(), lookup)
            came = said is None
            problem = "the listener hung up" if came else f"the listener is not reached: {said}"
        except Refused as e:
            came, problem = False, e.message
        except OSError as e:
            came, problem = False, f"the listener's name has no address: {e}"
        if seat.problem != problem:
            _LOG.info("input not called", input=seat.wanted.name, why=problem)
            seat.problem = problem
        wait = _FIRST_WAIT_SECONDS if came else min(2 * wait, _LONGEST_WAIT_SECONDS)
        await asyncio.sleep(wait)


async def _call(
    seat: Seat, allow: tuple[Network, ...], passphrase: str | None, lookup: Lookup
) -> str | None:
    """None once something came, else why not. All addresses are judged, and one of them called."""
    found = listener(seat.wanted.uri or "")
    addresses = await lookup(found.host)
    judge(addresses, allow, plain=False)
    argv = call_argv(found, addresses[0], passphrase)
    async with spawned(argv, wall_seconds=math.inf) as child:
        piece = await child.stdout.read(_PIECE)
        if not piece:
            return (await child.ended()).messages.gist()
        relay = seat.take("mpegts", f"{found.host}:{found.port}", lambda: None)
        try:
            while piece:
                relay.receive(piece)
                async with asyncio.timeout(_SILENT_SECONDS):
                    piece = await child.stdout.read(_PIECE)
        except (TimeoutError, Broken) as e:
            _LOG.info("call ended", input=seat.wanted.name, why=str(e))
        finally:
            seat.leave(relay)
    return None
