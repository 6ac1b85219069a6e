"""Story: a channel that records leaves a film of each programme, which plays like any other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import m3u8
import pytest

from cli.kinds import CHANNEL, MEDIA_ASSET
from crds.v1alpha1 import MediaAsset
from crds.v1alpha1.meta import Manifest
from tests.e2e import media, work
from tests.e2e.live_station import START_SECONDS, Station, channel, ladder, now
from tests.e2e.platform import Platform

NAME, PROFILE = "show", "e2e-recording"
PROGRAMME_SECONDS = 10
END_SECONDS = 30
MADE_SECONDS = 120
GONE_SECONDS = 120
AAC_SAMPLES = 1024
CODED_SECONDS = 0.1
"""Sound is in whole frames of 21 ms, and is primed with two of them each time it is coded."""


def show(namespace: str, **spec: Any) -> Manifest:  # noqa: ANN401 - as in YAML
    inputs = [{"name": "bars", "protocol": "Test", "priority": 1}]
    return channel(
        NAME, namespace, inputs=inputs, record=True, profileRef={"name": PROFILE}, **spec
    )


@pytest.fixture(scope="module")
def station(platform: Platform, tenant: str) -> Station:
    platform.apply(ladder(PROFILE, (180,)))
    return Station(platform, tenant, NAME)


@dataclass(frozen=True)
class Programme:
    """What was broadcast from a moment on, as players were told."""

    station: Station
    since: datetime

    def listed(self) -> tuple[float, bool]:
        """Seconds of it that are in the playlist, and whether it is over."""
        answer = media.get(f"{self.station.address}/180p.m3u8")
        if answer.status != 200:
            return 0.0, False
        playlist = m3u8.loads(answer.body.decode())  # type: ignore[no-untyped-call]
        # what led up to it, while the channel was off air, is listed as a gap
        whole = [one for one in playlist.segments if one.uri and not one.gap_tag]
        mine = [one.duration for one in whole if one.current_program_date_time > self.since]
        return sum(mine), bool(playlist.is_endlist)

    def ended(self) -> float:
        """Its seconds, once players were told that it is over."""

        def look() -> float:
            seconds, over = self.listed()
            return seconds if over else 0.0

        return self.station.platform.wait("ENDLIST", look, END_SECONDS, every=0.2)


def broadcast(station: Station) -> Programme:
    """On air for as long as a programme lasts."""
    programme = Programme(station, now())
    station.platform.apply(show(station.namespace))
    station.until_on_air("bars", START_SECONDS)
    station.platform.wait(
        "a programme", lambda: programme.listed()[0] >= PROGRAMME_SECONDS, START_SECONDS
    )
    return programme


def film(platform: Platform, name: str, namespace: str) -> MediaAsset:
    found = platform.until_settled(MEDIA_ASSET, name, namespace, MADE_SECONDS)
    assert isinstance(found, MediaAsset)
    return found


def plays(platform: Platform, asset: MediaAsset, seconds: float) -> None:
    """All of it can be decoded, and it lasts as long."""
    playlists = media.playlists(platform.url(asset))
    (video,), (audio,) = playlists.video, playlists.audio
    assert [media.complaints(url) for url in (video, audio)] == ["", ""]
    assert media.frame_count(video) == 30 * seconds
    sound = media.probe(audio, "-count_packets", "-show_streams")["streams"][0]
    heard = int(sound["nb_read_packets"]) * AAC_SAMPLES / int(sound["sample_rate"])
    assert heard == pytest.approx(seconds, abs=CODED_SECONDS)
    length = asset.status.duration_millis if asset.status else 0
    assert length == pytest.approx(1000 * seconds, abs=1000 * CODED_SECONDS)


def retiring(platform: Platform, namespace: str) -> list[str]:
    """What sweeps up after the channel, or did."""
    name = f"channel-{NAME}-retire-"
    jobs = [job for job in work.jobs(platform, namespace) if job.startswith(name)]
    return jobs + [str(pod["metadata"]["name"]) for pod in platform.pods(namespace, name)]


def test_a_programme_that_ends_because_its_channel_is_deleted_becomes_a_film_that_plays(
    platform: Platform, station: Station
) -> None:
    before = {one["metadata"]["name"] for one in platform.all_of(MEDIA_ASSET, station.namespace)}
    programme = broadcast(station)
    platform.delete(CHANNEL, NAME, station.namespace)
    seconds = programme.ended()
    platform.until_gone(CHANNEL, NAME, station.namespace, GONE_SECONDS)
    assert retiring(platform, station.namespace), "nobody swept up after it"
    assets = {one["metadata"]["name"] for one in platform.all_of(MEDIA_ASSET, station.namespace)}
    assert assets > before
    (name,) = assets - before
    plays(platform, film(platform, name, station.namespace), seconds)


def test_so_does_one_that_is_stopped(platform: Platform, station: Station) -> None:
    programme = broadcast(station)
    platform.apply(show(station.namespace, desiredState="Stopped"))
    seconds = programme.ended()

    def noted() -> dict[str, Any] | None:
        known = station.status().get("recordings") or []
        return known[0] if known and known[0].get("asset") else None

    told = platform.wait("status names the film", noted, END_SECONDS)
    began, over = (datetime.fromisoformat(told[name]) for name in ("began", "ended"))
    assert programme.since < began < over < now()
    assert (over - began).total_seconds() == seconds
    plays(platform, film(platform, told["asset"], station.namespace), seconds)


def test_what_swept_up_after_a_channel_goes_too(platform: Platform, station: Station) -> None:
    """After the other programme, so that most of its minute is over."""
    platform.wait(
        "what swept up gone",
        lambda: not retiring(platform, station.namespace),
        work.SWEPT_SECONDS,
    )
