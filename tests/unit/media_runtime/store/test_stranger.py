"""Who answers at the store's address need not be the store: its "not found" is not believed."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from media_runtime.store import Store, StoreAway, StoreSettings

STRANGER = b"404 page not found\n"
STORE = b"<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>"
WHAT_IS_ASKED: dict[str, Callable[[Store], Awaitable[object]]] = {
    "read": lambda store: store.read("a/b"),
    "look": lambda store: store.look("a/b"),
    "head": lambda store: store.head("a/b"),
    "range": lambda store: store.read_range("a/b", 0, 1),
    "write": lambda store: store.write("a/b", b""),
    "create": lambda store: store.create("a/b", b""),
    "swap": lambda store: store.swap("a/b", b"", "etag"),
}


class Address(ThreadingHTTPServer):
    """Says "not found" to everything; on the first connections as a load balancer does."""

    daemon_threads = True

    def __init__(self, strangers: int) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.strangers = strangers


class Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Address

    def setup(self) -> None:
        super().setup()
        self.server.strangers -= 1
        self.body = STRANGER if self.server.strangers >= 0 else STORE

    def _not_found(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(404)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.body)

    do_GET = do_HEAD = do_PUT = do_POST = _not_found  # noqa: N815 - http.server calls them so

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[int], Store]]:
    open_ = list[Address]()

    def address(strangers: int) -> Store:
        server = Address(strangers)
        open_.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        return Store.open(
            StoreSettings(endpoint=endpoint, access_key_id="key", secret_access_key="secret")
        )

    yield address
    for server in open_:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("asked", WHAT_IS_ASKED)
def test_a_strangers_not_found_is_a_store_that_is_away(
    serve: Callable[[int], Store], asked: str
) -> None:
    async def ask() -> None:
        with pytest.raises(StoreAway, match="no object store"):
            await WHAT_IS_ASKED[asked](serve(1 << 30))

    asyncio.run(ask())


def test_the_stores_own_not_found_is_believed(serve: Callable[[int], Store]) -> None:
    async def ask() -> tuple[object, object]:
        store = serve(0)
        return await store.read("a/b"), await store.head("a/b")

    assert asyncio.run(ask()) == (None, None)


def test_the_connection_to_a_stranger_is_not_kept(serve: Callable[[int], Store]) -> None:
    async def ask() -> object:
        store = serve(1)
        with pytest.raises(StoreAway):
            await store.read("a/b")
        return await store.read("a/b")

    assert asyncio.run(ask()) is None
