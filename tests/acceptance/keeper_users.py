"""Processes that use the embedded services, and what can be seen of the services from outside."""

import contextlib
import json
import os
import pwd
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
import redis

from alur.embedded.identity import Identity

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
USER = """
import json, sys
from pathlib import Path
from alur.embedded import Embedded
with Embedded(Path(sys.argv[1])) as own:
    own.watch()
    print(json.dumps([own.database_url.partition('host=')[2].partition('&')[0], own.redis_url]), flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, kw_only=True)
class User:
    """A process that uses the embedded services until its standard input ends."""

    #: The process.
    process: subprocess.Popen[bytes]
    #: Folder of PostgreSQL's socket.
    host: str
    #: Valkey's address.
    redis_url: str

    def sql(self, statement: str) -> str | None:
        """The first value that the statement returns."""
        with psycopg.connect(host=self.host, port=5432, user="alur", dbname="alur", autocommit=True) as connection:
            connection.execute("SET ROLE alur_owner")
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return str(cursor.fetchone()[0]) if cursor.description else None

    def client(self) -> redis.Redis:
        """A client of Valkey."""
        return redis.Redis.from_url(self.redis_url)


def eventually(look: Callable[[], T], seconds: float = 20) -> T:
    """What `look` returns once it is neither false nor an error of a server that is away."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := look():
                return found
        except (psycopg.OperationalError, redis.ConnectionError):
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, look
        time.sleep(0.03)


def start_user(data: Path, person: str = "ourselves", path: Path = ROOT) -> subprocess.Popen[bytes]:
    """Start a process that uses the services of `data`, without waiting."""
    become = None
    if person == "nobody":
        found = pwd.getpwnam(person)
        identity = Identity(uid=found.pw_uid, gid=found.pw_gid)
        capability = identity.capability_for(Path(sys.executable).resolve())
        become = lambda: identity.assume(capability)  # noqa: E731
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{path}{os.pathsep}{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=become,
        cwd="/",
    )


def await_user(process: subprocess.Popen[bytes]) -> User:
    """The started process, once the services answer it."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"ended with code {process.wait()}"
    host, redis_url = json.loads(line)
    return User(process=process, host=host, redis_url=redis_url)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process without giving it any chance."""
    process.kill()
    process.communicate()


def keeper(data: Path) -> int:
    """The process id of the keeper that started last."""
    log = (data / "embedded" / "keeper.log").read_text()
    return int(re.findall(r"keeper (\d+) started", log)[-1])


def descendants(pid: int) -> dict[int, str]:
    """Every living process below `pid`, with its name."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, rest = entry.read_text().split(" (", 1)
            name, rest = rest.rsplit(") ", 1)
            if not rest.startswith("Z"):
                parents[int(number)] = (int(rest.split()[1]), name)
    found: dict[int, str] = {}
    below = {pid}
    while below:
        more = {number: name for number, (parent, name) in parents.items() if parent in below}
        found |= more
        below = set(more)
    return found


def server(data: Path, name: str) -> int:
    """The process id of the keeper's own child `name`."""
    boss = keeper(data)
    return next(
        pid
        for pid, called in descendants(boss).items()
        if called == name and int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) == boss
    )


def alive(pids: set[int]) -> set[int]:
    """Those of the processes that still run."""
    return {pid for pid in pids if Path(f"/proc/{pid}").exists() and state(pid) != "Z"}


def state(pid: int) -> str:
    """The kernel's letter for what a process does; Z when it has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def open_files(pids: set[int]) -> set[str]:
    """What the processes hold open, asked as ourselves and as the servers' user: a container's root is not told."""
    read, write = os.pipe()
    if os.fork() == 0:
        with contextlib.suppress(BaseException):
            names = _open_files(pids)
            if os.geteuid() == 0:
                found = pwd.getpwnam("nobody")
                Identity(uid=found.pw_uid, gid=found.pw_gid).assume(None)
                names |= _open_files(pids)
            os.write(write, json.dumps(sorted(names)).encode())
        os._exit(0)
    os.close(write)
    os.wait()
    with os.fdopen(read) as answer:
        return set(json.load(answer))


def _open_files(pids: set[int]) -> set[str]:
    names: set[str] = set()
    for pid in pids:
        with contextlib.suppress(PermissionError):
            names |= {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    return names
