"""What the probe step finds in a source, and what it plans to make of it."""

from fractions import Fraction
from pathlib import Path

import pytest

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Images, Rendition
from media_runtime.failure import Refused
from tests.media.clips import Clips
from tests.media.probing import PROFILE, Probed, probed


def rungs(found: Probed) -> dict[str, tuple[int, int, Fraction]]:
    return {rung.name: (rung.width, rung.height, rung.rate) for rung in found.plan.rungs}


def test_a_plain_film_is_cut_into_chunks_of_whole_segments(clips: Clips) -> None:
    found = probed(clips.film("long.mp4", seconds=22))
    assert found.plan.tasks == ("chunk/0", "audio", *(f"chunk/{n}" for n in range(1, 6)))
    assert [(c.first_segment, c.segments) for c in found.plan.chunks] == [(n, 1) for n in range(6)]
    assert found.report.tasks == found.report.chunks_total == 7
    # the middles of the first two stretches of 10 s, and the last frame
    assert [c.index for c in found.plan.chunks if c.stills is not None] == [1, 3, 5]
    assert found.report.probe.duration_millis == 22_000
    assert not found.report.warnings


def test_every_rung_of_a_film_is_cut_at_the_same_instants(clips: Clips) -> None:
    plan = probed(clips.film("sixty.mp4", rate="60")).plan
    assert {rung.gop_frames / rung.rate for rung in plan.rungs} == {plan.gop_seconds}
    assert {rung.segment_frames / rung.rate for rung in plan.rungs} == {plan.segment_seconds}


def test_a_film_without_sound_gets_silence(clips: Clips) -> None:
    found = probed(clips.film("mute.mp4", sound=False))
    assert [rendition.stream for rendition in found.plan.audio] == [None]
    assert found.report.probe.audio == ""


def test_a_film_without_sound_is_refused_where_the_profile_says_so(clips: Clips) -> None:
    strict = PROFILE.model_copy(update={"audio": [AudioProfile(name="a", if_missing="Fail")]})
    with pytest.raises(Refused) as refused:
        probed(clips.film("mute.mp4", sound=False), profile=strict)
    assert refused.value.reason == "NoAudio"


def test_sound_alone_is_a_title_with_audio_renditions_alone(clips: Clips) -> None:
    file = clips.made("tone.mp3", "-f", "lavfi", "-i", "sine=duration=5")
    found = probed(file)
    assert not found.plan.rungs
    assert found.plan.tasks == ("audio",)
    assert {drop.reason for drop in found.report.dropped} == {"NoVideo"}


def test_the_cover_of_a_song_is_no_film(clips: Clips) -> None:
    cover = clips.made("cover.jpg", "-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-frames:v", "1")
    file = clips.made(
        "song.m4a",
        *("-f", "lavfi", "-i", "sine=duration=3", "-i", str(cover), "-map", "0", "-map", "1"),
        *("-c:v", "mjpeg", "-disposition:v", "attached_pic", "-f", "mp4"),
    )
    assert probed(file).plan.tasks == ("audio",)


@pytest.mark.parametrize(("layout", "channels"), [("mono", [1]), ("stereo", [2]), ("5.1", [2, 6])])
def test_channels_are_kept_as_far_as_a_rendition_allows(
    clips: Clips, layout: str, channels: list[int]
) -> None:
    file = clips.film(f"{layout}.mp4", "-af", f"aformat=channel_layouts={layout}", seconds=2)
    found = probed(file)
    assert [rendition.channels for rendition in found.plan.audio] == channels
    assert found.report.probe.audio_channels == channels[-1]


def test_each_language_has_its_renditions(clips: Clips) -> None:
    file = clips.made(
        "languages.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2"),
        *("-map", "0", "-map", "1", "-map", "1", "-c:v", "libx264", "-c:a", "aac"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"),
    )
    audio = probed(file).plan.audio
    assert [(r.name, r.language, r.stream) for r in audio] == [
        ("stereo", "eng", 1),
        ("stereo-deu", "deu", 2),
    ]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_phone_is_seen(clips: Clips, rotation: int) -> None:
    flat = clips.film("flat.mp4", seconds=2)
    file = clips.made(
        f"turned{rotation}.mp4",
        # this ffmpeg writes a matrix that turns the other way round; -autorotate agrees with us
        *("-i", str(flat), "-c", "copy", "-metadata:s:v", f"rotate={360 - rotation}"),
    )
    found = probed(file)
    assert found.plan.video is not None
    assert found.plan.video.rotation == rotation
    portrait = rotation != 180
    assert rungs(found)["high"][:2] == ((180, 320) if portrait else (320, 180))
    assert rungs(found)["low"][0] == (120 if portrait else 214)


