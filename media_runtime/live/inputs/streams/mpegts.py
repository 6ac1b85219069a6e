"""MPEG transport streams (ISO/IEC 13818-1), as SRT publishers send them. Pure."""

from __future__ import annotations

from .unit import Broken, Unit

PACKET = 188
_SYNC = 0x47
_LOST_BYTES = 1 << 20
"""So much without a packet is no transport stream."""
_SECTION_BYTES = 1024
_VIDEO_TYPES = frozenset({0x01, 0x02, 0x10, 0x1B, 0x24, 0x33, 0xEA})
"""MPEG-1, MPEG-2, MPEG-4 part 2, H.264, H.265, H.266, VC-1 (Blu-ray's)."""
_H265_TYPES = frozenset({0x24})


class MpegTsSplitter:
    """Cuts before each packet that begins a key frame; nothing is held back but half a packet."""

    def __init__(self) -> None:
        self._rest = b""
        self._lost = 0
        self._tables: dict[int, _Table] = {0: _Table()}
        self._video: dict[int, int] = {}
        """Of each stream with pictures: its PID and type."""
        self.streams: tuple[tuple[int, int], ...] = ()
        """PID and type of all: a decoder that has begun does not follow when they change."""

    @property
    def prelude(self) -> bytes:
        if not self._video:
            return b""
        return b"".join(table.packets for table in self._tables.values())

    def feed(self, piece: bytes) -> list[Unit]:
        data, at = self._rest + piece, 0
        units: list[Unit] = []
        while len(data) - at >= PACKET:
            whole = _in_sync(data, at)
            if whole:
                self._lost = 0
                units += self._cut(data[at : at + whole * PACKET])
                at += whole * PACKET
                continue
            found = data.find(_SYNC, at + 1)
            self._lose((len(data) if found < 0 else found) - at)
            at = len(data) if found < 0 else found
        self._rest = data[at:]
        return units

    def _lose(self, skipped: int) -> None:
        self._lost += skipped
        if self._lost > _LOST_BYTES:
            raise Broken("there are no transport stream packets")

    def _cut(self, packets: bytes) -> list[Unit]:
        """Only packets with payload_unit_start_indicator, and those of tables, are looked at."""
        units, begun, key = [], 0, False
        for n, flags in enumerate(packets[1::PACKET]):
            at = n * PACKET
            pid = (flags & 0x1F) << 8 | packets[at + 2]
            if pid in self._tables:
                self._table(pid, packets[at : at + PACKET])
            elif flags & 0x40 and pid in self._video:
                packet = packets[at : at + PACKET]
                if _begins_key_frame(packet, self._video[pid]):
                    if at > begun:
                        units.append(Unit(packets[begun:at], key))
                    begun, key = at, True
        units.append(Unit(packets[begun:], key))
        return units

    def _table(self, pid: int, packet: bytes) -> None:
        section = self._tables[pid].add(packet)
        if section is None:
            return
        if pid == 0:
            self._associate(section)
        elif section[0] == 0x02:
            self._map(section)

    def _associate(self, section: bytes) -> None:
        """Programme association table, 2.4.4.3: the first programme's map."""
        for at in range(8, len(section) - 7, 4):
            programme = int.from_bytes(section[at : at + 2])
            pid = int.from_bytes(section[at + 2 : at + 4]) & 0x1FFF
            if programme != 0:
                if pid not in self._tables:
                    self._tables = {0: self._tables[0], pid: _Table()}
                    self._video = {}
                return

    def _map(self, section: bytes) -> None:
        """Programme map table, 2.4.4.8."""
        at = 12 + (int.from_bytes(section[10:12]) & 0xFFF)
        streams = []
        while at + 5 <= len(section) - 4:
            kind, pid = section[at], int.from_bytes(section[at + 1 : at + 3]) & 0x1FFF
            streams.append((pid, kind))
            at += 5 + (int.from_bytes(section[at + 3 : at + 5]) & 0xFFF)
        self.streams = tuple(streams)
        self._video = {pid: kind for pid, kind in streams if kind in _VIDEO_TYPES}


class _Table:
    """The newest section of one PID, and the packets that it came in."""

    def __init__(self) -> None:
        self.packets = b""
        self._coming: list[bytes] = []
        self._section = b""

    def add(self, packet: bytes) -> bytes | None:
        """The section, if this packet ends one."""
        payload = _payload(packet)
        if packet[1] & 0x40 and payload:
            self._coming, self._section = [packet], payload[1 + payload[0] :]
        elif self._coming:
            self._coming.append(packet)
            self._section += payload
        length = 3 + (int.from_bytes(self._section[1:3]) & 0xFFF)
        if not self._coming or len(self._section) < min(length, _SECTION_BYTES):
            return None
        self.packets, self._coming = b"".join(self._coming), []
        return self._section[:length]


def _in_sync(data: bytes, at: int) -> int:
    """How many whole packets from here on begin as packets do; one alone may be chance."""
    if data[at] != _SYNC or (at + PACKET < len(data) and data[at + PACKET] != _SYNC):
        return 0
    firsts = data[at : at + (len(data) - at) // PACKET * PACKET : PACKET]
    return len(firsts) - len(firsts.lstrip(b"\x47"))


def _payload(packet: bytes) -> bytes:
    at = 4
    if packet[3] & 0x20:
        at += 1 + packet[4]
    return packet[at:] if packet[3] & 0x10 else b""


def _begins_key_frame(packet: bytes, kind: int) -> bool:
    """By the random_access_indicator, or by what the picture begins with where that is not set."""
    if packet[3] & 0x20 and packet[4] > 0 and packet[5] & 0x40:
        return True
    payload = _payload(packet)
    return payload[:3] == b"\x00\x00\x01" and _begins_sequence(payload[9:], kind)


def _begins_sequence(picture: bytes, kind: int) -> bool:
    at = picture.find(b"\x00\x00\x01")
    while 0 <= at < len(picture) - 3:
        first = picture[at + 3]
        if kind in _H265_TYPES:
            if first >> 1 & 0x3F in (16, 17, 18, 19, 20, 21, 32, 33):
                return True
        elif kind == 0x1B:
            if first & 0x1F in (5, 7):
                return True
        elif first in (0xB3, 0xB0):  # MPEG-2's sequence header, MPEG-4's visual object sequence
            return True
        at = picture.find(b"\x00\x00\x01", at + 3)
    return False
