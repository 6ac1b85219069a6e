"""Pictures come out upright, square, progressive, and in colours that the rung promises."""

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from media_runtime.title.plan import Images, Mastering

from .encode_titles import LAYOUT, X264, Title, make, pattern, plan_of, rung, shown, title

PQ = (
    *("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
    *("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"),
    *("-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"),
)
NO_OTHER_KEY = Fraction(1000)


def pixel(file: Path, x: str, y: str) -> tuple[int, int, int]:
    """The colour of the first picture there, as a screen would show it."""
    crop = f"crop=16:16:{x}:{y},scale=1:1,format=rgb24"
    argv = ["ffmpeg", "-v", "error", "-i", str(file), "-vf", crop, "-frames:v", "1"]
    raw = subprocess.run([*argv, "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return raw[0], raw[1], raw[2]


def corner_of_red(folder: Path) -> Path:
    """Black, with a red square at the top left."""
    picture = "color=black:s=320x180:r=25:d=1,drawbox=w=80:h=60:c=red:t=fill"
    return make(folder / "corner.mp4", "-f", "lavfi", "-i", picture, *X264)


@pytest.mark.parametrize(
    ("degrees", "where"),
    [
        (0, ("8", "8")),
        (90, ("iw-24", "8")),
        (180, ("iw-24", "ih-24")),
        (270, ("8", "ih-24")),
    ],
)
def test_a_turned_source_comes_out_upright(
    tmp_path: Path, degrees: int, where: tuple[str, str]
) -> None:
    source = corner_of_red(tmp_path)
    width, height = (180, 320) if degrees in (90, 270) else (320, 180)
    plan = plan_of(
        source, [rung("a", width, height, frames=25, bitrate_kbps=500)], rotation=degrees
    )
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    red, green, blue = pixel(film.rung_file("a"), *where)
    assert red > 180
    assert max(green, blue) < 60


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Title:
    folder = tmp_path_factory.mktemp("hdr")
    source = make(folder / "hdr.mp4", *pattern(1), *PQ)
    mastering = Mastering(
        green=(13250, 34500),
        blue=(7500, 3000),
        red=(34000, 16000),
        white=(15635, 16450),
        luminance=(10_000_000, 1),
        max_cll=1000,
        max_fall=400,
    )
    rungs = [
        rung("sdr", 160, 90, frames=25),
        rung("small", 80, 46, frames=25),
        rung("hdr", 160, 90, frames=25, codec="H265", transfer="HDR10"),
    ]
    plan = plan_of(
        source,
        rungs,
        transfer="HDR10",
        matrix="BT2020",
        mastering=mastering,
        key_frames_every=NO_OTHER_KEY,
        images=Images(every_seconds=10, width=80, height=45),
    )
    film = title(folder, source, plan)
    film.encode_all()
    film.compose()
    return film


@pytest.mark.parametrize("name", ["sdr", "small"])
def test_hdr_is_tone_mapped_to_8_bit_bt709(graded: Title, name: str) -> None:
    stream = shown(graded.rung_file(name)).stream
    assert (stream["pix_fmt"], stream["color_space"], stream["color_transfer"]) == (
        "yuv420p",
        "bt709",
        "bt709",
    )


def test_hdr_passes_through_with_how_it_was_graded(graded: Title) -> None:
    file = graded.rung_file("hdr")
    stream = shown(file).stream
    assert (stream["pix_fmt"], stream["color_transfer"]) == ("yuv420p10le", "smpte2084")
    argv = ["ffprobe", "-v", "error", "-read_intervals", "%+#1", "-show_frames", str(file)]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    assert "max_luminance=10000000/10000" in told
    assert "max_content=1000" in told


def test_hdr_has_a_poster(graded: Title) -> None:
    assert graded.stored(LAYOUT.poster(graded.plan.images_key or ""))[:2] == b"\xff\xd8"


def test_hlg_is_tone_mapped(tmp_path: Path) -> None:
    hlg = [flag.replace("smpte2084", "arib-std-b67") for flag in PQ]
    source = make(tmp_path / "hlg.mp4", *pattern(1), *hlg)
    plan = plan_of(
        source,
        [rung("a", 160, 90, frames=25)],
        transfer="HLG",
        matrix="BT2020",
        key_frames_every=NO_OTHER_KEY,
    )
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    assert shown(film.rung_file("a")).stream["color_transfer"] == "bt709"


@pytest.mark.parametrize(("matrix", "named"), [("BT601", "smpte170m"), ("BT709", "bt709")])
def test_colours_are_the_same_whatever_matrix_the_source_has(
    tmp_path: Path, matrix: str, named: str
) -> None:
    flags = ["-vf", f"scale=out_color_matrix={named},setparams=colorspace={named}"]
    green = ["-f", "lavfi", "-i", "color=0x20c040:s=160x90:r=25:d=0.4,format=rgb24"]
    source = make(tmp_path / "green.mp4", *green, *flags, *X264)
    plan = plan_of(source, [rung("a", 160, 90, frames=10, bitrate_kbps=500)], matrix=matrix)
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    red, green_, blue = pixel(film.rung_file("a"), "40", "40")
    assert abs(red - 0x20) < 8
    assert abs(green_ - 0xC0) < 8
    assert abs(blue - 0x40) < 8


def combed(file: Path) -> int:
    """Frames, of the 50, that ffmpeg takes for interlaced; it sees a few in any sharp pattern."""
    argv = ["ffmpeg", "-i", str(file), "-vf", "idet", "-f", "null", "-"]
    judged = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    (told,) = [line for line in judged.splitlines() if "Multi frame detection" in line]
    return sum(int(told.split(order)[1].split()[0]) for order in ("TFF:", "BFF:"))


def test_interlaced_comes_out_progressive(tmp_path: Path) -> None:
    fields = ["-vf", "interlace", "-flags", "+ilme+ildct", "-x264opts", "tff=1"]
    source = make(tmp_path / "tv.mp4", *pattern(2, rate="50"), *X264, *fields)
    plan = plan_of(
        source, [rung("a", 320, 180, frames=50)], deinterlace=True, key_frames_every=NO_OTHER_KEY
    )
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    assert combed(source) > 40
    assert combed(film.rung_file("a")) < 10


@pytest.mark.parametrize(("seconds", "pictures", "sheets"), [(9.2, 5, 2), (0.4, 1, 1)])
def test_thumbnails_cover_the_title(
    tmp_path: Path, seconds: float, pictures: int, sheets: int
) -> None:
    source = make(tmp_path / "film.mp4", *pattern(seconds), *X264)
    wish = Images(every_seconds=2, width=80, height=45, columns=2, rows=2)
    plan = plan_of(source, [rung("a", 160, 90, frames=round(seconds * 25))], images=wish)
    film = title(tmp_path, source, plan)
    film.encode_all()
    film.compose()
    key = plan.images_key or ""
    assert film.images_entry().pictures == pictures
    assert film.images_entry().sheets == sheets
    for n in range(sheets):
        (tmp_path / "sheet.jpg").write_bytes(film.stored(LAYOUT.sheet(key, n)))
        found = shown(tmp_path / "sheet.jpg").stream
        assert (found["width"], found["height"]) == ("160", "90")
