"""Story: whatever I bring, it plays, or I am told within a minute what is wrong with it.

All jobs are applied at once, and each test waits for its own.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import pytest

from tests.e2e import media, work
from tests.e2e.clips import CLIPS
from tests.e2e.platform import Platform, condition, transcode_job

FAILS_WITHIN_SECONDS = 60
"""From the start of its first pod: with all of them at once, some wait for their turn."""
LIMIT_SECONDS = 420


@dataclass(frozen=True)
class Plays:
    width: int | None = 424
    height: int | None = 240
    seconds: float = 2
    sound: bool = True
    frames: int | None = None
    """Per rung, where the story depends on it."""


@dataclass(frozen=True)
class Fails:
    reasons: frozenset[str]


@dataclass(frozen=True)
class Either:
    """What is half broken may play with a warning, or be refused; nothing else."""

    plays: Plays
    fails: Fails


def fails(*reasons: str) -> Fails:
    return Fails(frozenset(reasons))


EXPECTED: Mapping[str, Plays | Fails | Either] = {
    "plain": Plays(frames=50),
    "no-audio": Plays(),
    "audio-only": Plays(width=None, height=None),
    "mono": Plays(),
    "surround": Plays(),
    "rotated-90": Plays(width=240, height=424),
    "rotated-180": Plays(),
    "rotated-270": Plays(width=240, height=424),
    "variable-rate": Plays(),
    "rate-23-976": Plays(frames=48),
    "rate-29-97": Plays(frames=60),
    "rate-59-94": Plays(),
    "interlaced": Plays(),
    "hdr10": Plays(),
    "hlg": Plays(),
    "anamorphic": Plays(width=None, height=240),
    "odd-size": Plays(width=None, height=240, seconds=1),
    "one-second": Plays(seconds=1, frames=25),
    "one-frame": Plays(seconds=0.04, frames=1),
    "truncated": Either(Plays(), fails("InputCorrupt")),
    "bit-flipped": Either(Plays(), fails("InputCorrupt")),
    "empty": fails("InputCorrupt", "NoMedia"),
    "text": fails("InputCorrupt", "UnsupportedCodec", "NoMedia"),
}


@pytest.fixture(scope="module")
def submitted(platform: Platform, tenant: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every clip made, brought and applied as a job of its own name."""
    folder = tmp_path_factory.mktemp("clips")

    def bring(name: str) -> None:
        clip = folder / f"{name}.mp4"
        CLIPS[name](clip)
        # The command refuses an empty file; whoever has the store's key can write one.
        platform.bucket.put(f"{tenant}/uploads/{clip.name}", clip.read_bytes())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bring, CLIPS))
    for name in EXPECTED:
        uri = f"s3://{platform.endpoints.bucket}/{tenant}/uploads/{name}.mp4"
        platform.apply(transcode_job(name, tenant, uri))


def test_every_clip_has_an_expectation() -> None:
    assert EXPECTED.keys() == CLIPS.keys()


@pytest.mark.usefixtures("submitted")
@pytest.mark.parametrize("name", EXPECTED)
def test_it_plays_or_fails_with_its_reason(platform: Platform, tenant: str, name: str) -> None:
    job = platform.until_job_ended(name, tenant, LIMIT_SECONDS)
    expected = EXPECTED[name]
    status, reason = condition(job, "Failed")
    if isinstance(expected, Either):
        expected = expected.fails if status == "True" else expected.plays
        broken = True
    else:
        broken = False
    if isinstance(expected, Fails):
        assert (status, reason in expected.reasons) == ("True", True), reason
        timing = job.status.timing if job.status else None
        assert timing is not None
        assert timing.completed_at is not None
        began = work.first_start(platform.pods(tenant, f"{name}-"))
        took = (timing.completed_at - began).total_seconds()
        assert took <= FAILS_WITHIN_SECONDS
        assert not platform.bucket.names(f"{tenant}/published/{name}.json"), "published early"
        return
    assert condition(job, "Complete")[0] == "True", reason
    found = media.playlists(platform.url(job))
    assert bool(found.audio or expected.width is None) is expected.sound
    for url in found.all:
        assert media.complaints(url) == "", url
    if not broken:
        _has_shape(found, expected)


def _has_shape(found: media.Playlists, expected: Plays) -> None:
    if expected.height is None:
        return
    top = found.video[-1]
    stream = max((media.stream(url) for url in found.video), key=lambda s: s["height"])
    assert stream["height"] == expected.height
    if expected.width is not None:
        assert stream["width"] == expected.width
    assert stream.get("sample_aspect_ratio", "1:1") == "1:1"
    # Whatever came in: every rung of this ladder is SDR, progressive and upright.
    assert stream.get("color_transfer") not in {"smpte2084", "arib-std-b67"}
    assert stream.get("field_order", "progressive") == "progressive"
    assert not [side for side in stream.get("side_data_list", []) if "rotation" in side]
    frames = media.frame_count(top)
    if expected.frames is not None:
        assert frames == expected.frames
    assert abs(frames / Fraction(stream["r_frame_rate"]) - expected.seconds) <= 0.1
    keys = [media.key_frames(url) for url in found.video]
    assert all(k == keys[0] for k in keys), "rungs do not switch at the same instants"
