"""What an exit of ffmpeg means for the step: go on, refuse for good, or try again."""

from media_runtime.failure import Reason, Refused, ScratchFull, TryAgain

from .runner import Ended

# "Cannot allocate memory" is not among them: it is what a hostile header's sizes run into, while
# a pod that is really out of memory is killed.
_NODE_PRESSED = (
    "Resource temporarily unavailable",
    "Too many open files",
)
_OUT_OF_ROOM = ("No space left on device", "Disk quota exceeded")


def require_success(ended: Ended, reason: Reason, doing: str) -> None:
    """Nothing if it ended well.

    TryAgain if a signal killed it (memory, a drained node) or the node had nothing left to give,
    ScratchFull if that was room on its disk; else Refused with `reason`, and a sentence that
    begins with what we were `doing`.
    """
    if ended.code == 0:
        return
    if ended.code < 0:
        raise TryAgain(f"{doing}: killed by signal {-ended.code}")
    if ended.messages.mention(*_OUT_OF_ROOM):
        raise ScratchFull(f"{doing}: {ended.messages.gist()}")
    if ended.messages.mention(*_NODE_PRESSED):
        raise TryAgain(f"{doing}: {ended.messages.gist()}")
    if ended.messages.mention("not on whitelist", "Codec is not supported"):
        raise Refused("UnsupportedCodec", f"{doing}: {ended.messages.gist()}")
    raise Refused(reason, f"{doing}: {ended.messages.gist()}")
