"""How long a client may take to ask: a connection that never does would be kept for ever."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ASK_SECONDS = 20.0
"""Browsers connect a little before they know what to ask for."""


class Impatient(HttpToolsProtocol):
    """uvicorn's own limits only what comes between two requests."""

    ask_seconds = ASK_SECONDS
    _asking: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._asking is None:
            self._begin()

    def on_headers_complete(self) -> None:
        self._end()
        super().on_headers_complete()

    def _begin(self) -> None:
        self._asking = self.loop.call_later(self.ask_seconds, self.transport.close)

    def _end(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
