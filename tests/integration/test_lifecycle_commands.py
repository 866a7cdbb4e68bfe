"""`alur definitions` and `alur accounts`, as people call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from alur import accounts as store
from alur.commands import common
from alur.commands.accounts import accounts
from alur.commands.definitions import definitions
from alur.wiring import House
from tests.drain_kit import one, quiet_house
from tests.lifecycle_kit import FOLDER, retitled, texts
from tests.support import account_id
from workflow.errors import AlurError


@pytest.fixture(scope="module")
def own(house: House) -> Iterator[House]:
    """A house of this file's own."""
    with quiet_house(house) as opened:
        yield opened


@pytest.fixture(autouse=True)
def at_home(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands open the house of this file."""
    assert make_url(own.urls.database).database

    class Opened:
        def __enter__(self) -> House:
            return own

        def __exit__(self, *_: object) -> None:
            return None

    for module in ("definitions", "accounts", "lifecycle", "comparing"):
        monkeypatch.setattr(f"alur.commands.{module}.house", Opened)
    assert common.house is not Opened


def call(*words: str) -> Result:
    """A call that must succeed."""
    group = {"definitions": definitions, "accounts": accounts}[words[0]]
    done = CliRunner().invoke(group, words[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def told(*words: str) -> Any:
    """The JSON that a call prints."""
    return json.loads(call(*words, "--json").output)


def refused(*words: str) -> AlurError:
    """The error that a call meets."""
    with pytest.raises(AlurError) as caught:
        call(*words)
    return caught.value


def folder(tmp_path: Path, files: dict[str, str]) -> str:
    """A folder with these files."""
    tmp_path.mkdir(exist_ok=True)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return str(tmp_path)


def test_a_folder_is_submitted_published_and_retired(own: House, tmp_path: Path) -> None:
    """From texts to the version that new cases use, and back."""
    files = retitled("Kartu AK-1")
    del files["scenarios.yaml"]
    here = folder(tmp_path / "a", files)
    assert "waits for another supervisor" in call("definitions", "submit", here, "--as", "supervisor").output
    assert any(row.get("status") == "in_review" for row in told("definitions", "list"))
    assert refused("definitions", "publish", "ak1-online", "--as", "supervisor").code == "definition_refused"
    assert refused("definitions", "publish", "ak1-online", "--as", "operator").code == "not_supervisor"
    done = told("definitions", "publish", "ak1-online", "--as", "supervisor2")
    assert (done["version"]["version"], done["status"]) == (2, "published")
    again = call("definitions", "submit", here, "--as", "supervisor").output
    assert "this content is ak1-online version 2" in again
    retired = told("definitions", "retire", "ak1-online", "--version", "2", "--reason", "Keliru", "--as", "supervisor")
    assert retired == {"process": "ak1-online", "retired": [2], "current": 1}
    assert one(own, "SELECT text FROM journal_note ORDER BY seq DESC LIMIT 1") == "Keliru"
    assert refused("definitions", "publish", "ak1-online", "--as", "supervisor2").code == "definition_refused"


def test_an_unsound_folder_is_not_submitted(tmp_path: Path) -> None:
    """Every problem with its place; nothing is kept."""
    files = texts(("to: rejected\n    by: operator", "to: nowhere\n    by: operator"))
    error = refused("definitions", "submit", folder(tmp_path, files), "--as", "supervisor")
    assert error.code == "definition_invalid"
    assert "process.yaml:" in str(error)


def test_scenarios_that_name_what_is_not_there_are_not_submitted(tmp_path: Path) -> None:
    """They are read whole, with the files beside them."""
    files = texts(("Kartu AK-1 daring", "Lain"))
    assert refused("definitions", "submit", folder(tmp_path, files), "--as", "supervisor").code == "definition_invalid"


def test_a_difference_is_told_between_files_names_versions_and_drafts(tmp_path: Path) -> None:
    """Whatever names a definition may stand on either side."""
    here = folder(tmp_path, texts(("target: PT24H", "target: PT48H")))
    assert "berubah dari “PT24H” menjadi “PT48H”" in call("definitions", "diff", "ak1-online@1", here).output
    assert call("definitions", "diff", str(FOLDER), str(FOLDER), "--lang", "en").output == "Nothing differs.\n"
    found = told("definitions", "diff", str(FOLDER), here)
    assert [c["name"] for c in found["changes"]] == ["service"]
    listed = told("definitions", "list")
    hash_ = next(row["hash"] for row in listed if (row["process"], row["version"]) == ("ak1-online", 1))
    assert told("definitions", "diff", hash_[:10], "ak1-online@1")["changes"] == []
    assert refused("definitions", "diff", "ak1-online@99", here).code == "unknown_definition"


def test_a_process_is_drawn(tmp_path: Path) -> None:
    """To a file, or to where it is piped."""
    out = tmp_path / "ak1.svg"
    call("definitions", "draw", "ak1-online", "--out", str(out), "--lang", "en")
    assert call("definitions", "draw", str(FOLDER), "--lang", "en").output == out.read_text()


def test_accounts_are_listed_joined_left_and_disabled(own: House) -> None:
    """What cannot be met afterwards is told; what would make it so is refused, unless a supervisor forces it."""
    assert (
        refused("accounts", "leave", "signer", "--role", "signer", "--office", "palembang").code == "membership_refused"
    )
    forced = ("accounts", "leave", "signer", "--role", "signer", "--office", "palembang", "--force", "Pensiun")
    assert refused(*forced).code == "bad_account"
    assert refused(*forced, "--as", "operator").code == "not_supervisor"
    done = told(*forced, "--as", "supervisor")
    assert [(u["office"], u["role"]) for u in done["unmet"]] == [("palembang", "signer")]
    listed = {row["name"]: row for row in told("accounts", "list")}
    assert {"role": "signer", "office": "palembang"} not in listed["signer"]["memberships"]
    assert told("accounts", "join", "signer", "--role", "signer", "--office", "palembang")["unmet"] == []
    assert refused("accounts", "join", "signer", "--role", "wizard", "--office", "palembang").code == "bad_account"
    assert refused("accounts", "join", "signer", "--role", "signer", "--office", "mars").code == "unknown_office"
    call("accounts", "add", "baru", "--role", "operator", "--office", "palembang")
    with own.engine.begin() as db:
        store.new_token(db, account_id(own, "baru"))
    assert told("accounts", "disable", "baru")["changed"]
    assert one(own, "SELECT count(*) FROM token WHERE account = :a", a=account_id(own, "baru")) == 0
    assert not {row["name"]: row for row in told("accounts", "list")}["baru"]["active"]
    assert told("accounts", "enable", "baru")["changed"]


def test_where_several_drafts_wait_the_one_that_was_read_is_named(own: House, tmp_path: Path) -> None:
    """A reviewer never publishes what came in after the reading; the same content twice is one draft."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one_way, other = retitled("Kartu A"), retitled("Kartu B")
    del one_way["scenarios.yaml"], other["scenarios.yaml"]
    read, later = folder(tmp_path / "a", one_way), folder(tmp_path / "b", other)
    first = told("definitions", "submit", read, "--as", "supervisor")["draft"]
    assert told("definitions", "submit", read, "--as", "supervisor")["draft"] == first
    assert told("definitions", "submit", later, "--as", "supervisor")["draft"] != first
    error = refused("definitions", "publish", "ak1-online", "--as", "supervisor2")
    assert "Name the number" in str(error)
    done = told("definitions", "publish", "ak1-online", "--draft", str(first), "--as", "supervisor2")
    assert (done["draft"], done["status"]) == (first, "published")
