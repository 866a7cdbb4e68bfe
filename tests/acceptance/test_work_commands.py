"""The command line as a person uses it: exit codes, sentences, `--json`, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from keeper_users import alive, eventually, keeper
from sqlalchemy import text

from alur.__main__ import main
from alur.furnish import SHIPPED
from alur.settings import load
from alur.wiring import House, open_house
from tests.drain_kit import rows, superuser
from tests.drain_kit import with_card as new_card
from tests.office_time_kit import holiday, text_with
from tests.support import new_account, open_filled
from workflow.db.schema import newest
from workflow.db.sealed_files import card_file
from workflow.db.tables import metadata

ROOT = Path(__file__).parents[2]


class Shell:
    """`alur` in a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str, process: bool = False, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command; whatever it does, no traceback. Most are called in this process, which is ten times faster."""
        clean = {n: v for n, v in os.environ.items() if not n.startswith("ALUR_")}
        env = clean | {"ALUR_DATA": str(self.data)} | environ
        ran = _start(arguments, env) if process else _call(arguments, env)
        assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
        return ran

    def told(self, *arguments: str) -> Any:
        """The JSON that a command prints; it must succeed."""
        ran = self.run(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def refused(self, *arguments: str, code: int = 1, process: bool = False, **environ: str) -> str:
        """The one sentence of a command that fails, on stderr."""
        ran = self.run(*arguments, process=process, **environ)
        assert ran.returncode == code, (ran.returncode, ran.stdout, ran.stderr)
        return ran.stderr.strip()


def _start(arguments: tuple[str, ...], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alur", *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def _call(arguments: tuple[str, ...], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    out, err, code = io.StringIO(), io.StringIO(), 0
    with patch.dict(os.environ, env, clear=True), patch.object(sys, "argv", ["alur", *arguments]):
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A furnished house that is kept open, so that each command need not start the services."""
    from alur.furnish import add_demo_accounts, furnish

    with open_house(load({"ALUR_DATA": str(tmp_path_factory.mktemp("shell"))}, Path.cwd())) as house:
        furnish(house)
        add_demo_accounts(house)
        yield house
        house.engine.dispose()


@pytest.fixture(scope="module")
def shell(opened: House) -> Shell:
    """`alur` in the open house."""
    return Shell(opened.settings.data)


@pytest.fixture(scope="module")
def case(opened: House) -> int:
    """A case with a published card."""
    return new_card(opened)[0]


def test_cases_are_listed_shown_and_told(shell: Shell, case: int) -> None:
    """`list`, `show` and `history` say the same case, in words and as JSON, without personal data."""
    assert case in [row["id"] for row in shell.told("cases", "list", "--state", "issued")]
    assert shell.told("cases", "list", "--state", "nowhere") == []
    shown = shell.told("cases", "show", str(case))
    assert (shown["state"], shown["office"], shown["step"]) == ("issued", "palembang", None)
    history = shell.told("cases", "history", str(case))
    assert [e["seq"] for e in history] == list(range(1, shown["seq"] + 1))
    assert history[-1]["hash"] == shown["head"]
    words = shell.run("cases", "history", str(case)).stdout
    assert "submitted" in words
    assert "Siti" not in words + json.dumps(history)
    assert f"{case}" in shell.run("cases", "list").stdout


