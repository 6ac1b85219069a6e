"""A fragmented MP4 that still grows, read as it comes: bytes in, fragments out. No I/O.

It holds one fragment at most, and refuses one that could not be an encoder's.
"""

from media_runtime.cmaf import Fragment, Header, read_fragments, read_header
from media_runtime.cmaf.boxes import Bytes, Malformed, walk, whole
from media_runtime.cmaf.samples import Defaults, read_defaults

MOST_BYTES = 64 << 20
"""Of one box. Two seconds of UHD at 100 Mbit/s are 25 MB."""


class FragmentStream:
    """Cares nothing for where the bytes are cut: `feed` with one at a time gives the same."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.header: Header | None = None
        """From the moov; there before the first fragment is."""
        self._most_bytes = most_bytes
        self._rest = bytearray()
        self._defaults = Defaults()
        self._moof = b""

    def feed(self, piece: Bytes) -> list[Fragment]:
        """The fragments that these bytes complete. Raises Malformed, after which it is useless."""
        self._rest += piece
        found = []
        while (size := self._complete()) is not None:
            content = bytes(memoryview(self._rest)[:size])
            del self._rest[:size]
            found += self._take(content)
        return found

    def _complete(self) -> int | None:
        """Bytes of the box at the front once all of them are there."""
        size = whole(self._rest)
        if size is None:
            return None
        if self._rest[:4] == b"\0\0\0\0" or not 8 <= size <= self._most_bytes:
            kind = bytes(self._rest[4:8])
            raise Malformed(f"{kind!r} claims {size} bytes, of {self._most_bytes} at most")
        return size if size <= len(self._rest) else None

    def _take(self, content: bytes) -> list[Fragment]:
        match content[4:8]:
            case b"moov":
                self.header = read_header(content)
                self._defaults = read_defaults(next(walk(content)))
            case b"moof":
                self._moof = content
            case b"mdat" if self._moof:
                fragment = list(read_fragments(self._moof + content, self._defaults))
                self._moof = b""
                return fragment
        return []
