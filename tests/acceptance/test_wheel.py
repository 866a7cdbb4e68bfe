"""An installed wheel, away from the checkout, has everything it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from workflow.db import schema

ROOT = Path(__file__).parents[2]
LOOK = """
import alur, signing.card, web, workflow.db.schema
from importlib.resources import files
from datetime import date
print(alur.__file__)
print(workflow.db.schema.newest())
print(len(list((files("web") / "templates").iterdir())), len(list((files("web") / "static").iterdir())))
from workflow.definition.reader import read_process
from pathlib import Path
print(read_process(Path(str(files("definitions") / "ak1-online"))).name)
"""


@pytest.mark.long
def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    """Migrations, templates, static files, translations, definitions, fonts: all are package data."""
    wheels = tmp_path / "wheels"
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(wheels),
        ".",
    ]
    subprocess.run(build, cwd=ROOT, check=True, timeout=300)
    (wheel,) = wheels.glob("alur-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("definitions/cards/ak1.typ", "web/static/app.css", "workflow/db/migrations/versions/0001_first.sql"):
        assert needed in names
    assert not [n for n in names if n.startswith("tests/")]
    (entries,) = (n for n in names if n.endswith("/entry_points.txt"))
    assert b"alur-verify = alur.verify:main" in zipfile.ZipFile(wheel).read(entries)
    target = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(target)
    ran = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    place, newest, counts, process = ran.stdout.split("\n")[:4]
    assert place.startswith(str(target))
    assert newest == schema.newest()
    assert all(int(n) > 1 for n in counts.split())
    assert process == "ak1-online"