def test_a_sound_case_replays_to_what_is_stored(shell: Shell, case: int) -> None:
    """Exit 0; up to an event or a moment the case is as it was then."""
    whole = shell.told("cases", "replay", str(case))
    assert (whole["state"], whole["complete"], whole["difference"]) == ("issued", True, None)
    assert "It equals what is stored." in shell.run("cases", "replay", str(case)).stdout
    first = shell.told("cases", "replay", str(case), "--seq", "1")
    assert (first["state"], first["seq"], first["complete"]) == ("submitted", 1, False)
    before = shell.told("cases", "replay", str(case), "--at", "2020-01-01T00:00+07:00")
    assert (before["state"], before["seq"]) == ("draft", 0)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'revoked'",
        "fold = jsonb_set(fold, '{performed,operator}', '[\"999\"]')",
        "fold = fold - 'clocks'",
        "revision = revision + 1",
        "head = '\\x00'",
    ],
)
def test_replaying_a_tampered_case_exits_1_and_tells_the_difference(
    shell: Shell, opened: House, case: int, change: str
) -> None:
    """What the events do not say is told with both values."""
    before = rows(opened, "SELECT state, fold, revision, head FROM case_ WHERE id = :c", c=case)[0]
    with opened.engine.begin() as db:
        db.execute(text(f"UPDATE case_ SET {change} WHERE id = {case}"))
    ran = shell.run("cases", "replay", str(case), process="state" in change)
    with opened.engine.begin() as db:
        db.execute(
            metadata.tables["case_"]
            .update()
            .where(metadata.tables["case_"].c.id == case)
            .values(state=before.state, fold=before.fold, revision=before.revision, head=before.head)
        )
    assert ran.returncode == 1
    assert "It differs from what is stored" in ran.stdout
    assert shell.run("cases", "replay", str(case)).returncode == 0


def test_replaying_a_tampered_event_exits_1_and_names_it(shell: Shell, opened: House, case: int) -> None:
    """Even an administrator who switches the triggers off cannot change an event unseen."""
    with superuser(opened) as server:
        server.execute("SET session_replication_role = replica")
        old = server.execute("SELECT actor FROM event WHERE case_id = %s AND seq = 4", [case]).fetchone()
        assert old is not None
        server.execute("UPDATE event SET actor = '999' WHERE case_id = %s AND seq = 4", [case])
        ran = shell.run("cases", "replay", str(case), "--json")
        server.execute("UPDATE event SET actor = %s WHERE case_id = %s AND seq = 4", [old[0], case])
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["finding"] == {"code": "event_changed", "seq": 4}
    assert shell.run("cases", "replay", str(case)).returncode == 0


def test_replaying_a_history_with_a_hole_is_told_in_a_sentence(shell: Shell, opened: House, case: int) -> None:
    """A missing event is no traceback."""
    with superuser(opened) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("CREATE TABLE public.kept AS SELECT * FROM event WHERE case_id = %s AND seq = 3", [case])
        server.execute("DELETE FROM event WHERE case_id = %s AND seq = 3", [case])
        ran = shell.run("cases", "replay", str(case))
        server.execute("INSERT INTO event SELECT * FROM public.kept")
        server.execute("DROP TABLE public.kept")
    assert ran.returncode == 1
    assert "The history breaks at event 3: This event is missing" in ran.stdout
    assert shell.run("cases", "replay", str(case)).returncode == 0


@pytest.mark.parametrize("what", ["show", "history", "replay"])
def test_a_case_that_is_not_there_is_told(shell: Shell, what: str) -> None:
    """Exit 1 and a sentence; a word in place of a number is a misunderstanding, exit 2."""
    assert "There is no case 999999" in shell.refused("cases", what, "999999")
    assert "not a valid int" in shell.refused("cases", what, "abc", code=2)


def test_a_moment_without_zone_or_sense_is_refused(shell: Shell, case: int) -> None:
    """The sentence shows how to write it."""
    assert "names no zone" in shell.refused("cases", "replay", str(case), "--at", "2026-01-01T00:00")
    assert "is not a moment" in shell.refused("cases", "replay", str(case), "--at", "yesterday")


def test_accounts_are_added_once_and_get_tokens(shell: Shell, opened: House) -> None:
    """A new account's password is told once; another role for it tells none; the token is stored as its hash."""
    made = shell.told("accounts", "add", "rina", "--role", "operator", "--office", "lamongan", "--title", "Rina")
    assert made["password"]
    again = shell.told("accounts", "add", "rina", "--role", "signer", "--office", "*")
    assert (again["account"], again["password"]) == (made["account"], None)
    found = rows(opened, "SELECT role, office FROM membership WHERE account = :a ORDER BY role", a=made["account"])
    assert [tuple(r) for r in found] == [("operator", "lamongan"), ("signer", "*")]
    token = shell.told("accounts", "token", "rina")["token"]
    stored = rows(opened, "SELECT digest FROM token WHERE account = :a", a=made["account"])
    assert token.encode() not in bytes(stored[0][0])
    assert shell.run("accounts", "token", "rina").stdout.strip() != token