def test_frames_at_uneven_times_are_a_variable_rate(clips: Clips) -> None:
    file = clips.made(
        "variable.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=6"),
        *("-vf", "select='not(mod(n,7)*mod(n,5))+gt(n,90)'", "-fps_mode", "vfr"),
        *("-c:v", "libx264", "-preset", "ultrafast"),
    )
    found = probed(file)
    assert found.report.probe.variable_frame_rate
    assert rungs(found)["high"][2] == 30
    assert abs(found.report.probe.duration_millis - 6000) < 40


@pytest.mark.parametrize(
    ("rate", "low"),
    [
        ("24000/1001", "24000/1001"),
        ("30000/1001", "24000/1001"),
        ("60000/1001", "24000/1001"),
        ("25", "24"),
        ("50", "24"),
        ("12", "12"),
    ],
)
@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_rate_is_exact_in_every_container(
    clips: Clips, rate: str, low: str, container: str
) -> None:
    file = clips.film(f"rate{rate.replace('/', '-')}.{container}", rate=rate, seconds=4)
    found = probed(file)
    assert not found.report.probe.variable_frame_rate
    assert not found.report.warnings
    assert {name: r[2] for name, r in rungs(found).items()} == {
        "low": Fraction(low),
        "high": Fraction(rate),
    }
    assert found.plan.rungs[-1].frames == round(4 * Fraction(rate))


def test_fields_are_seen_where_the_codec_tells(clips: Clips) -> None:
    file = clips.film("fields.mp4", "-vf", "interlace", "-flags", "+ilme+ildct", size="720x576")
    found = probed(file)
    assert found.report.probe.interlaced
    assert found.plan.video is not None
    assert found.plan.video.deinterlace


def test_fields_are_seen_where_only_the_picture_tells(clips: Clips) -> None:
    def made(name: str, *filters: str) -> Path:
        return clips.made(
            name,
            *("-f", "lavfi", "-i", "testsrc=s=720x576:r=50:d=2"),
            *("-vf", ",".join((*filters, "setfield=prog")), "-c:v", "ffv1"),
        )

    assert probed(made("fields.avi", "interlace")).report.probe.interlaced
    assert not probed(made("frames.avi", "fps=25")).report.probe.interlaced


_HDR = EncodingProfileSpec(
    renditions=[
        Rendition(name="sdr", max_height=180, bitrate_kbps=400),
        Rendition(name="hdr", max_height=180, bitrate_kbps=600, codec="H265", hdr="Passthrough"),
        Rendition(name="never", max_height=120, bitrate_kbps=200, hdr="Forbid"),
    ]
)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize(("transfer", "curve"), [("HDR10", "smpte2084"), ("HLG", "arib-std-b67")])
def test_hdr_is_passed_on_mapped_or_left_out_as_the_profile_says(
    clips: Clips, transfer: str, curve: str, container: str
) -> None:
    graded = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    file = clips.made(
        f"{transfer}.{container}",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-pix_fmt", "yuv420p10le"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params"),
        f"log-level=error:colorprim=bt2020:transfer={curve}:colormatrix=bt2020nc:{graded}",
    )
    found = probed(file, profile=_HDR)
    assert found.report.probe.transfer == transfer
    assert not found.report.warnings
    assert {rung.name: rung.transfer for rung in found.plan.rungs} == {
        "sdr": "SDR",
        "hdr": transfer,
    }
    assert [(drop.name, drop.reason) for drop in found.report.dropped] == [
        ("never", "HdrForbidden")
    ]
    assert found.plan.video is not None
    assert found.plan.video.matrix == "BT2020"
    assert (found.plan.video.mastering is not None) == (transfer == "HDR10")


def test_an_sdr_source_has_no_hdr_rung(clips: Clips) -> None:
    dropped = probed(clips.film(), profile=_HDR).report.dropped
    assert [(drop.name, drop.reason) for drop in dropped] == [("hdr", "SdrSource")]


def test_pixels_are_made_square(clips: Clips) -> None:
    file = clips.film("wide.mp4", "-vf", "setsar=64/45", size="180x144", seconds=2)
    assert {name: r[:2] for name, r in rungs(probed(file)).items()} == {"low": (214, 120)}


