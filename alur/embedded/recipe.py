"""What the keeper must know of a server to run it."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alur.embedded.house import House, ServiceName
from alur.embedded.identity import Identity
from alur.embedded.leash import leash

#: Nothing of the environment of who came first: it may hold keys, and PG* variables would change the server.
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/"}


@dataclass(frozen=True, kw_only=True)
class Launch:
    """Where and as whom one server process starts."""

    #: Folder that the process starts in, an O_PATH descriptor: it works where the user may not walk the path.
    folder: int
    #: Folder of the sockets, an O_PATH descriptor.
    run: int
    #: The server's own lock, inherited by all of its processes.
    lock: int
    #: Where its output goes, a descriptor open for appending.
    log: int
    #: Who to become, when we are root.
    identity: Identity | None

    def start(
        self, argv: tuple[str, ...], *, when_orphaned: signal.Signals, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Start `argv` in the folder, on a leash; it inherits the lock and the socket folder only."""
        capability = self.identity.capability_for(Path(argv[0])) if self.identity else None
        return subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=self.log,
            stderr=self.log,
            env=ENVIRONMENT,
            pass_fds=(self.run, self.lock),
            preexec_fn=leash(when_orphaned, enter=lambda: self._enter(capability)),  # noqa: PLW1509 - one thread
            start_new_session=True,
        )

    def _enter(self, capability: int | None) -> None:
        os.umask(0o077)
        os.fchdir(self.folder)
        if self.identity is not None:
            self.identity.assume(capability)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One kind of server."""

    #: Its name, also of its folder, log and locks.
    name: ServiceName
    #: Makes its data ready before the first start and does nothing later.
    prepare: Callable[[House, Launch], None]
    #: The command line, given the descriptor of the socket folder.
    argv: Callable[[int], tuple[str, ...]]
    #: Whether it answers at this socket.
    answers: Callable[[Path], bool]
    #: Ends it cleanly.
    stop: signal.Signals
    #: Ends it at once, without losing what was committed; also what it gets when the keeper dies.
    quit: signal.Signals
    #: Called when it failed to start repeatedly; may set damaged data aside.
    mend: Callable[[House], str | None]
