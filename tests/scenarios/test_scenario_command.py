"""`alur definitions test` as a supervisor calls it, and the databases that it makes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from alur.scenarios.scratch import PREFIX, ScratchError, scratch
from alur.wiring import House
from tests.drain_kit import superuser
from tests.scenario_kit import DEFINITIONS, FIRST_LINE, trial


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A supervisor's own copy of AK-1, with one scenario that holds and one that does not."""
    folder = tmp_path / "ak1-online"
    shutil.copytree(DEFINITIONS / "ak1-online", folder)
    good = trial("- {as: siti, do: submit}\n- {expect: {state: verifying}}\n")
    bad = trial("- {as: siti, do: submit}\n- {expect: {state: issued}}\n").replace("a trial", "a wrong trial")
    (folder / "scenarios.yaml").write_text(good + bad)
    return folder


def alur(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line on the tests' own house."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALUR_")}
    environment["ALUR_DATA"] = str(house.settings.data)
    command = [sys.executable, "-m", "alur", "definitions", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def scratches(house: House) -> list[str]:
    """Databases of scenarios that there are now."""
    with superuser(house) as server:
        return [n for (n,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])]


def test_the_command_tells_each_step_and_exits_1_when_a_scenario_fails(house: House, draft: Path) -> None:
    """A supervisor tests a draft by its folder; in English where that is asked for."""
    done = alur(house, "test", str(draft), "--lang", "en")
    assert done.returncode == 1, done.stderr
    assert "✓ Friday 20 November 2026 08:00: Siti submits the application." in done.stdout
    assert "found:    Being verified" in done.stdout
    assert f"line {2 * FIRST_LINE + 2} of {draft}/scenarios.yaml" in done.stdout
    assert "1 of 2 scenarios hold." in done.stdout
    assert "Transitions not made: return, resubmit, approve" in done.stdout
    assert done.stderr == ""


def test_the_command_prints_one_json_value(house: House, draft: Path) -> None:
    """For programs: every process, its scenarios with their failures, and the coverage; nothing else on stdout."""
    done = alur(house, "test", str(draft / "scenarios.yaml"), "--json")
    (told,) = json.loads(done.stdout)
    assert [s["ok"] for s in told["scenarios"]] == [True, False]
    assert told["scenarios"][1]["failures"][0]["found"] == "Sedang diperiksa"
    assert told["scenarios"][1]["history"][0]["what"] == "submitted submitted"
    assert told["coverage"]["unvisited"][0] == "correction"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ak1-onlin"], "did you mean `ak1-online`?"),
        (["."], "process.yaml"),
    ],
)
def test_what_cannot_be_tested_is_told_in_a_sentence(house: House, words: list[str], said: str) -> None:
    """An unknown process, and a folder without one."""
    done = alur(house, "test", *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_scenarios_is_told_before_anything_is_performed(house: House, draft: Path) -> None:
    """File, line and column, as of a definition."""
    (draft / "scenarios.yaml").write_text(trial("- {as: sitti, do: submit}\n"))
    done = alur(house, "test", str(draft))
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"scenarios.yaml:{FIRST_LINE}:12: unknown_person: There is no person `sitti`: did you mean `siti`?" in (
        done.stderr
    )


def test_scratch_databases_are_gone_afterwards_and_those_of_the_living_stay(house: House) -> None:
    """A run that died leaves databases, which the next one drops; one that lives keeps its own."""
    before = set(scratches(house))
    with superuser(house) as server:
        server.execute(f"CREATE DATABASE {PREFIX}17_3")
    with scratch(house.urls) as first:
        assert f"{PREFIX}17_3" not in scratches(house)
        with first.fresh():
            with scratch(house.urls):
                assert len(set(scratches(house)) - before) == 3
            assert len(set(scratches(house)) - before) == 2
    assert set(scratches(house)) == before


def test_a_login_that_may_not_make_databases_is_told_so(house: House) -> None:
    """Somebody else's server: the sentence says what to ask for."""
    with pytest.raises(ScratchError, match="CREATEDB"), scratch(replace(house.urls, embedded_database=False)):
        pass


def test_a_login_with_the_right_to_make_databases_needs_no_other(house: House) -> None:
    """On a server of one's own the login of the house makes, furnishes, copies and drops."""
    with superuser(house) as server:
        server.execute("ALTER ROLE alur CREATEDB")
        try:
            with scratch(replace(house.urls, embedded_database=False)) as made, made.fresh() as url:
                with psycopg.connect(url.replace("+psycopg", "")) as db:
                    assert db.execute("SELECT 1").fetchone() == (1,)
        finally:
            server.execute("ALTER ROLE alur NOCREATEDB")