def test_odd_sizes_become_even_ones_and_are_not_lost(clips: Clips) -> None:
    file = clips.film("odd.mp4", "-pix_fmt", "yuv444p", size="853x479", seconds=1)
    odd = EncodingProfileSpec(
        renditions=[
            Rendition(name="480p", max_height=480, bitrate_kbps=900),
            Rendition(name="240p", max_height=240, bitrate_kbps=300),
        ]
    )
    assert {n: r[:2] for n, r in rungs(probed(file, profile=odd)).items()} == {
        "480p": (852, 478),
        "240p": (426, 240),
    }


def test_one_second_is_one_segment(clips: Clips) -> None:
    found = probed(clips.film("second.mp4", seconds=1))
    assert [chunk.segments for chunk in found.plan.chunks] == [1]
    assert found.report.probe.duration_millis == 1000


def test_one_frame_is_a_title(clips: Clips) -> None:
    file = clips.film("frame.mp4", "-frames:v", "1", sound=False)
    found = probed(file)
    assert {rung.frames for rung in found.plan.rungs} == {1}
    assert found.report.probe.duration_millis == 40


def test_a_still_under_a_long_sound_is_audio(clips: Clips) -> None:
    file = clips.made(
        "podcast.mp4",
        *("-f", "lavfi", "-i", "color=blue:s=160x90:r=25:d=0.04"),
        *("-f", "lavfi", "-i", "sine=duration=5", "-c:v", "libx264"),
    )
    found = probed(file)
    assert found.plan.tasks == ("audio",)
    assert found.report.warnings


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_truncated_film_carries_what_is_there(clips: Clips, container: str) -> None:
    flags = ("-movflags", "+faststart") if container == "mp4" else ()
    whole = clips.film(f"whole.{container}", *flags).read_bytes()
    file = clips.bytes_as(f"half.{container}", whole[: len(whole) * 6 // 10])
    found = probed(file)
    assert 2000 < found.report.probe.duration_millis < 5000
    if container == "mp4":  # the others' headers do not say how long they are meant to be
        assert "truncated" in found.report.warnings[0]


def test_a_film_whose_index_was_cut_off_is_corrupt(clips: Clips) -> None:
    whole = clips.film("indexed.mp4").read_bytes()
    with pytest.raises(Refused) as refused:
        probed(clips.bytes_as("headless.mp4", whole[: len(whole) // 2]))
    assert refused.value.reason == "InputCorrupt"


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_flipped_bits_make_no_plan_fail(clips: Clips, container: str) -> None:
    flags = ("-movflags", "+faststart") if container == "mp4" else ()
    content = bytearray(clips.film(f"sound.{container}", *flags).read_bytes())
    for at in range(len(content) // 4, len(content), 997):
        content[at] ^= 1 << at % 8
    found = probed(clips.bytes_as(f"flipped.{container}", bytes(content)))
    assert abs(found.report.probe.duration_millis - 6000) < 1000


def test_media_of_zeros_is_corrupt(clips: Clips) -> None:
    content = bytearray(clips.film("zeros.mp4", "-movflags", "+faststart").read_bytes())
    media = content.index(b"mdat") + 4
    content[media:] = bytes(len(content) - media)
    with pytest.raises(Refused) as refused:
        probed(clips.bytes_as("zeroed.mp4", bytes(content)))
    assert refused.value.reason == "InputCorrupt"


@pytest.mark.parametrize(
    ("name", "content"), [("empty.mp4", b""), ("text.mp4", b"This is not a film.\n" * 50)]
)
def test_what_is_no_media_is_said_so(clips: Clips, name: str, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        probed(clips.bytes_as(name, content))
    assert refused.value.reason == "NoMedia"


def test_a_film_that_starts_late_on_its_own_clock_starts_at_zero(clips: Clips) -> None:
    plan = probed(clips.film("late.ts", seconds=4)).plan
    assert plan.video is not None
    assert plan.video.start_seconds > 1
    assert plan.chunks[0].seek_seconds == plan.video.start_seconds
    assert plan.duration_seconds == 4


def test_timecode_is_found(clips: Clips) -> None:
    file = clips.film("timecode.mov", "-timecode", "01:00:00:00", seconds=1)
    assert probed(file).report.probe.timecode == "01:00:00:00"


def test_no_pictures_are_made_where_none_are_asked_for(clips: Clips) -> None:
    plain = PROFILE.model_copy(update={"images": Images(thumbnails_every_seconds=0)})
    plan = probed(clips.film(), profile=plain).plan
    assert plan.images is None
    assert [chunk.stills for chunk in plan.chunks] == [None] * len(plan.chunks)
