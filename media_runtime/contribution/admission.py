"""Whether a publisher is let in, from what the pods of a channel answered. Pure."""

from collections.abc import Iterable

from media_runtime.live.line import ADMITTED, Verdict

# A key that is wrong for one pod is wrong; a pod that somebody is on already tells of a rival even
# where another pod, just started, has not met him.
_GRAVITY = ("WrongKey", "UnknownInput", "WrongProtocol", "InUse")


def judge(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """One verdict of all; None where no pod gave any (None stands for a pod that is away).

    A refusal by any pod is a refusal: of two publishers on one key, and two pods that meet them in
    another order, at most one must be on air.
    """
    given = [verdict for verdict in verdicts if verdict is not None]
    refusals = [verdict for verdict in given if not verdict.admitted]
    if refusals:
        return min(refusals, key=lambda one: _GRAVITY.index(one.reason or "InUse"))
    return ADMITTED if given else None
