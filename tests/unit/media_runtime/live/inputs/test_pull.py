"""Segments reach a decoder in their order, whatever the service leaves out."""

import asyncio
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from media_runtime.failure import Refused
from media_runtime.live.inputs.hls.playlist import Media, Segment
from media_runtime.live.inputs.hls.pull import Pull

if TYPE_CHECKING:
    from media_runtime.live.inputs.hls.page import Pages


@dataclass
class Service:
    """Its playlist as it is at each look (the last one stays), and the segments that it has."""

    looks: list[Media]
    lost: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def playlist(self, _: str) -> Media:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    async def segment(self, url: str) -> bytes:
        self.asked.append(url)
        if url in self.lost:
            raise Refused("InputUnreachable", "the input's server answers 404")
        return f"[{url}]".encode()


def window(first: int, last: int, *, ended: bool = False, headers: str = "") -> Media:
    """`headers` has one letter for each segment, or is empty."""
    segments = tuple(
        Segment(msn, f"{msn}", headers[msn - first] if headers else None)
        for msn in range(first, last + 1)
    )
    return Media(segments, 0.01, ended=ended)


def pull(service: Service, leader: Pull | None = None) -> Pull:
    tasted: list[bytes] = []
    return Pull(cast("Pages", service), "u", leader=leader, taste=tasted.append)


async def poured(one: Pull) -> str:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        async with asyncio.timeout(5):
            await one.pour(writing)
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read().decode()


def test_segments_follow_as_the_window_moves() -> None:
    looks = [window(5, 9), window(5, 9), window(7, 10), window(9, 12, ended=True)]
    assert asyncio.run(poured(pull(Service(looks)))) == "[7][8][9][10][11][12]"


def test_a_segment_that_is_lost_is_left_out() -> None:
    service = Service([window(5, 9), window(5, 9, ended=True)], lost=frozenset({"8"}))
    assert asyncio.run(poured(pull(service))) == "[7][9]"


def test_a_stream_that_went_on_without_us_is_joined_near_its_end() -> None:
    looks = [
        window(5, 9),
        window(5, 9),
        window(100, 110, ended=False),
        window(108, 111, ended=True),
    ]
    assert asyncio.run(poured(pull(Service(looks)))) == "[7][8][9][108][109][110][111]"


def test_a_stream_that_stands_still_is_not_shown_again() -> None:
    async def story() -> list[str]:
        one = pull(service := Service([window(5, 9)]))
        shown = [await until_it_stands(one)]
        shown.append(await until_it_stands(one))
        service.looks = [window(6, 10)]
        shown.append(await until_it_stands(one))
        service.looks = [window(6, 11, ended=True)]
        return [*shown, await poured(one), await poured(one)]

    assert asyncio.run(story()) == ["[7][8][9]", "", "[8][9][10]", "[11]", ""]


async def until_it_stands(one: Pull) -> str:
    """What a decoder is given before it is ended for want of more."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    pouring = asyncio.create_task(one.pour(writing))
    await asyncio.sleep(0.3)  # thirty looks at a playlist that stands still
    pouring.cancel()
    await asyncio.wait([pouring])
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read().decode()


def test_a_film_is_shown_from_its_beginning_each_time() -> None:
    async def story() -> list[str]:
        one = pull(Service([window(1, 3, ended=True)]))
        return [await poured(one), await poured(one)]

    assert asyncio.run(story()) == ["[1][2][3]", "[1][2][3]"]


def test_one_that_ends_while_it_begins_begins_again() -> None:
    class Slow(Service):
        answers: asyncio.Future[None]

        async def playlist(self, url: str) -> Media:
            self.asked.append(url)
            await self.answers
            return await super().playlist(url)

    async def story() -> str:
        service = Slow([window(1, 3, ended=True)])
        service.answers = asyncio.get_running_loop().create_future()
        one = pull(service)
        reading, writing = os.pipe()
        pouring = asyncio.create_task(one.pour(writing))
        while not service.asked:  # noqa: ASYNC110 - what is wanted has no event
            await asyncio.sleep(0)
        pouring.cancel()
        service.answers.set_result(None)
        await asyncio.wait([pouring])
        for descriptor in (reading, writing):
            os.close(descriptor)
        return await poured(one)

    assert asyncio.run(story()) == "[1][2][3]"


def test_a_new_header_needs_another_decoder_which_goes_on_from_there() -> None:
    async def story() -> list[str]:
        service = Service([window(7, 9, headers="aab"), window(7, 9, ended=True, headers="aab")])
        one = pull(service)
        return [await poured(one), await poured(one)]

    assert asyncio.run(story()) == ["[a][7][8]", "[b][9]"]


def test_sound_begins_where_its_picture_does_and_ends_with_it() -> None:
    async def story() -> tuple[str, str]:
        looks = [window(5, 9), *(window(5, 9) for _ in range(20)), window(5, 9, ended=True)]
        picture = pull(Service(looks))
        sound = pull(Service([window(3, 11)]), leader=picture)
        one, other = await asyncio.gather(poured(picture), poured(sound))
        return one, other

    picture, sound = asyncio.run(story())
    assert picture == "[7][8][9]"
    assert sound == "[7][8][9][10][11]"


def test_an_unsafe_playlist_is_over_at_once() -> None:
    class Unsafe(Service):
        async def playlist(self, _: str) -> Media:
            raise Refused("InputUnsafe", "the input's host is not on the public internet")

    async def story() -> bool:
        one = pull(Unsafe([]))
        assert await poured(one) == ""
        return one.over.is_set()

    assert asyncio.run(story())
