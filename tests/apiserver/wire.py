"""A wire between an operator and the API server that can be cut, or held up in either direction."""

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tests.apiserver.ports import free_port


@dataclass
class Wire:
    """Every connection that is open through it, and whether bytes may pass."""

    target: tuple[str, int]
    listener: socket.socket
    pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    up: threading.Event = field(default_factory=threading.Event)
    held: list["Connection"] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def cut(self) -> None:
        """Break every connection that is open; new ones are served."""
        for pair in self.pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def hold_requests(self) -> None:
        """What the operator sends waits here, on old connections and new."""
        self.up.clear()

    def let_requests_go(self) -> None:
        """It arrives now, also what was sent by somebody who has hung up since."""
        self.up.set()

    def deafen(self) -> None:
        """Connections of now never bring another byte, nor an end; new ones are served."""
        for connection in self.held:
            connection.deaf = True

    def kubeconfig(self, original: Path, place: Path) -> Path:
        config = yaml.safe_load(original.read_text())
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{self.port}"
        for user in config["users"]:
            if "tokenFile" in user["user"]:
                user["user"]["tokenFile"] = str(original.parent / user["user"]["tokenFile"])
        place.write_text(yaml.safe_dump(config))
        return place

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            self.pairs.append((near, far))
            connection = Connection(self, near, far)
            self.held.append(connection)
            for pump in (connection.take, connection.requests, connection.answers):
                threading.Thread(target=pump, daemon=True).start()


@dataclass
class Connection:
    wire: Wire
    near: socket.socket
    far: socket.socket
    deaf: bool = False
    sent: queue.SimpleQueue[bytes] = field(default_factory=queue.SimpleQueue)

    def take(self) -> None:
        """Read at once what is sent: a sender that hangs up must not take it back."""
        with suppress(OSError):
            while piece := self.near.recv(65536):
                self.sent.put(piece)
        self.sent.put(b"")

    def requests(self) -> None:
        """The end of the sender does not reach the server before all that was sent."""
        with suppress(OSError):
            while piece := self.sent.get():
                self.wire.up.wait()
                self.far.sendall(piece)
            self.wire.up.wait()
            self.far.shutdown(socket.SHUT_WR)

    def answers(self) -> None:
        with suppress(OSError):
            while piece := self.far.recv(65536):
                if not self.deaf:
                    # The sender may have hung up; the answer is read all the same.
                    with suppress(OSError):
                        self.near.sendall(piece)
            if not self.deaf:
                self.near.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    where = urlsplit(url)
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        found = Wire((where.hostname or "", where.port or 443), listener)
        found.up.set()
        threading.Thread(target=found.serve, daemon=True).start()
        yield found
        found.up.set()
        listener.shutdown(socket.SHUT_RDWR)
        found.cut()