def test_accounts_refuse_what_is_not_there(shell: Shell) -> None:
    """An unknown office is told with the known ones; an unknown account by its name; a missing option by its use."""
    told = shell.refused("accounts", "add", "rina", "--role", "operator", "--office", "mars")
    assert "mars" in told
    assert "palembang" in told
    assert "nobody" in shell.refused("accounts", "token", "nobody")
    assert "--role" in shell.refused("accounts", "add", "x", "--office", "palembang", code=2)


def test_definitions_are_listed_and_checked(shell: Shell, tmp_path: Path) -> None:
    """Shipped ones are sound; a broken one exits 1 with file, line, column, code and sentence."""
    listed = shell.told("definitions", "list")
    assert [(d["process"], d["version"], d["status"]) for d in listed] == [(p, 1, "published") for p in sorted(SHIPPED)]
    assert shell.run("definitions", "check", "definitions/ak1-online").stdout == "Sound.\n"
    bad = next((ROOT / "tests/definitions/bad").glob("unknown_state_to.yaml"))
    folder = tmp_path / "market-stall"
    folder.mkdir()
    for name in ("form.yaml", "notices.yaml"):
        (folder / name).write_text((ROOT / "tests/definitions/base" / name).read_text())
    (folder / "process.yaml").write_text(bad.read_text())
    ran = shell.run("definitions", "check", str(folder / "process.yaml"))
    assert ran.returncode == 1
    assert "process.yaml:" in ran.stdout
    ran = shell.run("definitions", "check", str(folder), "--json")
    problem = json.loads(ran.stdout)[0]
    assert ran.returncode == 1
    assert set(problem) == {"file", "line", "column", "code", "message", "path"}
    assert "does not exist" in shell.refused("definitions", "check", "nowhere.yaml", code=2)


