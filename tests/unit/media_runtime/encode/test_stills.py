"""Stills come out of the decode that makes the rungs."""

from pathlib import Path

from media_runtime.encode.graph import video_graph
from media_runtime.encode.stills import files, stills_lines, stills_outputs
from media_runtime.title.pictures import Wanted, wanted_of
from tests.unit.media_runtime.title.films import film

PLAN = film(chunk_segments=(2, 5, 5))
FOLDER = Path("/scratch")


def graph(chunks: slice, **track: object) -> str:
    some = PLAN.chunks[chunks]
    assert PLAN.video
    video = PLAN.video.model_copy(update=track)
    whole = some[0].model_copy(update={"segments": sum(chunk.segments for chunk in some)})
    beside = stills_lines(PLAN, video, whole, wanted_of(PLAN, some))
    return video_graph(video, PLAN.rungs, whole, beside=beside)


def test_they_are_taken_where_the_thumbnails_are() -> None:
    # 8 s to 48 s: the middles of the stretches of 10 s are 15, 25, 35 and 45 s
    line = graph(slice(1, 3))
    assert "[stills]fps=fps=50:start_time=8.000000" in line
    assert "select='eq(n,350)+eq(n,850)+eq(n,1350)+eq(n,1850)'" in line


def test_the_line_ends_with_its_last_picture() -> None:
    assert "trim=end_frame=1851,select" in graph(slice(1, 3))


def test_hdr_is_tone_mapped_at_the_size_of_each_picture() -> None:
    line = graph(slice(0, 1), transfer="HDR10", matrix="BT2020")
    assert "zscale=w=160:h=90" in line


def test_a_stretch_without_pictures_has_no_line() -> None:
    assert PLAN.video
    assert stills_lines(PLAN, PLAN.video, PLAN.chunks[0], Wanted()) == []
    assert stills_outputs(Wanted(), FOLDER) == []
    assert "[stills]" not in video_graph(PLAN.video, PLAN.rungs, PLAN.chunks[0])


def test_each_chunk_has_its_own_of_the_stretch_s_files() -> None:
    stretch = wanted_of(PLAN, PLAN.chunks[1:])
    found = files(FOLDER, stretch, wanted_of(PLAN, PLAN.chunks[2:]))
    assert [file.name for file in found.thumbnails] == ["thumbnails-2.jpg", "thumbnails-3.jpg"]
    assert [file.name for file in found.posters] == ["posters-2.jpg", "posters-3.jpg"]
