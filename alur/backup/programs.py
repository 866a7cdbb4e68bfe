"""`pg_dump` and `pg_restore` of the wheel, for embedded and other databases alike."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from alur.backup.errors import BackupError
from alur.embedded.binaries import postgres_program
from workflow.db.connect import OWNER


def dump(url: str, snapshot: str, out: Path) -> None:
    """Write everything but the rows of `person_key`, as of `snapshot`, to `out`. Raises `BackupError`."""
    options = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", "--exclude-table-data=public.person_key")
    _run(url, "pg_dump", *options, f"--file={out}")


def restore(url: str, dumped: Path) -> None:
    """Load a dump into an empty schema, whole or not at all. Raises `BackupError`."""
    options = ("--no-owner", "--single-transaction", "--exit-on-error")
    _run(url, "pg_restore", *options, str(dumped))


def _run(url: str, program: str, *options: str) -> None:
    parsed = make_url(url).set(drivername="postgresql")
    # On a command line everybody could read the password.
    where = parsed.set(password=None).render_as_string(hide_password=False)
    env = os.environ | ({"PGPASSWORD": str(parsed.password)} if parsed.password else {})
    argv = [str(postgres_program(program)), f"--role={OWNER}", f"--dbname={where}", *options]
    ran = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        said = (ran.stderr.strip().splitlines() or ["no reason was given"])[0]
        raise BackupError(f"{program} did not succeed: {said}")
