"""What ffmpeg said: counted whole, kept in part, and fit to be shown to a person."""

import re
from dataclasses import dataclass, field

_WHERE = re.compile(r"\[[\w.,/ -]+ @ 0x[0-9a-f]+\] ?")
_LEVEL = re.compile(r"\[(warning|error|fatal|panic)\] ?")
_LOCAL = re.compile(r"(?:file:)?(?:/[^\s/'\":]+){2,}")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_LINE_CHARACTERS = 200

FORGET = "streamverse=forget"
"""A line that a filter graph may print: what was said before was of pictures nobody wanted."""
_KEPT_FIRST, _KEPT_LAST = 20, 20


@dataclass
class Messages:
    """Fed with stderr as it comes; memory stays bounded however much is said."""

    count: int = 0
    """Lines of level warning or worse."""
    errors: int = 0
    """Of these, lines of level error or worse."""
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    first_error: str = ""
    _rest: bytes = b""

    def feed(self, piece: bytes) -> None:
        *lines, rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._take(line)
        self._rest = rest[: 8 * _LINE_CHARACTERS]

    def close(self) -> None:
        self._take(self._rest)
        self._rest = b""

    def _take(self, raw: bytes) -> None:
        line = raw.decode("ascii", "replace").strip()
        if not line:
            return
        if line == FORGET:
            self.count, self.errors, self.first_error = 0, 0, ""
            self.first, self.last = [], []
            return
        self.count += 1
        level = _LEVEL.search(line)
        shown = presentable(line)
        if level is not None and level[1] != "warning":
            self.errors += 1
            self.first_error = self.first_error or shown
        if len(self.first) < _KEPT_FIRST:
            self.first.append(shown)
        else:
            self.last = [*self.last[-(_KEPT_LAST - 1) :], shown]

    def mention(self, *phrases: str) -> bool:
        """Whether any of these was said, as far as lines were kept."""
        return any(phrase in line for line in (*self.first, *self.last) for phrase in phrases)

    def gist(self) -> str:
        """The first complaint, which is most often the cause; an error's before a warning's."""
        return self.first_error or (self.first[0] if self.first else "no message")


def presentable(line: str) -> str:
    """Without addresses of memory, paths of ours and bytes of the file that are not text."""
    bare = _LEVEL.sub("", _WHERE.sub("", line), count=1)
    return _UNPRINTABLE.sub("?", _LOCAL.sub("the file", bare))[:_LINE_CHARACTERS].strip()
