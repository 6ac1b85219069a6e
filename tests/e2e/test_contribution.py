"""Story: encoders reach a channel at the addresses that the command prints, by WHIP and by SRT."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli.endpoints import SYSTEM
from tests.e2e import media
from tests.e2e.live_picture import Colours, newest
from tests.e2e.live_publishers import Another, refused
from tests.e2e.live_station import (
    START_SECONDS,
    Station,
    channel,
    ladder,
    now,
    pushed,
    secret,
)
from tests.e2e.platform import Platform
from tests.media.whip_publisher import Publisher

NAME, PROFILE = "outside", "e2e-contribution"
BLUE_PICTURE, BLUE = "color=c=blue:size=480x270:rate=25", (32, 240, 118)
"""What the truck shows, and its Y, Cb and Cr by BT.709. The slate is of another colour, and tells
the time.
"""
PLAIN = 24
"""The most by which the points of a picture of one colour differ once it was coded."""
REFUSALS = "streamverse_contribution_refusals_total"


@pytest.fixture(scope="module")
def station(platform: Platform, tenant: str) -> Station:
    """On air with its slate. A picture that stands still is a picture here."""
    inputs = [pushed("camera", "WHIP", 1), pushed("truck", "SRT", 2)]
    failover = {"blackMillis": 0, "freezeMillis": 0, "silenceMillis": 3000}
    platform.apply(
        ladder(PROFILE, (180,)),
        *(secret(str(one["name"]), tenant) for one in inputs),
        channel(NAME, tenant, inputs=inputs, failover=failover, profileRef={"name": PROFILE}),
    )
    made = Station(platform, tenant, NAME)
    made.until_on_air("slate", START_SECONDS)
    made.until_it_plays()
    return made


def until_seen(station: Station, seen: Callable[[list[Colours]], bool]) -> None:
    """Until players are given that picture."""
    last: list[Colours] = []

    def look() -> bool:
        last[:] = newest(f"{station.address}/180p.m3u8", 320, 180)
        return bool(last) and seen(last)

    try:
        station.platform.wait("its picture in the playlist", look, 20)
    except AssertionError as e:
        raise AssertionError(f"{e}, but {last}") from e


def slate(pictures: list[Colours]) -> bool:
    return all(one.spread > 100 for one in pictures)


def whip_camera(pictures: list[Colours]) -> bool:
    """Each of one colour, and of another than the one before."""
    lumas = {round(one.mean[0]) for one in pictures}
    return all(one.spread <= PLAIN for one in pictures) and len(lumas) == len(pictures)


def truck(pictures: list[Colours]) -> bool:
    return all(one.spread <= PLAIN and one.near(BLUE) for one in pictures)


@contextmanager
def browser(station: Station) -> Iterator[Publisher]:
    """A WHIP client that was told what `streamverse url --publish` says."""
    where, do = station.publishing("camera"), station.platform.do

    async def begin() -> tuple[aiohttp.ClientSession, Publisher]:
        http = aiohttp.ClientSession()
        return http, Publisher(where["url"], where["key"], http)

    http, client = do(begin())
    try:
        yield client
    finally:
        do(client.peer.close())
        do(http.close())


@contextmanager
def truck_by_ffmpeg(url: str) -> Iterator[None]:
    encoder = Another(url, BLUE_PICTURE)
    try:
        yield
    finally:
        encoder.hang_up()


@contextmanager
def truck_by_srt_live_transmit(url: str) -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        between = f"udp://127.0.0.1:{one.getsockname()[1]}"
    relay = subprocess.Popen(["srt-live-transmit", "-a:no", "-q", between, url])
    try:
        with truck_by_ffmpeg(f"{between}?pkt_size=1316"):
            yield
    finally:
        relay.kill()
        relay.wait()


def counted(platform: Platform, **labels: str) -> float:
    """Publishers that the contribution servers themselves turned away."""
    found = 0.0
    for pod in platform.pods(SYSTEM, "streamverse-contribution"):
        text = media.get(f"http://{pod['status']['podIP']}:8080/metrics").body.decode()
        samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
        found += sum(
            s.value for s in samples if s.name == REFUSALS and labels.items() <= s.labels.items()
        )
    return found


def test_before_anybody_publishes_players_see_the_slate(station: Station) -> None:
    until_seen(station, slate)


@pytest.mark.parametrize(("codec", "name"), [("VP8", "VP8"), ("H264", "H.264")])
def test_a_browser_that_publishes_by_whip_is_seen(station: Station, codec: str, name: str) -> None:
    with browser(station) as client:
        station.platform.do(client.publish(codec))
        station.until_on_air("camera", 20)
        station.until_received(camera=f"{name} 320x180")
        until_seen(station, whip_camera)
        moment = now()
        assert station.platform.do(client.delete()) == 200
        station.switch_after(moment, "slate", 10)


def test_a_browser_with_another_key_is_told_so(station: Station) -> None:
    with browser(station) as client:
        offer = station.platform.do(client.offer("VP8"))
        status, _, body = station.platform.do(client.post(offer, "f" * 32))
    assert (status, json.loads(body)["reason"]) == (403, "WrongKey")


@pytest.mark.parametrize("by", [truck_by_ffmpeg, truck_by_srt_live_transmit])
def test_an_encoder_that_publishes_by_srt_is_seen(
    station: Station, by: Callable[[str], AbstractContextManager[None]]
) -> None:
    url = station.publishing("truck")["url"]
    assert "passphrase=" in url, "the region has none, and nothing is encrypted"
    with by(url):
        station.until_on_air("truck", 20)
        station.until_received(truck="H.264 480x270")
        until_seen(station, truck)
    station.until_on_air("slate", 10)


@pytest.mark.parametrize("passphrase", ["not-the-regions", ""])
def test_an_encoder_without_the_regions_passphrase_gets_no_further_than_the_gateway(
    platform: Platform, station: Station, passphrase: str
) -> None:
    right, _, _ = station.publishing("truck")["url"].partition("&passphrase=")
    before, moment = counted(platform, protocol="SRT", reason="WrongPassphrase"), now()
    assert refused(f"{right}&passphrase={passphrase}" if passphrase else right, 15)
    platform.wait(
        "it is counted",
        lambda: counted(platform, protocol="SRT", reason="WrongPassphrase") > before,
        10,
    )
    assert station.switches_since(moment) == []
