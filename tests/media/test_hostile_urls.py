"""Hostile addresses: whatever an input's URI or a server's redirect says, nothing inside is asked.

127.0.0.2 plays the public internet (the order allows just that), 127.0.0.1 is where nobody may go.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from media_runtime.failure import Refused
from media_runtime.fetch.address import networks
from media_runtime.fetch.web import Web, WebLimits

SECRET = b"CANARY-90aa11"
ALLOWED = networks(("127.0.0.2/32",))


@dataclass
class Servers:
    """One that is public and does as its path says, one that nobody may reach."""

    port: int
    """Of both."""
    asked_inside: list[str] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)

    def outside(self, path: str, host: str = "media.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def redirect(self, to: str) -> str:
        return self.outside(f"/redirect/{quote(to, safe='')}")

    async def lookup(self, host: str) -> list[str]:
        self.lookups.append(host)
        known = {
            "media.example": ["127.0.0.2"],
            "inside.example": ["127.0.0.1"],
            "mixed.example": ["127.0.0.2", "127.0.0.1"],
            "mapped.example": ["::ffff:127.0.0.1"],
            "translated.example": ["64:ff9b::7f00:1"],
            "localhost": ["127.0.0.1", "::1"],
            "metadata.example": ["169.254.169.254"],
            # its name server answers differently the second time
            "rebinding.example": ["127.0.0.2" if len(self.lookups) < 2 else "127.0.0.1"],
        }
        if host.rstrip(".") not in known:
            raise OSError("no such name")
        return known[host.rstrip(".")]


async def _answer(path: str, writer: asyncio.StreamWriter) -> None:  # noqa: C901 - a table
    def head(status: str, *headers: str) -> bytes:
        return "\r\n".join((f"HTTP/1.1 {status}", "Connection: close", *headers, "", "")).encode()

    kind, _, rest = path.strip("/").partition("/")
    if kind == "redirect":
        writer.write(head("302 Found", f"Location: {unquote(rest)}", "Content-Length: 0"))
    elif kind == "round":
        writer.write(head("302 Found", f"Location: /round/{int(rest) + 1}", "Content-Length: 0"))
    elif kind == "film":
        writer.write(head("200 OK", "Content-Length: 5") + b"bytes")
    elif kind == "endless":
        writer.write(head("200 OK"))
        while not writer.is_closing():
            writer.write(bytes(1 << 16))
            await writer.drain()
    elif kind == "liar":
        writer.write(head("200 OK", "Content-Length: 99999999999"))
    elif kind == "silent":
        await asyncio.sleep(30)
    elif kind == "drip":
        writer.write(head("200 OK"))
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)
    elif kind == "short":
        writer.write(head("200 OK", "Content-Length: 500") + b"bytes")
    else:
        writer.write(head(f"{kind} Whatever", "Content-Length: 0"))


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    found = Servers(port=0)

    def serving(
        answer: Callable[[str, asyncio.StreamWriter], Awaitable[None]],
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                asked = (await reader.readuntil(b"\r\n\r\n")).decode()
                await answer(asked.split(" ")[1], writer)
                await writer.drain()
            except (OSError, asyncio.IncompleteReadError):
                return
            finally:
                writer.close()

        return serve

    async def inside(path: str, writer: asyncio.StreamWriter) -> None:
        found.asked_inside.append(path)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + SECRET)

    # in this order: on 127.0.0.1 others listen too, on 127.0.0.2 nobody else does
    private = await asyncio.start_server(serving(inside), "127.0.0.1", 0)
    found.port = private.sockets[0].getsockname()[1]
    public = await asyncio.start_server(serving(_answer), "127.0.0.2", found.port)
    try:
        yield found
    finally:
        public.close()
        private.close()


@dataclass(frozen=True)
class Outcome:
    reason: str
    message: str
    asked_inside: int
    content: bytes


def fetched(
    into: Path, uri: Callable[[Servers], str], *, size: int = 1 << 20, wall: float = 10
) -> Outcome:
    async def go() -> Outcome:
        async with servers() as found:
            web = Web(bucket="bucket", tenant="demo", allow=ALLOWED, lookup=found.lookup)
            limits = WebLimits(
                bytes=size, wall_seconds=wall, silence_seconds=3, attempts=2, retry_seconds=0
            )
            reason = message = ""
            try:
                await web.copy(uri(found), into, limits)
            except Refused as e:
                reason, message = e.reason, e.message
            content = into.read_bytes() if into.exists() else b""  # noqa: ASYNC240 - small
            return Outcome(reason, message, len(found.asked_inside), content)

    return asyncio.run(go())


INSIDE = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "00000127.0.0.1",
    "0",
    "0.0.0.0",  # noqa: S104 - asked for, not bound
    "127.0.0.1.",
    "127.255.255.254",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::1]",
    "[2001:0:0:0:0:0:80ff:fffe]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fd00::1]",
    "[ff02::1]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "inside.example",
    "inside.example.",
    "mixed.example",
    "mapped.example",
    "translated.example",
    "metadata.example",
    "media.example@127.0.0.1",
    "media.example:80@127.0.0.1",
    "127.0.0.1%00.media.example",
    "127.0.0.1%23.media.example",
    "127.0.0.1\\@media.example",
    "①②⑦.0.0.1",
    "127。0。0。1",
]


def test_what_is_public_is_fetched(tmp_path: Path) -> None:
    """Else the other tests would prove nothing."""
    found = fetched(tmp_path / "film", lambda s: s.redirect(s.outside("/film")))
    assert (found.reason, found.content) == ("", b"bytes")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_not_asked(tmp_path: Path, host: str, scheme: str) -> None:
    found = fetched(tmp_path / "film", lambda s: f"{scheme}://{host}:{s.port}/film")
    assert (found.reason, found.asked_inside, found.content) == ("InputUnsafe", 0, b"")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE)
def test_a_redirect_inside_is_not_followed(tmp_path: Path, host: str, scheme: str) -> None:
    found = fetched(tmp_path / "film", lambda s: s.redirect(f"{scheme}://{host}:{s.port}/film"))
    assert (found.reason, found.asked_inside, found.content) == ("InputUnsafe", 0, b"")


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://media.example/film",
        "s3://bucket/demo/uploads/film",
        "gopher://media.example/film",
        "data:video/mp4;base64,AAAA",
        "concat:http://media.example/a|http://media.example/b",
        "//127.0.0.1/film",
    ],
)
def test_a_redirect_to_another_scheme_is_not_followed(tmp_path: Path, target: str) -> None:
    found = fetched(tmp_path / "film", lambda s: s.redirect(target))
    assert (found.reason, found.asked_inside, found.content) == ("InputUnsafe", 0, b"")


def test_a_name_that_changes_its_mind_is_judged_each_time(tmp_path: Path) -> None:
    def uri(found: Servers) -> str:
        back = found.outside("/film", host="rebinding.example")
        return found.outside(f"/redirect/{quote(back, safe='')}", host="rebinding.example")

    found = fetched(tmp_path / "film", uri)
    assert (found.reason, found.asked_inside) == ("InputUnsafe", 0)


def test_a_refusal_does_not_tell_what_is_inside(tmp_path: Path) -> None:
    found = fetched(tmp_path / "film", lambda s: s.outside("/film", host="inside.example"))
    assert "127.0.0.1" not in found.message


def test_redirects_in_a_circle_end(tmp_path: Path) -> None:
    found = fetched(tmp_path / "film", lambda s: s.outside("/round/0"))
    assert found.reason == "InputUnreachable"


@pytest.mark.parametrize("path", ["/endless", "/liar"])
def test_what_is_too_large_is_cut_off(tmp_path: Path, path: str) -> None:
    found = fetched(tmp_path / "film", lambda s: s.outside(path))
    assert found.reason == "InputTooLarge"
    assert len(found.content) <= 1 << 20


@pytest.mark.parametrize("path", ["/silent", "/drip", "/short", "/404", "/503", "/401", "/206"])
def test_what_does_not_arrive_is_unreachable(tmp_path: Path, path: str) -> None:
    found = fetched(tmp_path / "film", lambda s: s.outside(path), wall=3)
    assert found.reason == "InputUnreachable"


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_no_proxy_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    found = fetched(tmp_path / "film", lambda s: s.outside("/film"))
    assert (found.reason, found.content) == ("", b"bytes")


def test_nothing_of_an_answer_is_in_a_message(tmp_path: Path) -> None:
    found = fetched(tmp_path / "film", lambda s: s.redirect("file:///etc/CANARY-90aa11"))
    assert SECRET.decode() not in json.dumps(found.message)
