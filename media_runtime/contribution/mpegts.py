"""MPEG-TS (ISO/IEC 13818-1) from a publisher: whole packets, and where one may begin. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusal import BadBytes
from .tables import PAT_PID, Tables
from .unit import Entry, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKET_BYTES = 188
_SYNC = 0x47
_NULL_PID = 0x1FFF
_MAX_NOISE_BYTES = 64 << 10
"""Without two packets in a row: that is no transport stream."""


class TsUnits:
    """Fed as bytes come, in any pieces."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._noise = 0
        self._tables = Tables()

    def feed(self, data: bytes) -> Iterator[Unit]:
        """The whole packets so far; a unit begins at each place that may be entered.

        Raises BadBytes.
        """
        self._held += data
        run = bytearray()
        entry: Entry | None = None
        at = 0
        while len(self._held) - at >= PACKET_BYTES:
            if self._held[at] != _SYNC:
                at += self._noise_at(at)
                continue
            packet = bytes(self._held[at : at + PACKET_BYTES])
            at += PACKET_BYTES
            pid = (packet[1] & 0x1F) << 8 | packet[2]
            if pid == _NULL_PID:
                continue
            here = self._looked_at(pid, packet)
            if here is not None and run:
                yield Unit(bytes(run), entry)
                run.clear()
            entry = here if not run else entry
            run += packet
        del self._held[:at]
        if run:
            self._noise = 0
            yield Unit(bytes(run), entry)

    def _looked_at(self, pid: int, packet: bytes) -> Entry | None:
        tables = self._tables
        if pid in (PAT_PID, tables.pmt_pid):
            tables.take(pid, packet)
            return None
        if pid != tables.entry_pid or not tables.may_enter(packet):
            return None
        return Entry(header=b"", prelude=tables.packets)

    def _noise_at(self, at: int) -> int:
        """How many bytes are to be left out until a packet may begin."""
        found = self._held.find(_SYNC, at + 1)
        skipped = (found if found >= 0 else len(self._held)) - at
        self._noise += skipped
        if self._noise > _MAX_NOISE_BYTES:
            raise BadBytes("this is no MPEG transport stream")
        return skipped
