"""Listening to pods that live for long: `GET /state` when they nudge, and every few seconds.

One request at a time for each pod, bounded in time and size, and only of the replica that leads.
Whoever decides reads what was heard last; who asks for a decision is told when the gist changed.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from operators.cache import Key

EVERY_SECONDS = 3.0
_NUDGED_SECONDS = 0.2
"""Many nudges are one question."""
_ASK_SECONDS = 2.0
_FORGET_SECONDS = 15.0
"""What was heard is believed for so long while nothing more is."""
_MOST_BYTES = 256 * 1024
_MOST_AT_ONCE = 256

log = structlog.get_logger()


@dataclass(frozen=True)
class Voice:
    """How one kind of pod is listened to."""

    port: int
    parse: Callable[[bytes], Any]
    """Raises ValueError when it is no state."""
    gist: Callable[[Any], object]
    """What of a state is worth a look when it changes."""


@dataclass
class Heard:
    """Of one pod, by the loop's clock."""

    state: Any = None
    silent_since: float | None = None
    """Since when it was asked in vain."""


@dataclass
class _Ear:
    address: str
    heard: Heard = field(default_factory=Heard)
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    told_since: float | None = None


class Ears:
    """`on_news` is called with the object whose pods have something to tell."""

    def __init__(
        self,
        on_news: Callable[[Key], None],
        *,
        count: Callable[[str, str], None] = lambda _kind, _result: None,
    ) -> None:
        self._on_news, self._count = on_news, count
        self._ears: dict[Key, dict[str, _Ear]] = {}
        self._session: aiohttp.ClientSession | None = None

    def follow(self, key: Key, pods: Mapping[str, str], voice: Voice) -> None:
        """Listen to exactly these pods of an object: addresses by name."""
        known = self._ears.setdefault(key, {})
        for name in [n for n, ear in known.items() if pods.get(n) != ear.address]:
            _stop(known.pop(name))
        for name in pods.keys() - known.keys():
            ear = known[name] = _Ear(pods[name])
            ear.task = asyncio.create_task(self._listen(key, ear, voice), name=f"ear {name}")
        if not known:
            del self._ears[key]

    def heard(self, key: Key, pod: str) -> Heard:
        ear = self._ears.get(key, {}).get(pod)
        return ear.heard if ear else Heard()

    def told_seconds(self, key: Key) -> float:
        """How long ago one of its pods was first told something; 0 if none was."""
        since = [e.told_since for e in self._ears.get(key, {}).values() if e.told_since is not None]
        return asyncio.get_running_loop().time() - min(since) if since else 0.0

    def nudge(self, key: Key) -> bool:
        """Ask its pods now; False: nobody listens to it here."""
        ears = self._ears.get(key, {})
        for ear in ears.values():
            ear.nudged.set()
        return bool(ears)

    async def tell(
        self, key: Key, pod: str, voice: Voice, path: str, borne: str | None = None
    ) -> bool:
        """POST to a pod that is listened to, bearing this token; whether it took it."""
        ear = self._ears.get(key, {}).get(pod)
        if ear is None:
            return False
        if ear.told_since is None:
            ear.told_since = asyncio.get_running_loop().time()
        try:
            async with (
                asyncio.timeout(_ASK_SECONDS),
                self._client().post(
                    _url(ear.address, voice.port, path),
                    headers={"Authorization": f"Bearer {borne}"} if borne else None,
                    allow_redirects=False,
                ) as answer,
            ):
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        finally:
            ear.nudged.set()

    def close(self) -> None:
        """Listen to nobody: another replica does."""
        for ears in self._ears.values():
            for ear in ears.values():
                _stop(ear)
        self._ears.clear()

    async def end(self) -> None:
        self.close()
        if self._session is not None:
            await self._session.close()

    async def _listen(self, key: Key, ear: _Ear, voice: Voice) -> None:
        gist: object = None
        while True:
            state = await self._ask(key[0], ear.address, voice)
            now = asyncio.get_running_loop().time()
            if state is not None:
                ear.heard = Heard(state)
            else:
                since = ear.heard.silent_since
                since = now if since is None else since
                lost = now - since >= _FORGET_SECONDS
                ear.heard = Heard(None if lost else ear.heard.state, since)
            found = (voice.gist(ear.heard.state) if ear.heard.state is not None else None,)
            if found != gist:
                gist = found
                self._on_news(key)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await ear.nudged.wait()
                    await asyncio.sleep(_NUDGED_SECONDS)
            ear.nudged.clear()

    async def _ask(self, kind: str, address: str, voice: Voice) -> Any:  # noqa: ANN401 - its own
        try:
            async with (
                asyncio.timeout(_ASK_SECONDS),
                self._client().get(
                    _url(address, voice.port, "/state"), allow_redirects=False
                ) as answer,
            ):
                answer.raise_for_status()
                state = voice.parse(await _body(answer))
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._count(kind, "silent")
            return None
        except ValueError as e:
            self._count(kind, "garbled")
            log.warning(
                "a pod tells what is no state", kind=kind, address=address, why=str(e)[:200]
            )
            return None
        self._count(kind, "heard")
        return state

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MOST_AT_ONCE, limit_per_host=2),
                headers={"User-Agent": "streamverse-operators"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Raises ValueError when it is longer than any state."""
    body = b""
    async for piece in answer.content.iter_chunked(16 * 1024):
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES} bytes")
    return body


def _url(address: str, port: int, path: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{port}{path}"


def _stop(ear: _Ear) -> None:
    if ear.task is not None:
        ear.task.cancel()
