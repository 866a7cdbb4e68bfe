"""Processes of a server that outlived their parent, found by the folder that they work in."""

import contextlib
import os
import signal
from pathlib import Path

from alur.embedded.identity import Identity

MOST = 255  # a process's exit code has eight bits


def kill_dwellers(folder: Path, identity: Identity | None) -> int:
    """Kill every process whose working folder is `folder`, and return how many there were, at most 255.

    Done in a child that has become the servers' user: a container's root may not see where others' processes work.
    """
    if not folder.exists():
        return 0
    place = folder.stat()
    child = os.fork()
    if child == 0:
        code = 0
        with contextlib.suppress(BaseException):
            if identity is not None:
                identity.assume(identity.capability_for(Path("/proc/self/exe").resolve()))
            code = _kill(place)
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _kill(place: os.stat_result) -> int:
    count = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.path.samestat((entry / "cwd").stat(), place):
                os.kill(int(entry.name), signal.SIGKILL)
                count += 1
    return min(count, MOST)
