"""How long whoever stands between may keep an answer. Pure.

RFC 8216bis appendix B.1: an answer that was waited for stays right for as long as it is listed;
the plain one for half a target duration. Nothing here depends on who asks.
"""

from media_runtime.live.clock import Targets

IMMUTABLE = "public, max-age=31536000, immutable"
"""Of what has its hash in its name."""
NEVER = "no-store"


def playlist(targets: Targets, *, named: bool, ended: bool) -> str:
    """`named`: the request said which part it is to hold, so that its answer never gets stale."""
    if ended:
        return "public, max-age=60"
    return f"public, max-age={6 * targets.segment if named else max(1, targets.segment // 2)}"


def lineup(targets: Targets) -> str:
    return f"public, max-age={targets.segment}"


def media(kept_seconds: int) -> str:
    """Parts and segments: their names are never used again."""
    return f"public, max-age={kept_seconds}, immutable"
