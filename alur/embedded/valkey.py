"""Valkey: its command line, and what to do with a damaged append-only file."""

import signal
import time

from alur.embedded.binaries import valkey_program
from alur.embedded.house import House
from alur.embedded.probe import valkey_answers
from alur.embedded.recipe import Launch, Recipe


def prepare(house: House, launch: Launch) -> None:
    """Make its folder."""
    folder = house.folder("valkey")
    folder.mkdir(mode=0o700, exist_ok=True)
    if launch.identity is not None:
        launch.identity.own(folder)


def argv(run: int) -> tuple[str, ...]:
    """The command line of the server, with its socket in the folder behind the descriptor `run`."""
    sockets = ("--port", "0", "--unixsocket", f"/proc/self/fd/{run}/valkey.sock", "--unixsocketperm", "700")
    keeping = ("--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
    return (str(valkey_program()), *sockets, *keeping, "--maxmemory-policy", "noeviction")


def mend(house: House) -> str | None:
    """Set an append-only file that the server cannot read aside, and tell where.

    It holds wake-ups, sessions and counters, all of which can be lost: PostgreSQL has the truth.
    """
    damaged = house.folder("valkey") / "appendonlydir"
    if not damaged.exists():
        return None
    aside = damaged.with_name(f"appendonlydir.damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
    damaged.rename(aside)
    return f"set {damaged} aside as {aside.name}"


VALKEY = Recipe(
    name="valkey",
    prepare=prepare,
    argv=argv,
    answers=valkey_answers,
    stop=signal.SIGTERM,
    quit=signal.SIGTERM,
    mend=mend,
)
