"""The UDP port and its one thread: callers are accepted, their bytes given to the loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from . import library as srt
from .inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.contribution.settings import ContributionSettings

log = structlog.get_logger()
WAIT_MILLIS = 100
MESSAGES_A_TURN = 64
"""Of one caller, before the others get theirs."""
BACKLOG = 64


@dataclass(eq=False)
class Caller:
    """Somebody who was accepted: he has the passphrase, and nothing else is known of him."""

    socket: int
    peer: str
    streamid: str
    inbox: Inbox = field(default_factory=Inbox)


class Gate(Protocol):
    """Judges a streamid before its caller is accepted, on libsrt's thread."""

    def __call__(self, sock: int, peer: str, streamid: str) -> int:
        """0, or the code of a refusal (access_control.h)."""


class Listener:
    """Listens from `start` to `stop`."""

    def __init__(
        self,
        settings: ContributionSettings,
        passphrase: bytes,
        *,
        gate: Gate,
        met: Callable[[Caller], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._gate = gate
        self._met = met
        self._library = srt.Library()
        self._epoll = self._library.epoll()
        self._callers: dict[int, Caller] = {}
        self._leaving: deque[Caller] = deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="srt", daemon=True)
        self._socket = self._library.socket()
        self._prepare(settings, passphrase)
        self.port = self._library.listen(self._socket, settings.host, settings.srt_port, BACKLOG)
        self._library.watch(self._epoll, self._socket)

    def _prepare(self, settings: ContributionSettings, passphrase: bytes) -> None:
        """Options that accepted callers inherit."""
        library, sock = self._library, self._socket
        library.set_number(sock, srt.RCVSYN, 0)
        library.set_number(sock, srt.RCVLATENCY, settings.srt_latency_millis)
        library.set_number(sock, srt.PEERIDLETIMEO, int(settings.silence_seconds * 1000))
        library.set_text(sock, srt.PASSPHRASE, passphrase)
        library.ask_before_accepting(sock, self._gate)

    def start(self) -> None:
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._library.close)

    def hang_up(self, caller: Caller) -> None:
        """From the loop; it is done within a turn of the thread."""
        self._leaving.append(caller)

    def _serve(self) -> None:
        library = self._library
        while not self._stopping.is_set():
            for sock, _ in library.wait(self._epoll, WAIT_MILLIS):
                if sock == self._socket:
                    self._accept()
                elif sock in self._callers:
                    self._read(self._callers[sock])
            while self._leaving:
                self._end(self._leaving.popleft())
        for sock in (*self._callers, self._socket):
            library.close_socket(sock)
        library.release(self._epoll)

    def _accept(self) -> None:
        library = self._library
        sock = library.accept(self._socket)
        if sock is None:
            return
        try:
            caller = Caller(sock, library.peer(sock), library.streamid(sock))
            library.set_number(sock, srt.RCVSYN, 0)
            library.watch(self._epoll, sock)
        except srt.SrtError as e:
            log.info("caller gone before he was met", error=str(e))
            library.close_socket(sock)
            return
        self._callers[sock] = caller
        self._tell(self._met, caller)

    def _read(self, caller: Caller) -> None:
        read: list[bytes] = []
        try:
            while len(read) < MESSAGES_A_TURN:
                message = self._library.receive(caller.socket)
                if message is None:
                    break
                read.append(message)
        except srt.SrtError:
            self._give(caller, read)
            self._end(caller)
        else:
            self._give(caller, read)

    def _give(self, caller: Caller, read: list[bytes]) -> None:
        if read:
            self._tell(caller.inbox.put, b"".join(read))

    def _end(self, caller: Caller) -> None:
        if self._callers.pop(caller.socket, None) is not None:
            self._library.close_socket(caller.socket)
        self._tell(caller.inbox.end)

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        # The loop may have gone first.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)
