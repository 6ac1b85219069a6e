"""The small picture of what is on air: one for all who ask at a time, and never an old one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from media_runtime.ffmpeg import Ended, Limits, Messages
from media_runtime.live.channel import thumbnail
from media_runtime.live.channel.packager import Packager
from media_runtime.live.channel.thumbnail import Thumbnail

from .airing import LADDER, Airing

JPEG = b"\xff\xd8 a picture"


class Camera:
    """Stands in place of ffmpeg, and counts."""

    taken = 0
    code = 0

    async def take(self, argv: Sequence[str], limits: Limits) -> Ended:
        assert "mjpeg" in argv
        self.taken += 1
        await asyncio.sleep(0)
        return Ended(self.code, JPEG if self.code == 0 else b"", Messages(), limits.wall_seconds)


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Camera:
    made = Camera()
    monkeypatch.setattr(thumbnail, "run", made.take)
    return made


async def on_air(folder: Path) -> Thumbnail:
    packager = Packager(LADDER, listed=5, held=None)
    await Airing(packager, begins=100).airs(2)
    return Thumbnail(packager, folder)


def test_those_who_ask_at_once_are_shown_one_picture(tmp_path: Path, camera: Camera) -> None:
    async def story() -> None:
        picture = await on_air(tmp_path)
        assert camera.taken == 0, "nobody asked"
        assert set(await asyncio.gather(*(picture.picture() for _ in range(9)))) == {JPEG}
        assert camera.taken == 1

    asyncio.run(story())


def test_an_old_picture_is_not_shown_for_a_new_one(
    tmp_path: Path, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        picture = await on_air(tmp_path)
        assert await picture.picture() == JPEG
        monkeypatch.setattr(thumbnail, "FRESH_SECONDS", 0.0)
        camera.code = 1
        assert await picture.picture() is None
        camera.code = 0
        assert await picture.picture() == JPEG

    asyncio.run(story())


def test_what_failed_is_not_tried_again_by_each_who_waited(tmp_path: Path, camera: Camera) -> None:
    async def story() -> None:
        picture = await on_air(tmp_path)
        camera.code = 1
        assert set(await asyncio.gather(*(picture.picture() for _ in range(9)))) == {None}
        assert camera.taken == 1

    asyncio.run(story())


def test_before_the_first_segment_there_is_none(tmp_path: Path, camera: Camera) -> None:
    async def story() -> None:
        nothing = Packager(LADDER, listed=5, held=None)
        assert await Thumbnail(nothing, tmp_path).picture() is None
        assert camera.taken == 0

    asyncio.run(story())
