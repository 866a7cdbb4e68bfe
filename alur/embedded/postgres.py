"""PostgreSQL: the cluster's making, its settings, its command line."""

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

from alur.embedded.binaries import postgres_program
from alur.embedded.errors import EmbeddedError
from alur.embedded.house import PORT, House
from alur.embedded.probe import DATABASE, LOGIN, postgres_answers
from alur.embedded.recipe import Launch, Recipe

# The kernel follows this link without walking the path: its length, quotes and closed parents do not matter.
HERE = "/proc/self/cwd"

SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 1GB
wal_level = replica
fsync = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
"""

# `alur` inherits nothing: only SET ROLE makes it one of the three, nothing is done as the owner by accident.
ROLES = f"""\
CREATE ROLE alur_owner NOLOGIN;
CREATE ROLE alur_engine NOLOGIN;
CREATE ROLE alur_web NOLOGIN;
CREATE ROLE {LOGIN} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
GRANT alur_owner, alur_engine, alur_web TO {LOGIN} WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE {DATABASE} OWNER alur_owner;
"""


def prepare(house: House, launch: Launch) -> None:
    """Make the cluster with its roles and database when there is none, and write its settings.

    It is made in a folder of its own and renamed when complete, so that a half-made one is never started.
    """
    cluster = house.folder("postgres")
    if not cluster.exists():
        draft = house.root / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if launch.identity is not None:
            launch.identity.own(draft)
        _make(draft, launch)
        draft.rename(cluster)
    _write_settings(cluster, launch)
    # Every process of a server holds the server lock, and we have it: who is named in there is gone.
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def argv(run: int) -> tuple[str, ...]:
    """The command line of the server, with its socket in the folder behind the descriptor `run`."""
    sockets = f"/proc/self/fd/{run}"
    return (str(postgres_program("postgres")), "-D", HERE, "-k", sockets, "-p", str(PORT), "-h", "")


def _make(draft: Path, launch: Launch) -> None:
    folder = os.open(draft, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    inside = replace(launch, folder=folder)
    try:
        initdb = (
            str(postgres_program("initdb")),
            "-D",
            HERE,
            "-U",
            "postgres",
            "-A",
            "trust",
            "--encoding=UTF8",
        )
        _run(inside, (*initdb, "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"), "")
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'alur.conf'\n")
        _run(inside, (str(postgres_program("postgres")), "--single", "-D", HERE, "postgres"), ROLES)
    finally:
        os.close(folder)


def _run(launch: Launch, command: tuple[str, ...], text: str) -> None:
    process = launch.start(command, when_orphaned=signal.SIGKILL, stdin=subprocess.PIPE)
    process.communicate(text.encode())
    if process.returncode != 0:
        name = Path(command[0]).name
        raise EmbeddedError("cluster_not_made", f"{name} ended with code {process.returncode}.")


def _write_settings(cluster: Path, launch: Launch) -> None:
    draft = cluster / "alur.conf.new"
    draft.write_text(SETTINGS)
    if launch.identity is not None:
        launch.identity.own(draft)
    draft.replace(cluster / "alur.conf")


def _mend(_house: House) -> str | None:
    return None


POSTGRES = Recipe(
    name="postgres",
    prepare=prepare,
    argv=argv,
    answers=postgres_answers,
    stop=signal.SIGINT,  # "fast": open transactions are rolled back
    quit=signal.SIGQUIT,  # "immediate": the next start replays the log
    mend=_mend,
)
