"""Whether a server answers, asked over its socket in its own protocol, without a client library."""

import socket
import struct
from pathlib import Path

PATIENCE = 2.0  # seconds for one question
LOGIN = "alur"
DATABASE = "alur"

_PROTOCOL = 196608  # 3.0, as in PostgreSQL's "Message Formats": StartupMessage


def postgres_answers(path: Path) -> bool:
    """Whether PostgreSQL at the socket `path` lets `alur` into the database `alur`, ready for a query."""
    words = b"".join(word.encode() + b"\0" for word in ("user", LOGIN, "database", DATABASE)) + b"\0"
    try:
        with _connect(path) as link:
            link.sendall(struct.pack("!II", len(words) + 8, _PROTOCOL) + words)
            ready = _reaches_ready(link)
            link.sendall(b"X\0\0\0\4")
    except OSError:
        return False
    return ready


def valkey_answers(path: Path) -> bool:
    """Whether Valkey at the socket `path` has read its data and takes commands."""
    try:
        with _connect(path) as link:
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _connect(path: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.settimeout(PATIENCE)
    try:
        link.connect(str(path))
    except OSError:
        link.close()
        raise
    return link


def _reaches_ready(link: socket.socket) -> bool:
    with link.makefile("rb") as answer:
        while head := answer.read(5):
            kind, length = struct.unpack("!cI", head.ljust(5, b"\0"))
            if kind in (b"Z", b"E"):
                return bool(kind == b"Z")
            answer.read(max(0, length - 4))
    return False
