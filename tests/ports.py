"""Ports of loopback for tests that must know one before a program listens on it.

Below the range from which the kernel gives ports to whoever connects (32768 up), and each held for its test by the
name of an abstract socket: two tests at once never have the same one, not even while nothing listens on it.
"""
import os
import socket

FIRST, COUNT = 16384, 16384
held = []  # until the process ends


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    """Free for TCP and UDP; this process has it until it ends."""
    begin = os.getpid() * 61  # neighbours begin apart
    for turn in range(COUNT):
        port = FIRST + (begin + turn) % COUNT
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            name.bind(f"\0outrider-test-port-{port}")
        except OSError:
            name.close()
            continue
        held.append(name)
        if is_free(port):
            return port
    raise RuntimeError("no port is free")
