"""`python -m alur.embedded.keeper DATA`: the one process that owns the servers of a data folder.

It lives while any process shares the lock `<data>/embedded/<service>.users`, and its servers die with it.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from alur.embedded.errors import EmbeddedError
from alur.embedded.house import House, open_house
from alur.embedded.identity import service_identity
from alur.embedded.locks import Lock
from alur.embedded.logs import trim
from alur.embedded.postgres import POSTGRES
from alur.embedded.service import Service
from alur.embedded.valkey import VALKEY

RHYTHM = 0.25  # seconds between looks when all is well
HASTE = 0.03  # seconds between looks while a server starts
HOUSEKEEPING = 30.0  # seconds between looks at the logs
PATIENCE_WITH_OTHERS = (
    3.0  # seconds to wait for the lock: those who ask whether there is a keeper hold it for an instant
)

_ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """Keep the servers of the data folder named by the one argument; 0 when done or kept by another."""
    for number in (*_ENDINGS, signal.SIGCHLD):  # whoever started us may have had them ignored
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, (*_ENDINGS, signal.SIGCHLD))
    try:
        house = open_house(Path(arguments[0]))
        with Lock(house.keeper_lock) as lock:
            if not _seize(lock):
                return 0
            _keep(house, lock)
    except (EmbeddedError, OSError) as error:
        _tell(f"gave up: {error}")
        return 1
    return 0


def _seize(lock: Lock) -> bool:
    deadline = time.monotonic() + PATIENCE_WITH_OTHERS
    while not lock.seize():
        if not lock.share() or time.monotonic() > deadline:  # another keeper has it
            return False
        lock.release()
        time.sleep(0.01)
    return True


def _keep(house: House, lock: Lock) -> None:
    identity = service_identity()
    services = [Service(recipe, house, identity, _tell) for recipe in (POSTGRES, VALKEY)]
    _tell(f"keeper {os.getpid()} started")
    try:
        _watch(house, lock, services)
    finally:
        _stop(lock, services)
        shutil.rmtree(house.run, ignore_errors=True)
    _tell(f"keeper {os.getpid()} ended")


def _watch(house: House, lock: Lock, services: list[Service]) -> None:
    next_housekeeping = time.monotonic()
    while not lock.deleted:
        now = time.monotonic()
        for service in services:
            service.tick(now)
        if all(service.retire(now) for service in services):
            return
        if now >= next_housekeeping:
            _keep_house(house)
            next_housekeeping = now + HOUSEKEEPING
        pause = HASTE if any(service.pending for service in services) else RHYTHM
        received = signal.sigtimedwait((*_ENDINGS, signal.SIGCHLD), pause)
        if received is not None and received.si_signo in _ENDINGS:
            return


def _stop(lock: Lock, services: list[Service]) -> None:
    for service in services:
        if lock.deleted:
            service.abandon()
        service.begin_stop()
    for service in services:
        service.stop()


def _keep_house(house: House) -> None:
    for log in (house.keeper_log, house.log("postgres"), house.log("valkey")):
        trim(log)


def _tell(line: str) -> None:
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
