"""Ports for programs that are about to start, and that other tests do not take meanwhile."""

import os
import socket


def free_port() -> int:
    return free_ports(1).pop()


def free_ports(count: int) -> set[int]:
    """Nobody's now; and of those that are this worker's alone, for they are bound only later."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # One that takes a dead one's place has a number of its own.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % workers
    found: set[int] = set()
    while len(found) < count:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
        # By pairs: the system gives ports of one parity to those who listen.
        if port // 2 % workers == worker:
            found.add(port)
    return found
