"""RTMP's handshake (section 5.2): the plain one, which every publisher takes."""

from __future__ import annotations

import asyncio
import os

from media_runtime.contribution.refusal import BadBytes

VERSION = 3
_BYTES = 1536


async def shake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Returns when the chunk stream begins. Raises BadBytes, OSError."""
    try:
        version = (await reader.readexactly(1))[0]
        if version != VERSION:
            raise BadBytes(f"RTMP of version {version}")
        theirs = await reader.readexactly(_BYTES)
        # Time 0 and, where Flash looked for a version, zeros: no digest is in what follows.
        ours = bytes(8) + os.urandom(_BYTES - 8)
        writer.write(bytes((VERSION,)) + ours + theirs)
        await writer.drain()
        await reader.readexactly(_BYTES)
    except asyncio.IncompleteReadError as e:
        raise BadBytes("hung up in the handshake") from e
