"""A real WebRTC client publishes by WHIP; pods get its coded pictures and sounds as they are."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from media_runtime.contribution.main import Ports
from tests.media.contributing import counted, counts, gateway_to, pod, probed, run, until
from tests.media.whip_publisher import Publisher

PLACE, SECRET = "demo.news.main", "s3cret"
REFUSALS = "streamverse_contribution_refusals_total"


@contextlib.asynccontextmanager
async def publisher(ports: Ports) -> AsyncIterator[Publisher]:
    async with aiohttp.ClientSession() as http:
        one = Publisher(f"http://127.0.0.1:{ports.whip}/whip/{PLACE}", SECRET, http)
        try:
            yield one
        finally:
            await one.peer.close()


def scene(play: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        async with asyncio.timeout(60):
            await play()

    asyncio.run(played())


@pytest.mark.parametrize(("codec", "name"), [("VP8", "vp8"), ("H264", "h264")])
def test_pictures_and_sounds_arrive_as_they_were_coded(
    tmp_path: Path, codec: str, name: str
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports, publisher(ports) as client:
            await client.publish(codec)
            await until(lambda: bool(here.taken) and here.taken[0].bytes > 30_000)
            assert await client.delete("guess") == 403
            assert await client.delete() == 200
            await asyncio.wait_for(here.taken[0].ended.wait(), 5)
            assert await client.delete() == 404
            found = await probed(here.taken[0].path)
            times = await packet_times(here.taken[0].path)
        assert found["errors"]["said"] == ""
        assert (found["video"]["codec_name"], found["audio"]["codec_name"]) == (name, "opus")
        assert (found["video"]["width"], found["video"]["height"]) == (320, 180)
        assert int(found["video"]["nb_read_frames"]) >= 20
        # Both tracks begin together and last as long: they are on one clock.
        assert abs(times["video"][0] - times["audio"][0]) < 0.1
        assert abs(times["video"][-1] - times["audio"][-1]) < 0.2
        assert times["video"] == sorted(times["video"])

    scene(play)


async def packet_times(path: Path) -> dict[str, list[float]]:
    done = await run(
        *("ffprobe", "-v", "error", "-of", "json", "-show_entries", "packet=codec_type,pts_time"),
        str(path),
    )
    times: dict[str, list[float]] = {"video": [], "audio": []}
    for packet in json.loads(done.said)["packets"]:
        times[packet["codec_type"]].append(float(packet["pts_time"]))
    return times


def test_a_pod_that_comes_later_has_a_key_frame_asked_for(tmp_path: Path) -> None:
    async def play() -> None:
        async with pod(tmp_path) as first, pod(tmp_path) as second:
            second.closed = True
            async with gateway_to(first, second) as ports, publisher(ports) as client:
                await client.publish("VP8", sound=False)
                await until(lambda: bool(first.taken) and first.taken[0].bytes > 10_000)
                second.closed = False
                await until(lambda: bool(second.taken) and second.taken[0].bytes > 10_000)
                await client.delete()
                await second.taken[0].ended.wait()
                found = await probed(second.taken[0].path)
        assert found["errors"]["said"] == ""
        assert int(found["video"]["nb_read_frames"]) > 0

    scene(play)


@pytest.mark.parametrize(
    ("place", "secret", "status", "reason"),
    [
        (PLACE, "", 401, "BadKey"),
        (PLACE, "guess", 403, "WrongKey"),
        ("demo.olds.main", SECRET, 404, "ChannelUnknown"),
        ("demo.news.aside", SECRET, 404, "UnknownInput"),
        ("Demo.news", SECRET, 400, "BadKey"),
    ],
)
def test_who_may_not_publish_is_told_why_and_written_down(
    tmp_path: Path, place: str, secret: str, status: int, reason: str
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports, publisher(ports) as client:
            offer = await client.offer("VP8")
            got, headers, body = await client.post(offer, secret, place)
            assert (got, json.loads(body)["status"]) == (status, status)
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert json.loads(body)["reason"] == reason
            await counts(ports, REFUSALS, protocol="WHIP", reason=reason)
            assert here.taken == []

    scene(play)


def test_a_second_publisher_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as here,
            gateway_to(here) as ports,
            publisher(ports) as first,
            publisher(ports) as second,
        ):
            await first.publish()
            await until(lambda: bool(here.taken) and here.taken[0].bytes > 1_000)
            status, _, body = await second.post(await second.offer("VP8"))
            assert (status, json.loads(body)["reason"]) == (409, "InUse")
            before = here.taken[0].bytes
            await until(lambda: here.taken[0].bytes > before)

    scene(play)


def test_a_publisher_that_vanishes_or_never_comes_leaves_his_place_free(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as here,
            gateway_to(here, silence_seconds=3.0, publish_seconds=3.0) as ports,
        ):
            async with publisher(ports) as client:
                status, _, _ = await client.post(await client.offer("VP8"))
                assert status == 201
                await asyncio.wait_for(here.taken[0].ended.wait(), 10)
            async with publisher(ports) as client:
                await client.publish()
                await until(lambda: len(here.taken) == 2 and here.taken[1].bytes > 1_000)
            await asyncio.wait_for(here.taken[1].ended.wait(), 10)
            assert await counted(ports, "streamverse_contribution_publishers") == 0

    scene(play)


HOSTILE = {
    "nothing": "",
    "no offer": "hello",
    "no tracks": "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n",
    "no codec": "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 RTP/SAVPF 96\r\n",
    "no fingerprint": (
        "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
        "c=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=sendonly\r\n"
    ),
    "numbers that are none": (
        "v=0\r\no=x\r\ns=-\r\nt=0 0\r\nm=video x UDP/TLS/RTP/SAVPF y\r\na=rtpmap:z VP8/90000\r\n"
    ),
    "too long": "v=0\r\n" + "a=x\r\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_offers_are_refused_and_hurt_nobody(tmp_path: Path, name: str) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports, publisher(ports) as client:
            status, _, _ = await client.post(HOSTILE[name])
            assert status in {400, 413}
            status, _, _ = await client.post("v=0", **{"Content-Type": "text/plain"})
            assert status == 415
            await client.publish()
            await until(lambda: bool(here.taken) and here.taken[-1].bytes > 1_000)

    scene(play)


def test_a_page_of_another_origin_may_publish(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as here,
            gateway_to(here) as ports,
            aiohttp.ClientSession() as http,
            http.options(f"http://127.0.0.1:{ports.whip}/whip/{PLACE}") as answer,
        ):
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert answer.headers["Accept-Post"] == "application/sdp"

    scene(play)
