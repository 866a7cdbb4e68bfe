"""Locks that the kernel gives back when their holder dies, whatever killed it."""

import fcntl
import os
from pathlib import Path
from typing import Self


class Lock:
    """One open file with flock(2) on it; two `Lock`s on one path compete, also within one process.

    The lock belongs to the open file: a child that inherits `fd` keeps it held after we have closed our copy.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def share(self) -> bool:
        """Hold it beside other sharers; False at once when somebody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def seize(self) -> bool:
        """Hold it alone; False at once when anybody else has it."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Give it back, for every process that shares this open file."""
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Drop this process's copy; a child that inherited one goes on holding the lock."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    @property
    def deleted(self) -> bool:
        """Whether the file has lost its name, so that nobody new can meet this lock."""
        return os.fstat(self.fd).st_nlink == 0

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_held_alone(path: Path) -> bool:
    """Whether somebody holds the lock at `path` alone."""
    with Lock(path) as probe:
        return not probe.share()
