"""Fixtures for stories of a channel with two encoders: it is on air, watched and audited."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from tests.e2e.live_auditor import Auditor
from tests.e2e.live_proxy import Proxy
from tests.e2e.live_station import START_SECONDS, Station
from tests.e2e.live_studio import NAME, Studio, manifests
from tests.e2e.live_viewers import LiveViewers
from tests.e2e.platform import Platform

MOST_REBUFFERS = 1
"""Of a player 1.4 s behind, over a story: two browsers, two encoders and a cluster share two cores.
The long stories, which are run alone, allow none."""


@pytest.fixture(scope="module")
def studio(platform: Platform, tenant: str, leaving: list[str]) -> Iterator[Studio]:
    """The channel on air with its slate, and nobody publishing yet, nor another that still ends."""
    for name in leaving:
        platform.drop_namespace(name)
    platform.apply(*manifests(tenant))
    found = Station(platform, tenant, NAME)
    urls = [found.publishing(name)["url"] for name in ("primary", "backup")]
    made = Studio(platform, tenant, NAME, Proxy(urls[0]), urls[1])
    made.until_on_air("slate", START_SECONDS)
    made.until_it_plays()
    yield made
    made.close()


@pytest.fixture(scope="module")
def auditor(studio: Studio) -> Iterator[Auditor]:
    """Reads the low rung's playlist from first to last, without delta updates."""
    found = Auditor(f"{studio.address}/180p.m3u8")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def viewers(platform: Platform, studio: Studio, browser: Browser) -> Iterator[LiveViewers]:
    """hls.js and Shaka at once; they were there before the first encoder, and stay."""
    page = f"{platform.endpoints.origin_url}/watch/live/{studio.namespace}.{NAME}"
    found = platform.do(LiveViewers.open(browser, page, ("hls", "dash")))
    yield found
    platform.do(found.close())


@pytest.fixture
def watched(
    platform: Platform,
    studio: Studio,
    viewers: LiveViewers,
    auditor: Auditor,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """All that a viewer must not notice, over the story that asks for this."""
    most = 0 if request.node.get_closest_marker("soak") else MOST_REBUFFERS
    studio.both_well()
    platform.do(viewers.forget())
    before = platform.do(viewers.told())
    auditor.wrong.clear()
    auditor.forget_pause()
    yield
    after = platform.do(viewers.told())
    assert auditor.wrong == []
    assert auditor.longest_pause < 5, "no new segment for so long"
    for engine, told in after.items():
        assert told.fatal == [], engine
        assert told.backwards == [], f"{engine}: {told.errors}"
        assert len(told.pauses) <= most, f"{engine}: {told.waits}, {told.errors}"
        assert told.position > before[engine].position, engine
