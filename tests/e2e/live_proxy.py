"""A line to a publisher that can be cut as a broken network cuts it: by RST, without a goodbye."""

import contextlib
import select
import socket
import struct
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tests.e2e.live_station import now

_LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER of 0: close() sends RST (socket(7))."""
_LOOK_SECONDS = 0.05


class Proxy:
    """Listens on a port of this machine and hands on to where `url` leads."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        assert where.hostname
        assert where.port
        self._to = (where.hostname, where.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.url = url.replace(f"//{where.netloc}", f"//127.0.0.1:{port}", 1)
        self._lines: list[socket.socket] = []
        self.connected = datetime.min.replace(tzinfo=UTC)
        """When somebody last got through to the other end."""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._to)
        except OSError:
            client.close()  # nobody is there now; the next one may find somebody
            return
        self._lines += [client, server]
        self.connected = now()
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def reset(self) -> None:
        """Both ends of every line see "connection reset by peer"."""
        assert self._lines, "nobody is connected: the story did not happen"
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                line.close()
        self._lines.clear()

    def close(self) -> None:
        self._listening.close()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while True:
            # a socket is closed only once nobody waits in it: so none does for long
            if not select.select([one], [], [], _LOOK_SECONDS)[0]:
                continue
            piece = one.recv(1 << 16)
            if not piece:
                break
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
