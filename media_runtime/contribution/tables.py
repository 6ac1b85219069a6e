"""A transport stream's PAT and PMT: what it has, and what a decoder must see first. Pure."""

from __future__ import annotations

from typing import NamedTuple

PAT_PID = 0
_MAX_PMT_PACKETS = 8
"""A section is at most 1,024 bytes, so 6 packets (ISO/IEC 13818-1 section 2.4.4.8)."""
_H264, _HEVC = 0x1B, 0x24
_PICTURES = frozenset({0x01, 0x02, 0x10, _H264, _HEVC, 0x33, 0x42, 0xD1})
_SOUND = frozenset({0x03, 0x04, 0x0F, 0x11, 0x81, 0x87, 0x06})


class _Elementary(NamedTuple):
    kind: int
    pid: int


class Tables:
    """The newest of the first programme."""

    def __init__(self) -> None:
        self.pmt_pid = -1
        self.entry_pid = -1
        """The pictures'; of a stream without pictures, its first sound's."""
        self._kind = 0
        self._pat = b""
        self._pmt: list[bytes] = []
        self._whole_pmt = b""

    @property
    def packets(self) -> bytes:
        return self._pat + self._whole_pmt

    def take(self, pid: int, packet: bytes) -> None:
        """A packet of PAT_PID or `pmt_pid`."""
        begins = bool(packet[1] & 0x40)
        if pid == PAT_PID:
            if begins:
                self._pat = packet
                self._read_pat(_section(payload(packet)))
            return
        if begins:
            self._pmt = []
        if begins or self._pmt:
            self._pmt = [*self._pmt, packet][-_MAX_PMT_PACKETS:]
            section = _section(b"".join(map(payload, self._pmt)))
            if section:
                self._whole_pmt = b"".join(self._pmt)
                self._pmt = []
                self._read_pmt(section)

    def may_enter(self, packet: bytes) -> bool:
        """Whether a decoder may begin at this packet of `entry_pid`."""
        if not packet[1] & 0x40:
            return False
        if self._kind not in _PICTURES:
            return True
        adapted = packet[3] & 0x20 and packet[4]
        if adapted and packet[5] & 0x40:  # random_access_indicator
            return True
        # Some never set it: parameter sets or a picture of its own at the head tell as much.
        return self._begins_anew(payload(packet))

    def _begins_anew(self, pes: bytes) -> bool:
        if self._kind not in (_H264, _HEVC) or len(pes) < 9:
            return False
        at = 9 + pes[8]
        while 0 <= (at := pes.find(b"\0\0\1", at)) < len(pes) - 3:
            head = pes[at + 3]
            kind = head & 31 if self._kind == _H264 else head >> 1 & 63
            if kind in ((5, 7) if self._kind == _H264 else (19, 20, 21, 32, 33)):
                return True
            at += 3
        return False

    def _read_pat(self, section: bytes) -> None:
        """Section 2.4.4.3."""
        for at in range(8, len(section) - 4 - 3, 4):
            if section[at : at + 2] != b"\0\0":  # 0 is the network's own table
                self._follow((section[at + 2] & 0x1F) << 8 | section[at + 3])
                return

    def _follow(self, pmt_pid: int) -> None:
        if pmt_pid != self.pmt_pid:
            self.pmt_pid, self.entry_pid = pmt_pid, -1
            self._pmt, self._whole_pmt = [], b""

    def _read_pmt(self, section: bytes) -> None:
        """Section 2.4.4.8."""
        streams, end = [], len(section) - 4
        at = 12 + ((section[10] & 0x0F) << 8 | section[11]) if end > 12 else end
        while at + 5 <= end:
            streams.append(
                _Elementary(section[at], (section[at + 1] & 0x1F) << 8 | section[at + 2])
            )
            at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
        for wanted in (_PICTURES, _SOUND):
            for stream in streams:
                if stream.kind in wanted:
                    self._kind, self.entry_pid = stream
                    return


def payload(packet: bytes) -> bytes:
    """Section 2.4.3: what is behind the header and the adaptation field."""
    if not packet[3] & 0x10:
        return b""
    return packet[5 + packet[4] :] if packet[3] & 0x20 else packet[4:]


def _section(data: bytes) -> bytes:
    """The first section behind the pointer; empty while it is not whole."""
    at = 1 + data[0] if data else 0
    if len(data) < at + 3:
        return b""
    end = at + 3 + ((data[at + 1] & 0x0F) << 8 | data[at + 2])
    return data[at:end] if end <= len(data) else b""
