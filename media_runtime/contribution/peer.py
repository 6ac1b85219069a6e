"""Who is at the other end of a connection, as logs and the audit name him."""

import asyncio


def peer_of(writer: asyncio.StreamWriter) -> str:
    where = writer.get_extra_info("peername")
    return spelled(where[0], where[1]) if where else ""


def spelled(host: str, port: int) -> str:
    """As 192.0.2.1:4711 or [2001:db8::1]:4711."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
