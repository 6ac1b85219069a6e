"""A viewer who has watched for so long that the player lets go of what was shown."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route

from media_runtime.store import StoreSettings

from .airing import on_air, order
from .watching import STANDING

WATCHED_SECONDS = 30
LONGEST_MILLIS = 1000
"""That the picture stands still for; where it went wrong, it was for three seconds."""
# A player that lets go six times as soon; the browser is so slow at it that a part comes in.
LETS_GO = """
const scaled = (config) => ({ ...config, backBufferLength: config.backBufferLength / 6 });
window.Hls = new Proxy(window.Hls, {
  construct: (Hls, [config]) => new Hls(scaled(config)),
});
const remove = SourceBuffer.prototype.remove;
SourceBuffer.prototype.remove = function (...range) {
  setTimeout(() => remove.apply(this, range), 400);
};
"""


def _letting_go(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=f"{answer.text()};{LETS_GO}")


def test_what_was_shown_is_let_go_without_a_pause(
    page: Page,
    origin: str,
    pod_ports: dict[str, int],
    store_settings: StoreSettings,
    tmp_path: Path,
) -> None:
    """At 30 frames a second, where a segment's end is told a microsecond early."""
    what = order("long", "uid-long").model_copy(update={"frame_rate": "30"})
    with on_air(what, pod_ports["long"], store_settings.endpoint, tmp_path):
        page.route(re.compile("hls.min.js"), _letting_go)
        page.goto(f"{origin}/watch/live/demo.long?engine=hls&muted=1")
        page.wait_for_function("() => streamverse.ready")
        page.evaluate(STANDING)
        position = "document.querySelector('video').currentTime"
        until = page.evaluate(position) + WATCHED_SECONDS
        page.wait_for_function(f"until => {position} > until", arg=until, timeout=90_000)
        standing = page.evaluate("() => window.standing")
        page.unroute_all(behavior="ignoreErrors")
        # Before the channel goes, which it would complain of.
        page.close()
    assert standing["emptied"] == 0
    assert standing["longest"] < LONGEST_MILLIS
