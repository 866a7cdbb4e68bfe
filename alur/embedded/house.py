"""The folders of one set of embedded services: where data, logs and locks are, and where the sockets are."""

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alur.embedded.errors import EmbeddedError
from alur.embedded.write_once import write_once

ServiceName = Literal["postgres", "valkey"]

PORT = 5432  # names the socket file only; nothing listens on TCP
MAX_SOCKET_PATH = 107  # bytes; sockaddr_un's sun_path less its ending zero (unix(7))


@dataclass(frozen=True, kw_only=True)
class House:
    """The folders of one data folder's services, all owned by the user who runs them and closed to others."""

    #: The data folder, absolute, without symbolic links.
    data: Path
    #: `data/embedded`: clusters, logs and locks.
    root: Path
    #: The short folder of the sockets; gone after a reboot, made again by the keeper.
    run: Path

    @property
    def keeper_lock(self) -> Path:
        """Held alone by the one keeper."""
        return self.root / "keeper.lock"

    @property
    def keeper_log(self) -> Path:
        """Where the keeper writes what it did."""
        return self.root / "keeper.log"

    def users_lock(self, service: ServiceName) -> Path:
        """Shared by every process that uses the service."""
        return self.root / f"{service}.users"

    def server_lock(self, service: ServiceName) -> Path:
        """Held by the server's processes themselves, down to the last one."""
        return self.root / f"{service}.server"

    def log(self, service: ServiceName) -> Path:
        """What the server itself writes."""
        return self.root / f"{service}.log"

    def folder(self, service: ServiceName) -> Path:
        """The server's own data."""
        return self.root / service

    def socket(self, service: ServiceName) -> Path:
        """Where the server listens."""
        name = f".s.PGSQL.{PORT}" if service == "postgres" else "valkey.sock"
        return self.run / service / name


def open_house(data: Path) -> House:
    """The folders of `data`, created when they are not there (mode 0700).

    The socket folder's name is derived from a random word kept in the data folder and from that folder's
    inode: it stays the same over restarts and for a folder that is moved or reached by another path, and
    differs for a copy.
    Raises `EmbeddedError` when the folder is another user's or open to others.
    """
    try:
        if not data.exists():
            data.parent.mkdir(parents=True, exist_ok=True)
            data.mkdir(mode=0o700, exist_ok=True)
        data = data.resolve()
        root = data / "embedded"
        own_folder(root)
        word = write_once(root / "word", secrets.token_hex(16).encode())
    except OSError as error:
        raise EmbeddedError("data_folder_unusable", f"The data folder {data} cannot be used: {error}.") from error
    place = root.stat()
    name = hashlib.sha256(b"%s:%d:%d" % (word, place.st_dev, place.st_ino)).hexdigest()[:12]
    house = House(data=data, root=root, run=_temporary() / f"alur-{os.geteuid()}-{name}")
    if len(os.fsencode(house.socket("postgres"))) > MAX_SOCKET_PATH - len(".lock"):
        raise EmbeddedError("socket_path_too_long", f"The folder {house.run} has too long a path for a socket.")
    return house


def own_folder(folder: Path) -> None:
    """Make `folder` with mode 0700, or check that it is a real folder, ours, and closed to others.

    Raises `EmbeddedError` otherwise: in a folder of another user, the server could be another user's, too.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError("folder_not_ours", f"{folder} is not a folder of its own.")
    if found.st_uid != os.geteuid():
        raise EmbeddedError(
            "folder_not_ours",
            f"{folder} belongs to user id {found.st_uid}: run as that user or choose another data folder.",
        )
    if found.st_mode & 0o077:
        raise EmbeddedError("folder_open_to_others", f"{folder} is open to other users: run chmod 700 on it.")


def _temporary() -> Path:
    # The same for every process, whatever its TMPDIR: else two would look for the sockets in two places.
    usual = Path("/tmp")  # noqa: S108 - the folder below it is checked to be ours and closed
    return usual if usual.is_dir() and os.access(usual, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
