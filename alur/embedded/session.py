"""A process's use of the embedded services."""

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

from alur.embedded.errors import EmbeddedError
from alur.embedded.house import PORT, House, ServiceName, open_house, own_folder
from alur.embedded.locks import Lock, is_held_alone
from alur.embedded.logs import open_log, tail
from alur.embedded.probe import DATABASE, LOGIN, postgres_answers, valkey_answers

DEADLINE = 60.0  # seconds until both answer
PAUSE = 0.02  # seconds between two looks while waiting
RHYTHM = 0.5  # seconds between a watcher's looks
PAUSE_AFTER_FAILURE = 5.0  # seconds until a watcher tries again

_PACKAGES = Path(__file__).resolve().parents[2]
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
_ANSWERS = {"postgres": postgres_answers, "valkey": valkey_answers}
_log = logging.getLogger(__name__)


class Embedded:
    """PostgreSQL and Valkey of one data folder, in use by this process while the context lasts.

    The first user brings them up, the last one's end (also by SIGKILL) lets them stop about a second later.
    Use one per process and enter it before forking; processes forked inside go on using the services.
    """

    def __init__(self, data: Path, *, postgres: bool = True, valkey: bool = True) -> None:
        self._data = data
        wanted: list[tuple[ServiceName, bool]] = [("postgres", postgres), ("valkey", valkey)]
        self._wanted: tuple[ServiceName, ...] = tuple(name for name, wish in wanted if wish)
        self._house: House | None = None
        self._locks: list[Lock] = []
        self._keeper: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Wait until the services answer. Raises `EmbeddedError` with the logs' tails after 60 s."""
        self._house = house = open_house(self._data)
        self._ended.clear()
        deadline = time.monotonic() + DEADLINE
        try:
            self._share(house, deadline)
            while self._wanted and not self._is_up(house):
                if time.monotonic() > deadline:
                    raise self._failure("embedded_timeout", f"did not answer within {DEADLINE:.0f} s")
                self.ensure()
                time.sleep(PAUSE)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    @property
    def database_url(self) -> str:
        """SQLAlchemy's address of the database `alur`, as the login `alur`. The same after every restart."""
        folder = self._socket("postgres").parent
        return f"postgresql+psycopg://{LOGIN}@/{DATABASE}?host={folder}&port={PORT}"

    @property
    def redis_url(self) -> str:
        """The address of Valkey, as redis-py and RQ take it. The same after every restart."""
        return f"unix://{self._socket('valkey')}"

    def ensure(self) -> None:
        """Bring a dead keeper back, without waiting for its servers; cheap when it lives.

        Raises `EmbeddedError` when the one that we started gave up.
        """
        house = self._entered()
        with self._one_at_a_time:
            keeper, starting = self._keeper, False
            if keeper is not None:
                code = keeper.poll()
                starting = code is None
                if not starting:
                    self._keeper = None
                if code is not None and code > 0:
                    raise self._failure("embedded_failed", "could not be started")
            if not starting and not is_held_alone(house.keeper_lock):
                self._keeper = _start_keeper(house)

    def watch(self) -> None:
        """Call `ensure` twice a second, in a thread, until the context ends: for processes that live long."""
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="embedded-watcher", daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        pause = RHYTHM
        while not self._ended.wait(pause):
            pause = RHYTHM
            try:
                self.ensure()
            except (EmbeddedError, OSError) as error:
                _log.error("%s", error)
                pause = PAUSE_AFTER_FAILURE

    def _share(self, house: House, deadline: float) -> None:
        for name in self._wanted:
            lock = Lock(house.users_lock(name))
            self._locks.append(lock)
            while not lock.share():  # a keeper is stopping it just now
                if time.monotonic() > deadline:
                    raise self._failure("embedded_timeout", "were not free to be used")
                time.sleep(PAUSE)

    def _is_up(self, house: House) -> bool:
        if not is_held_alone(house.keeper_lock):
            return False
        if not house.run.exists():
            return False
        own_folder(house.run)
        return all(_ANSWERS[name](house.socket(name)) for name in self._wanted)

    def _leave(self) -> None:
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        for lock in self._locks:
            lock.close()
        self._locks.clear()
        self._keeper = None
        self._house = None

    def _entered(self) -> House:
        if self._house is None:
            raise EmbeddedError("embedded_not_entered", "The embedded services are not in use: enter the context.")
        return self._house

    def _socket(self, name: ServiceName) -> Path:
        house = self._entered()
        if name not in self._wanted:
            raise EmbeddedError("embedded_not_wanted", f"The embedded {name} was not asked for.")
        return house.socket(name)

    def _failure(self, code: str, what: str) -> EmbeddedError:
        house = self._entered()
        logs = (house.keeper_log, *(house.log(name) for name in self._wanted))
        tails = [f"{log}:\n{text}" for log in logs if (text := tail(log))]
        sentence = f"The embedded services of {house.data} {what}."
        return EmbeddedError(code, "\n".join([sentence, *tails]))


def _start_keeper(house: House) -> subprocess.Popen[bytes]:
    log = open_log(house.keeper_log)
    try:
        keeper = subprocess.Popen(
            [sys.executable, "-P", "-m", "alur.embedded.keeper", str(house.data)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd="/",
            env={name: os.environ[name] for name in _INHERITED if name in os.environ} | {"PYTHONPATH": _path()},
            close_fds=True,
            start_new_session=True,
        )
    finally:
        os.close(log)
    # So that it is no zombie for the rest of a long life when it ends.
    threading.Thread(target=keeper.wait, name="embedded-keeper-ends", daemon=True).start()
    return keeper


def _path() -> str:
    given = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([str(_PACKAGES), *([given] if given else [])])
