"""A title is named only when all of it is there; and retired without hurting another."""

import asyncio
from pathlib import Path

import pytest

from crds.work import Failure, PublishReport
from media_runtime.failure import Refused
from media_runtime.publish.step import publish
from media_runtime.retire.step import retire
from media_runtime.step import turn_viewers_away
from media_runtime.title import records
from media_runtime.title.index import Publication
from media_runtime.title.name import take
from media_runtime.title.plan import Images, Plan

from .encode_titles import (
    LAYOUT,
    ORDER,
    TENANT,
    X264,
    Title,
    make,
    pattern,
    plan_of,
    rung,
    stereo,
    title,
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(
        tmp_path_factory.mktemp("source") / "film.mp4",
        *pattern(4.2),
        *("-f", "lavfi", "-i", "sine=440:d=4.2"),
        *X264,
        *("-c:a", "aac"),
    )


def plan(source: Path) -> Plan:
    return plan_of(
        source,
        [rung("large", 320, 180, frames=105), rung("small", 160, 90, frames=105)],
        chunk_segments=(1, 2),
        audio=[stereo()],
        images=Images(every_seconds=2, width=80, height=45),
    )


@pytest.fixture
def film(source: Path, tmp_path: Path) -> Title:
    """Encoded, with its references, as the probe step leaves them, and not yet published."""
    made = title(tmp_path, source, plan(source))
    made.encode_all()
    sign_up(made, "uid-1")
    return made


def sign_up(film: Title, who: str) -> None:
    async def write() -> None:
        for key in records.media_keys(film.plan):
            await film.store.write(LAYOUT.chunk_ref(key, who), b"")
        for key in records.refs_of(film.plan).images:
            await film.store.write(LAYOUT.images_ref(key, who), b"")

    asyncio.run(write())


def published(film: Title) -> PublishReport:
    return asyncio.run(publish(ORDER, film.store))


def retired(film: Title, who: str = "uid-1", name: str = "pilot") -> int:
    return asyncio.run(retire(TENANT, who, name, film.store)).deleted_objects


def names(film: Title) -> list[str]:
    return asyncio.run(film.store.names(TENANT))


def test_a_whole_title_is_indexed_and_named(film: Title) -> None:
    published(film)
    index = asyncio.run(records.read_index(film.store, LAYOUT, "uid-1"))
    assert index is not None
    assert index.complete
    assert [track.rung.name for track in index.video] == ["large", "small"]
    publication = asyncio.run(records.read_publication(film.store, LAYOUT, "pilot"))
    assert publication is not None
    assert publication.title == "uid-1"


def test_the_report_says_what_was_measured(film: Title) -> None:
    report = published(film)
    assert report.duration_millis == 4200
    assert report.av_skew_millis < 22
    assert {output.name: output.codecs[:4] for output in report.outputs} == {
        "large": "avc1",
        "small": "avc1",
        "stereo": "mp4a",
    }
    assert report.hls_path == "/vod/demo.pilot/master.m3u8"
    media = sum(len(film.media(film.entry("large", n))) for n in (0, 1))
    assert report.outputs[0].bytes == media


@pytest.mark.parametrize(
    ("gone", "tasks"),
    [
        ("1/0.json", ("chunk/1",)),
        ("large/0.m4s", ("chunk/1",)),
        ("large/init", ("chunk/0",)),
        ("stills", ("chunk/1",)),
        ("audio/last", ("audio",)),
        ("audio/first", ("audio",)),
    ],
)
def test_what_is_lost_is_not_published_but_done_again(
    film: Title, gone: str, tasks: tuple[str, ...]
) -> None:
    chunk, stills = film.entry("large", 1), film.plan.chunks[1].stills or ""
    audio = film.runs("stereo")
    victim = {
        "1/0.json": LAYOUT.entry(chunk.key, 0),
        "large/0.m4s": LAYOUT.media(chunk.key, chunk.run),
        "large/init": LAYOUT.init(chunk.init),
        "stills": LAYOUT.stills(stills),
        "audio/last": LAYOUT.entry(audio[-1].key, audio[-1].run),
        "audio/first": LAYOUT.entry(audio[0].key, audio[0].run),
    }[gone]
    asyncio.run(film.store.delete([victim]))
    with pytest.raises(Refused, match="ChunksLost"):
        published(film)
    assert LAYOUT.index("uid-1") not in names(film)
    assert LAYOUT.publication("pilot") not in names(film)
    mended = asyncio.run(records.read_plan(film.store, LAYOUT, "uid-1"))
    assert mended.tasks == tasks
    again = Title(mended, film.store, film.folder)
    assert [report.reused for report in again.encode_all()] == [False]
    published(film)


@pytest.mark.parametrize("gone", ["sheet", "poster", "entry"])
def test_thumbnails_that_are_lost_are_put_together_again(film: Title, gone: str) -> None:
    published(film)
    key = film.plan.images_key or ""
    before = film.stored(LAYOUT.sheet(key, 0)), film.stored(LAYOUT.poster(key))
    at = {"sheet": LAYOUT.sheet(key, 0), "poster": LAYOUT.poster(key)}
    asyncio.run(film.store.delete([at.get(gone, LAYOUT.images_entry(key))]))
    published(film)
    assert (film.stored(LAYOUT.sheet(key, 0)), film.stored(LAYOUT.poster(key))) == before


def test_stills_are_not_missed_where_the_thumbnails_are_there(film: Title) -> None:
    published(film)
    asyncio.run(film.store.delete([LAYOUT.stills(film.plan.chunks[0].stills or "")]))
    published(film)


def test_what_is_lost_again_and_again_is_refused(film: Title) -> None:
    for _ in range(3):
        asyncio.run(film.store.delete([LAYOUT.entry(film.plan.chunks[1].keys["small"], 0)]))
        with pytest.raises(Refused, match="ChunksLost"):
            published(film)
    with pytest.raises(Refused, match="VerifyFailed"):
        published(film)


def test_an_object_that_is_cut_off_is_noticed(film: Title) -> None:
    entry = film.entry("small", 0)
    asyncio.run(film.store.write(LAYOUT.media(entry.key, entry.run), film.media(entry)[:-1]))
    with pytest.raises(Refused, match="bytes, not"):
        published(film)


def test_retiring_leaves_only_what_people_brought(film: Title) -> None:
    published(film)
    assert retired(film) > 10
    assert names(film) == [LAYOUT.upload("film.mp4")]


def test_retiring_twice_deletes_nothing_more(film: Title) -> None:
    retired(film)
    assert retired(film) == 0


def test_retiring_leaves_what_another_title_counts_on(film: Title) -> None:
    published(film)
    other = film.plan.model_copy(update={"title": "uid-2", "name": "again"})
    asyncio.run(records.write_plan(film.store, LAYOUT, other))
    sign_up(film, "uid-2")
    retired(film)
    order = ORDER.model_copy(update={"title": "uid-2", "name": "again"})
    asyncio.run(publish(order, film.store))
    assert retired(film, "uid-2", "again") > 10
    assert names(film) == [LAYOUT.upload("film.mp4")]


def test_a_title_that_is_published_after_a_newer_one_has_not_its_name(film: Title) -> None:
    newer = Publication(title="uid-2", rank="2", complete=True)
    asyncio.run(take(film.store, LAYOUT, "pilot", newer))
    report = asyncio.run(publish(ORDER.model_copy(update={"rank": "1"}), film.store))
    assert report.superseded_by == "uid-2"
    assert LAYOUT.index("uid-1") in names(film)
    retired(film)
    publication = asyncio.run(records.read_publication(film.store, LAYOUT, "pilot"))
    assert publication is not None
    assert publication.title == "uid-2"


@pytest.mark.parametrize(
    ("step", "reason", "told"),
    [
        ("publish", "VerifyFailed", True),
        ("encode", "EncodeFailed", True),
        ("publish", "ChunksLost", False),
        ("retire", "OutputUnwritable", False),
    ],
)
def test_who_watches_a_title_that_is_given_up_is_told(
    film: Title,
    step: str,
    reason: str,
    told: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    said = Failure(reason=reason, message="why")
    asyncio.run(turn_viewers_away(step, ORDER, film.store, said))
    ended = asyncio.run(records.read_ended(film.store, LAYOUT, "uid-1"))
    assert (ended is not None and ended.reason == reason) is told
    retired(film)
    assert names(film) == [LAYOUT.upload("film.mp4")]


def test_retiring_a_half_made_title_leaves_nothing(source: Path, tmp_path: Path) -> None:
    film = title(tmp_path, source, plan(source))
    film.encode("chunk/0")
    sign_up(film, "uid-1")
    retired(film)
    assert names(film) == [LAYOUT.upload("film.mp4")]
