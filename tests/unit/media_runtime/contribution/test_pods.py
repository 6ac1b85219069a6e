"""A name that the DNS does not answer for is no other channel's trouble."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from media_runtime.contribution.pods import Address, Pods, PodsAway
from media_runtime.contribution.settings import ContributionSettings

SETTINGS = ContributionSettings(connect_seconds=0.2, line_port=8091)


class Dns:
    """Knows one address for each name, and keeps silent of those that are `mute` until `speaks`."""

    def __init__(self) -> None:
        self.mute = {"mute"}
        self.speaks = threading.Event()

    def getaddrinfo(self, host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host in self.mute:
            self.speaks.wait(3)
        if host == "unknown":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 0))]


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dns]:
    made = Dns()
    monkeypatch.setattr(socket, "getaddrinfo", made.getaddrinfo)
    yield made
    made.speaks.set()


def test_a_name_is_where_the_dns_says_or_nowhere(dns: Dns) -> None:
    async def story() -> None:
        pods = Pods(SETTINGS)
        assert await pods.of("news") == {Address("192.0.2.7", 8091)}
        assert await pods.of("unknown") == frozenset()

    assert dns.mute
    asyncio.run(story())


def test_those_who_ask_for_a_mute_name_hold_up_no_other(dns: Dns) -> None:
    async def story() -> None:
        pods = Pods(SETTINGS)
        asked = [pods.of("mute") for _ in range(100)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(one, PodsAway) for one in answers)
        with pytest.raises(PodsAway, match=r"no answer within 0\.2 s"):
            await pods.of("mute")
        assert await pods.of("news") == {Address("192.0.2.7", 8091)}
        dns.speaks.set()
        assert await pods.of("mute") == {Address("192.0.2.7", 8091)}

    asyncio.run(story())


def test_names_that_nobody_waits_for_any_more_are_not_looked_up(dns: Dns) -> None:
    dns.mute = {f"mute-{n}" for n in range(100)}

    async def story() -> None:
        pods = Pods(SETTINGS)
        asked = [pods.of(name) for name in sorted(dns.mute)]
        await asyncio.gather(*asked, return_exceptions=True)
        dns.mute.clear()
        dns.speaks.set()
        assert await pods.of("news") == {Address("192.0.2.7", 8091)}

    asyncio.run(story())
