"""What goes wrong with the encoders of a channel, and what must become of it on air."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.live_publishers import Camera
from tests.e2e.live_station import now
from tests.e2e.live_studio import BLACK, CLEAR, FREEZE, LOSS, SILENCE, Studio

SLACK_SECONDS = 1.0
"""How much later than its threshold a switch may be."""
RETURN_SECONDS = CLEAR + 6
_REPEAT, _BY_SRT = 1.0, 0.5
"""Seconds: of lossBehavior, and what SRT's latency may hold back of a dead encoder."""


def reset(studio: Studio, camera: Camera) -> None:
    camera.stop()  # it may not come back by itself
    studio.proxy.reset()


def _repaired(_: Studio, camera: Camera) -> None:
    camera.do("well")


def _replaced(studio: Studio, _: Camera) -> None:
    studio.roll_camera()


@dataclass(frozen=True)
class Fault:
    does: Callable[[Studio, Camera], None]
    threshold: float
    repair: Callable[[Studio, Camera], None]
    reasons: tuple[str, ...]


FAULTS = {
    "its connection is reset": Fault(reset, LOSS, _replaced, ("InputLost", "Erroring")),
    "it stands still": Fault(
        lambda _, camera: camera.stop(), LOSS, _replaced, ("InputLost", "Erroring")
    ),
    "its picture is frozen": Fault(lambda _, c: c.do("freeze"), FREEZE, _repaired, ("Frozen",)),
    "its picture is black": Fault(lambda _, c: c.do("black"), BLACK, _repaired, ("Black",)),
    "it is silent": Fault(lambda _, c: c.do("silence"), SILENCE, _repaired, ("Silent",)),
}


def backup_takes_over(studio: Studio, fault: Fault) -> None:
    """In time, and the primary comes back once it was well for long enough."""
    camera = studio.both_well()
    moment = now()
    fault.does(studio, camera)
    took, reason = studio.switch_after(moment, "backup", fault.threshold + 10)
    assert reason in fault.reasons
    assert took <= fault.threshold + SLACK_SECONDS
    if fault.does is reset:
        told_after, told_reason = studio.status_tells(moment, "backup")
        assert (round(told_after, 2), told_reason) == (round(took, 2), reason)
    moment = now()
    fault.repair(studio, camera)
    back, _ = studio.switch_after(moment, "primary", RETURN_SECONDS + 10)
    assert back >= CLEAR - 0.5, "it was trusted too early"


def both_gone(studio: Studio, seconds: float) -> None:
    """The slate for as long as that, told of in status, and then the primary at once."""
    camera = studio.both_well()
    moment = now()
    studio.lose_backup()
    reset(studio, camera)
    took, _ = studio.switch_after(moment, "slate", 15)
    assert took <= LOSS + _REPEAT + _BY_SRT + SLACK_SECONDS
    time.sleep(seconds)  # the fault itself: this is how long it lasts
    assert studio.on_air() == "slate"
    studio.status_tells(moment, "slate")
    told = {c["type"]: c["status"] for c in studio.status()["conditions"]}
    assert told.get("SlateActive") == "True"
    _, connected = studio.camera_back()
    back, _ = studio.switch_after(connected, "primary", 15)
    assert back <= 6, "from the slate a steady second is enough"
