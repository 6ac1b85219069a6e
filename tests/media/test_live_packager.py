"""A real encoder's stream, cut into parts as it comes, plays: by ffmpeg, without a message."""

import subprocess
from fractions import Fraction
from pathlib import Path

from media_runtime.cmaf import write_header
from media_runtime.live.clock import Cadence, Place, access_units, pictures, timeline
from media_runtime.live.parts import Cutter, Part, live_header
from media_runtime.live.stream import FragmentStream

PICTURE, SOUND = pictures(Fraction(25)), access_units(48_000, 1024)
GRID = timeline([PICTURE, SOUND], segment_millis=2000, part_millis=333)
MSN = 881_000_000
FRAGMENTED = "frag_every_frame+empty_moov+default_base_moof"


def packaged(cadence: Cadence, *arguments: str) -> tuple[bytes, list[Part]]:
    """The header and parts of what ffmpeg writes to a pipe."""
    argv = ["ffmpeg", "-nostdin", "-loglevel", "error", *arguments]
    argv += ["-movflags", FRAGMENTED, "-f", "mp4", "pipe:1"]
    stream, cutter = FragmentStream(), None
    parts: list[Part] = []
    with subprocess.Popen(argv, stdout=subprocess.PIPE, bufsize=0) as encoder:
        assert encoder.stdout is not None
        while piece := encoder.stdout.read(1000):
            for fragment in stream.feed(piece):
                assert stream.header is not None
                cutter = cutter or Cutter(GRID, cadence, first=GRID.first(cadence, Place(MSN, 0)))
                for made in cutter.cut(fragment, stream.header.timescale):
                    assert isinstance(made, Part), made
                    parts.append(made)
    assert encoder.returncode == 0
    assert stream.header is not None
    assert cutter is not None
    return write_header(live_header(stream.header, cadence, cutter.shift)), parts


def decoded(file: Path, entries: str) -> list[str]:
    """What ffprobe says of each frame; nothing may be said beside it."""
    argv = ["ffprobe", "-v", "warning", "-show_entries", f"frame={entries}", "-of", "csv=p=0"]
    said = subprocess.run([*argv, str(file)], check=True, capture_output=True, text=True)
    assert said.stderr == ""
    return [line.strip(",") for line in said.stdout.split()]


def test_pictures_with_reordering_keep_their_places(tmp_path: Path) -> None:
    header, parts = packaged(
        PICTURE,
        *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=4"),
        *("-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50"),
        *("-sc_threshold", "0", "-threads", "1", "-pix_fmt", "yuv420p"),
    )
    assert [part.place for part in parts] == [Place(MSN + n // 6, n % 6) for n in range(12)]
    assert [part.independent for part in parts] == ([True] + [False] * 5) * 2
    file = tmp_path / "picture.mp4"
    file.write_bytes(header + b"".join(part.content for part in parts))
    times = decoded(file, "pts_time")
    assert [Fraction(t) for t in times] == [MSN * 2 + Fraction(n, 25) for n in range(100)]
    alone = tmp_path / "second.mp4"
    alone.write_bytes(header + b"".join(part.content for part in parts[6:]))
    assert len(decoded(alone, "pts_time")) == 50


def test_sound_is_whole_access_units_cut_near_the_grid(tmp_path: Path) -> None:
    header, parts = packaged(
        SOUND, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4", "-c:a", "aac"
    )
    assert [part.ticks // 1024 for part in parts[:6]] == [16, 15, 16, 16, 15, 16]
    assert all(part.independent for part in parts)
    file = tmp_path / "sound.mp4"
    file.write_bytes(header + b"".join(part.content for part in parts))
    assert len(decoded(file, "nb_samples")) == sum(part.ticks for part in parts) // 1024
