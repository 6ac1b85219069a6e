"""Every name that is written into a playlist is understood when it is asked for."""

from hypothesis import given
from hypothesis import strategies as some

from media_runtime.live import urls
from media_runtime.live.asked import Init, PartOf, Playlist, Segment, Single, asked
from media_runtime.live.clock import Place

SLUGS = some.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(SLUGS, some.integers(0, 10**12), some.integers(0, 99))
def test_names_are_read_as_they_were_written(name: str, msn: int, part: int) -> None:
    assert asked(urls.media_playlist(name)) == Playlist(name) or name == "master"
    assert asked(urls.segment(name, msn)) == Segment(name, msn)
    assert asked(urls.part(name, Place(msn, part))) == PartOf(name, Place(msn, part))
    assert asked(urls.init(name, "ab" * 32)) == Init(name, "ab" * 32)


def test_there_is_one_of_some() -> None:
    assert asked("master.m3u8") == Single("multivariant")
    assert asked("manifest.mpd") == Single("mpd")
    assert asked("clock") == Single("clock")


def test_what_no_channel_has_is_nothing() -> None:
    for path in ("", "x", "../state", "720p/1.ts", "720p/-1.m4s", "720p/1.2.3.m4s", "a/b/1.m4s"):
        assert asked(path) is None
