"""One decode is shared by all rungs, and everything dear is done once."""

from fractions import Fraction

from media_runtime.encode.graph import video_graph

from .rungs import TRACK, chunk, rung


def test_rungs_of_one_rate_are_paced_once() -> None:
    graph = video_graph(TRACK, [rung("a"), rung("b", height=180), rung("c", height=90)], chunk())
    assert graph.count("fps=fps") == 1
    assert all(f"[r{n}]" in graph for n in range(3))


def test_each_rate_is_paced_by_itself() -> None:
    fast = rung("b", rate=50, timescale=25_600, gop_frames=100, segment_frames=200)
    graph = video_graph(TRACK, [rung("a"), fast], chunk(3))
    assert "fps=fps=50:start_time=12.000000" in graph
    assert "fps=fps=25:start_time=12.000000" in graph


def test_the_source_s_clock_is_shifted_exactly() -> None:
    track = TRACK.model_copy(update={"start_seconds": Fraction(1001, 30000)})
    assert "PTS-(1001/30000)/TB" in video_graph(track, [rung()], chunk())


def test_hdr_is_tone_mapped_once_at_the_largest_sdr_rung() -> None:
    track = TRACK.model_copy(update={"transfer": "HDR10", "matrix": "BT2020"})
    rungs = [
        rung("low", width=320, height=180),
        rung("high", width=1280, height=720),
        rung("hdr", width=1920, height=1080, codec="H265", transfer="HDR10"),
    ]
    graph = video_graph(track, rungs, chunk())
    assert graph.count("tonemap=tonemap") == 1
    assert "zscale=w=1280:h=720" in graph
    assert "format=yuv420p10le" in graph


def test_an_sdr_source_is_never_tone_mapped() -> None:
    assert "tonemap" not in video_graph(TRACK, [rung()], chunk())


def test_a_title_without_interlace_or_rotation_has_no_filter_for_them() -> None:
    graph = video_graph(TRACK, [rung()], chunk())
    assert "bwdif" not in graph
    assert "transpose" not in graph


def test_a_turned_picture_is_turned_before_it_is_scaled() -> None:
    graph = video_graph(TRACK.model_copy(update={"rotation": 90}), [rung()], chunk())
    assert graph.index("transpose=clock") < graph.index("scale=")


def test_colours_are_converted_only_where_they_differ() -> None:
    assert "color_matrix" not in video_graph(TRACK, [rung()], chunk())
    graph = video_graph(TRACK.model_copy(update={"matrix": "BT601"}), [rung()], chunk())
    assert "in_color_matrix=bt601:out_color_matrix=bt709" in graph