def test_a_card_is_verified_offline(shell: Shell, opened: House, case: int, tmp_path: Path) -> None:
    """A true card exits 0; one with a changed byte, or no card at all, exits 1."""
    card = tmp_path / "card.pdf"
    with opened.engine.connect() as db:
        card.write_bytes(card_file(db, opened.vault, opened.blobs, case))
    assert shell.run("cards", "verify", str(card)).stdout.endswith("\nVALID\n")
    changed = bytearray(card.read_bytes())
    changed[len(changed) // 3] ^= 1
    card.write_bytes(changed)
    ran = shell.run("cards", "verify", str(card), "--json")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["ok"] is False
    card.write_bytes(b"no PDF at all")
    assert shell.run("cards", "verify", str(card)).returncode == 1


def test_an_unknown_setting_is_refused_with_the_nearest_known_one(shell: Shell) -> None:
    """Every command refuses it before it does anything."""
    for arguments in (("cases", "list"), ("worker", "engine"), ("clock",), ("db", "upgrade")):
        told = shell.refused(*arguments, process=arguments == ("clock",), ALUR_DATABSE_URL="x")
        assert told == "alur: There is no setting ALUR_DATABSE_URL; did you mean ALUR_DATABASE_URL?"


def test_upgrading_tells_the_revision(shell: Shell) -> None:
    """Safe to repeat."""
    assert shell.told("db", "upgrade") == {"revision": newest()}
    assert newest() in shell.run("db", "upgrade").stdout


def test_what_is_not_understood_exits_2_with_its_use(shell: Shell) -> None:
    """An unknown command, queue or option."""
    assert "No such command" in shell.refused("fly", code=2)
    assert "engine" in shell.refused("worker", "everything", code=2)
    assert "No such option" in shell.refused("cases", "list", "--all", code=2)


def test_a_database_that_is_not_there_is_told_in_a_sentence(shell: Shell, tmp_path: Path) -> None:
    """No server at the given address: exit 1, one sentence, no traceback."""
    told = shell.refused(
        "cases",
        "list",
        process=True,
        ALUR_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        ALUR_DATA=str(tmp_path),
    )
    assert told.startswith("alur: ")


def test_a_command_alone_starts_the_services_and_stops_them(tmp_path: Path) -> None:
    """With nothing running, a command brings the embedded database up, works, and leaves nothing behind."""
    alone = Shell(tmp_path / "alone")
    assert alone.run("cases", "list", process=True).stdout.strip() == "There are no cases yet."
    eventually(lambda: not alive({keeper(alone.data)}))


def test_a_calendar_is_checked_previewed_submitted_and_published(shell: Shell, tmp_path: Path) -> None:
    """From a file to the version in force, by two supervisors; every refusal is a sentence."""
    file = tmp_path / "disnaker.yaml"
    file.write_text(text_with(2, "2027-01-01", holiday("2027-01-04")))
    assert shell.run("calendars", "check", str(file)).stdout.strip() == "Sound."
    told = shell.told("calendars", "preview", str(file))
    assert (told["version"], told["from_day"], told["newly_broken"]) == (2, "2027-01-01", 0)
    assert "is no supervisor" in shell.refused("calendars", "submit", str(file), "--as", "operator")
    assert shell.told("calendars", "submit", str(file), "--as", "supervisor")["hash"] == told["hash"]
    assert "another supervisor" in shell.refused("calendars", "publish", "disnaker", "--as", "supervisor")
    assert shell.told("calendars", "publish", "disnaker", "--as", "supervisor2")["preview"] == told
    assert [v["version"] for v in shell.told("calendars", "list") if v["name"] == "disnaker"] == [1, 2]
    assert "disnaker" in shell.run("calendars", "list").stdout
    assert "No new version" in shell.refused("calendars", "publish", "disnaker", "--as", "supervisor2")
    file.write_text(text_with(3, "2027-02-30"))
    assert shell.run("calendars", "check", str(file)).returncode == 1
    shell.refused("calendars", "submit", str(file), "--as", "supervisor")


def test_erasing_and_retention_are_told_in_sentences(shell: Shell, opened: House, case: int) -> None:
    """A valid card, a person who may not, and nothing that is due."""
    assert "still valid" in shell.refused("cases", "erase", str(case), "--under", "right", "--as", "supervisor")
    assert "no supervisor" in shell.refused("cases", "erase", str(case), "--under", "right", "--as", "operator")
    assert "no case" in shell.refused("cases", "erase", "999999", "--under", "right", "--as", "supervisor")
    shell.refused("cases", "erase", str(case), "--as", "supervisor", code=2)
    assert shell.told("retention", "list", "--within", "20") == []
    assert shell.run("retention", "run", "--dry-run").stdout == "Nothing is past its time.\n"
    draft = open_filled(opened, new_account(opened))
    with opened.engine.begin() as db:
        db.execute(text("UPDATE case_ SET created_at = created_at - interval '99 days' WHERE id = :c"), {"c": draft})
        db.execute(
            text("UPDATE working_copy SET saved_at = saved_at - interval '99 days' WHERE case_id = :c"), {"c": draft}
        )
    assert [(r["case"], r["state"]) for r in shell.told("retention", "list")] == [(draft, "draft")]
    assert shell.told("retention", "run") == {"erased": [draft], "left": []}
    assert shell.told("cases", "show", str(draft))["under"] == "retention"
    words = shell.run("cases", "replay", str(draft)).stdout
    assert "the end of the retention period" in words
    assert "berakhirnya masa simpan" in words
    assert "It equals what is stored." in words


def test_a_backup_is_made_and_refused_where_it_would_overwrite(shell: Shell, opened: House, tmp_path: Path) -> None:
    """What is in the house is said to be there; what is no backup is told as that."""
    told = shell.told("backup", "--out", str(tmp_path / "house.alur"))
    assert told["manifest"]["documents"] > 0
    assert Path(told["safe"]) == opened.settings.key_safe
    opened.engine.dispose()
    said = shell.refused("restore", str(tmp_path / "house.alur"))
    assert "--force" in said or "Stop `alur serve`" in said
    (tmp_path / "none").write_text("nothing")
    assert "no backup" in shell.refused("restore", str(tmp_path / "none"))
    shell.refused("restore", str(tmp_path / "nowhere"), code=2)
