"""One server under the keeper: started when used, stopped when not, restarted when it died."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from alur.embedded.backoff import restart_delay
from alur.embedded.dwellers import kill_dwellers
from alur.embedded.errors import EmbeddedError
from alur.embedded.house import House, own_folder
from alur.embedded.identity import Identity
from alur.embedded.locks import Lock
from alur.embedded.logs import open_log
from alur.embedded.recipe import Launch, Recipe

GRACE = 1.0  # seconds without users before the server is stopped
PATIENCE_WITH_LEFTOVERS = 5.0  # seconds that an earlier server's processes have to end by themselves
PATIENCE_WITH_SOCKET = 10.0  # seconds until a new server must listen; it does before it reads its data
PATIENCE_WITH_STOP = 30.0  # seconds for a clean stop, then `quit` and at last SIGKILL
PATIENCE_WITH_QUIT = 5.0  # seconds
FAILURES_BEFORE_MENDING = 2  # starts in a row that never answered
FAILURES_BEFORE_GIVING_UP = 4


class Service:
    """A server's life, led from the keeper's one thread; `now` is a monotonic clock in seconds."""

    def __init__(self, recipe: Recipe, house: House, identity: Identity | None, tell: Callable[[str], None]) -> None:
        self.name = recipe.name
        self._recipe, self._house, self._identity, self._tell = recipe, house, identity, tell
        self._users = Lock(house.users_lock(recipe.name))
        self._child: subprocess.Popen[bytes] | None = None
        self._listening = self._ready = False
        self._lives: list[float] = []
        self._failures = 0
        self._started = self._next_start = 0.0
        self._idle_since: float | None = None
        self._leftovers_since: float | None = None

    def tick(self, now: float) -> None:
        """Bring the server a step nearer to where it should be. Raises `EmbeddedError` when hopeless."""
        wanted = self._is_wanted(now)
        if self._child is None:
            if wanted and now >= self._next_start:
                self._start(now)
        elif self._child.poll() is not None:
            self._bury(now)
        elif not wanted:
            self._rest()
        elif self._has_lost_socket(now):
            self._tell(f"{self.name}: its socket was removed")
            self.stop()
        elif not self._ready:
            self._greet()

    def retire(self, now: float) -> bool:
        """Whether it is stopped and unused; if so, newcomers are kept waiting until this process ends."""
        return self._child is None and not self._is_wanted(now) and self._users.seize()

    def begin_stop(self) -> None:
        """Ask it to end cleanly, without waiting."""
        if self._child is not None:
            self._child.send_signal(self._recipe.stop)

    def stop(self) -> None:
        """End it, cleanly if it can, and wait for that."""
        if self._child is None:
            return
        steps = ((self._recipe.stop, PATIENCE_WITH_STOP), (self._recipe.quit, PATIENCE_WITH_QUIT))
        for number, patience in (*steps, (signal.SIGKILL, None)):
            self._child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(patience)
                break
        self._child, self._ready = None, False
        self._tell(f"{self.name}: stopped")

    def abandon(self) -> None:
        """Kill it: its data folder is gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    @property
    def pending(self) -> bool:
        """Whether it is on its way up, so that the keeper should look again soon."""
        return not self._ready and self._idle_since is None

    def _is_wanted(self, now: float) -> bool:
        if not self._users.seize():
            self._idle_since = None
            return True
        self._users.release()
        if self._idle_since is None:
            self._idle_since = now
        return self._child is not None and now - self._idle_since < GRACE

    def _has_lost_socket(self, now: float) -> bool:
        if self._house.socket(self.name).exists():
            self._listening = True
            return False
        return self._listening or now - self._started > PATIENCE_WITH_SOCKET

    def _rest(self) -> None:
        # Held while it stops: whoever comes meanwhile waits, and never gets a server that is about to end.
        if self._users.seize():
            self.stop()
            self._users.release()

    def _start(self, now: float) -> None:
        lock = Lock(self._house.server_lock(self.name))
        try:
            if lock.seize():
                self._leftovers_since = None
                self._launch(lock)
                self._started, self._listening, self._ready = time.monotonic(), False, False
            else:
                self._press_leftovers(now)
        finally:
            lock.close()

    def _launch(self, lock: Lock) -> None:
        own_folder(self._house.run)
        sockets = self._house.run / self.name
        sockets.mkdir(mode=0o700, exist_ok=True)
        if self._identity is not None:
            self._identity.own(sockets)
        for stale in sockets.iterdir():
            stale.unlink()
        with contextlib.ExitStack() as opened:
            run = _open_folder(opened, sockets)
            log = open_log(self._house.log(self.name))
            opened.callback(os.close, log)
            launch = Launch(folder=run, run=run, lock=lock.fd, log=log, identity=self._identity)
            self._recipe.prepare(self._house, launch)
            folder = _open_folder(opened, self._house.folder(self.name))
            launch = Launch(folder=folder, run=run, lock=lock.fd, log=log, identity=self._identity)
            self._child = launch.start(self._recipe.argv(run), when_orphaned=self._recipe.quit)

    def _greet(self) -> None:
        if self._recipe.answers(self._house.socket(self.name)):
            self._ready, self._failures = True, 0
            self._tell(f"{self.name}: ready")

    def _bury(self, now: float) -> None:
        assert self._child is not None
        code = self._child.returncode
        self._child = None
        self._lives.append(now - self._started)
        self._failures = 0 if self._ready else self._failures + 1
        self._ready = False
        self._next_start = now + restart_delay(self._lives, first=0.1)
        self._tell(f"{self.name}: ended with code {code} after {self._lives[-1]:.1f} s")
        del self._lives[:-10]
        if self._failures == FAILURES_BEFORE_MENDING and (mended := self._recipe.mend(self._house)):
            self._tell(f"{self.name}: {mended}")
        if self._failures >= FAILURES_BEFORE_GIVING_UP:
            raise EmbeddedError(f"{self.name}_failed", f"{self.name} failed to start {self._failures} times.")

    def _press_leftovers(self, now: float) -> None:
        if self._leftovers_since is None:
            self._leftovers_since = now
        elif now - self._leftovers_since > PATIENCE_WITH_LEFTOVERS:
            self._leftovers_since = now
            count = kill_dwellers(self._house.folder(self.name), self._identity)
            self._tell(f"{self.name}: killed {count} processes left over")


def _open_folder(opened: contextlib.ExitStack, folder: Path) -> int:
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    opened.callback(os.close, descriptor)
    return descriptor
