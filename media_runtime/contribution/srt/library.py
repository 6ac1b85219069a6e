"""libsrt 1.5 as Python sees it: the calls that are made of it, typed, and its errors. No policy."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable
from ctypes import byref, c_char, c_char_p, c_int, c_int64, c_void_p, sizeof
from typing import Final

from media_runtime.contribution.peer import spelled

NAMES: Final = ("libsrt-gnutls.so.1.5", "libsrt.so.1.5")
"""Debian has it over GnuTLS, which its ffmpeg brings, and over OpenSSL."""

# srt.h: enum SRT_SOCKOPT
RCVSYN: Final = 2
LINGER: Final = 7
PASSPHRASE: Final = 26
RCVLATENCY: Final = 43
STREAMID: Final = 46
PEERIDLETIMEO: Final = 55

EPOLL_IN: Final = 0x1
EPOLL_ERR: Final = 0x8
NO_DATA_YET: Final = 6002
"""SRT_EASYNCRCV"""
LOG_CRITICAL: Final = 2
MAX_MESSAGE_BYTES: Final = 1456
MAX_STREAMID_BYTES: Final = 512

# access_control.h
BAD_REQUEST: Final = 1400
OVERLOAD: Final = 1402
BAD_MODE: Final = 1405


class SrtError(OSError):
    """What libsrt said went wrong."""


class _Event(ctypes.Structure):
    _fields_ = (("socket", c_int), ("events", c_int))


class _Address(ctypes.Structure):
    """Of struct sockaddr_storage, the bytes."""

    _fields_ = (("bytes", c_char * 128),)


ListenHook = Callable[[int, str, str], int]
"""Socket, peer, streamid → 0, or the code of a refusal."""

_HOOK = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_void_p, c_char_p)
_BATCH = 64


class Library:
    """One per process may be open; each call is safe from any thread."""

    def __init__(self) -> None:
        self._srt = _loaded()
        self._srt.srt_startup()
        self._srt.srt_setloglevel(LOG_CRITICAL)
        self._hooks: list[object] = []

    def close(self) -> None:
        """Waits until libsrt's own threads are gone."""
        self._srt.srt_cleanup()

    def socket(self) -> int:
        return self._checked(self._srt.srt_create_socket())

    def set_number(self, sock: int, option: int, value: int) -> None:
        held = c_int(value)
        self._checked(self._srt.srt_setsockflag(sock, option, byref(held), sizeof(held)))

    def set_text(self, sock: int, option: int, value: bytes) -> None:
        self._checked(self._srt.srt_setsockflag(sock, option, value, len(value)))

    def streamid(self, sock: int) -> str:
        buffer = ctypes.create_string_buffer(MAX_STREAMID_BYTES + 1)
        size = c_int(sizeof(buffer))
        self._checked(self._srt.srt_getsockflag(sock, STREAMID, buffer, byref(size)))
        return buffer.raw[: size.value].decode("utf-8", "replace")

    def listen(self, sock: int, host: str, port: int, backlog: int) -> int:
        """The port, which is another one where 0 was asked for."""
        packed = _packed(host, port)
        self._checked(self._srt.srt_bind(sock, packed, len(packed)))
        self._checked(self._srt.srt_listen(sock, backlog))
        return self._named(self._srt.srt_getsockname, sock)[1]

    def ask_before_accepting(self, sock: int, hook: ListenHook) -> None:
        """`hook` is called on libsrt's thread, on which all callers wait: it must be quick."""

        def asked(_: object, caller: int, __: int, peer: int, streamid: bytes | None) -> int:
            where = _unpacked(ctypes.string_at(peer, 28))
            code = hook(caller, spelled(*where), (streamid or b"").decode("utf-8", "replace"))
            if code:
                self._srt.srt_setrejectreason(caller, code)
            return -1 if code else 0

        kept = _HOOK(asked)
        self._hooks.append(kept)
        self._checked(self._srt.srt_listen_callback(sock, kept, None))

    def accept(self, sock: int) -> int | None:
        """None: nobody is there any more."""
        caller = int(self._srt.srt_accept(sock, None, None))
        return caller if caller >= 0 else None

    def peer(self, sock: int) -> str:
        return spelled(*self._named(self._srt.srt_getpeername, sock))

    def receive(self, sock: int) -> bytes | None:
        """One message; None: there is none yet. Raises SrtError when the connection is no more."""
        buffer = ctypes.create_string_buffer(MAX_MESSAGE_BYTES)
        count = int(self._srt.srt_recvmsg(sock, buffer, MAX_MESSAGE_BYTES))
        if count >= 0:
            return buffer.raw[:count]
        if self._srt.srt_getlasterror(None) == NO_DATA_YET:
            return None
        raise self._error()

    def close_socket(self, sock: int) -> None:
        self._srt.srt_close(sock)

    def epoll(self) -> int:
        made = self._checked(self._srt.srt_epoll_create())
        # An empty one is one that is waited for, not an error.
        self._srt.srt_epoll_set(made, 1)
        return made

    def watch(self, epoll: int, sock: int) -> None:
        events = c_int(EPOLL_IN | EPOLL_ERR)
        self._checked(self._srt.srt_epoll_add_usock(epoll, sock, byref(events)))

    def wait(self, epoll: int, millis: int) -> list[tuple[int, int]]:
        """Sockets with something to read or with an end, at most some at a time."""
        events = (_Event * _BATCH)()
        count = int(self._srt.srt_epoll_uwait(epoll, events, _BATCH, c_int64(millis)))
        return [(one.socket, one.events) for one in events[: max(0, count)]]

    def release(self, epoll: int) -> None:
        self._srt.srt_epoll_release(epoll)

    def _named(self, call: Callable[..., int], sock: int) -> tuple[str, int]:
        address, size = _Address(), c_int(sizeof(_Address))
        self._checked(call(sock, byref(address), byref(size)))
        return _unpacked(bytes(address))

    def _checked(self, result: int) -> int:
        if result < 0:
            raise self._error()
        return int(result)

    def _error(self) -> SrtError:
        said: bytes = self._srt.srt_getlasterror_str()
        return SrtError(said.decode(errors="replace"))


def _loaded() -> ctypes.CDLL:
    for name in NAMES:
        try:
            srt = ctypes.CDLL(name)
        except OSError:
            continue
        srt.srt_getlasterror_str.restype = c_char_p
        return srt
    raise SrtError(f"none of {', '.join(NAMES)} is installed")


def _packed(host: str, port: int) -> bytes:
    """An IPv4 address as struct sockaddr_in."""
    return (
        socket.AF_INET.to_bytes(2, sys.byteorder)
        + port.to_bytes(2, "big")
        + socket.inet_pton(socket.AF_INET, host)
        + bytes(8)
    )


def _unpacked(address: bytes) -> tuple[str, int]:
    """Of struct sockaddr_in or sockaddr_in6."""
    port = int.from_bytes(address[2:4], "big")
    if int.from_bytes(address[:2], sys.byteorder) == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, address[8:24]), port
    return socket.inet_ntop(socket.AF_INET, address[4:8]), port
