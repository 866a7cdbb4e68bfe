"""Checkpoints and proofs over HTTP and at the command line, for auditors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alur.commands import audit as commands
from alur.wiring import House
from tests.api_kit import Api, refused
from tests.audit_kit import administrator, seal
from tests.drain_kit import in_verification, one, quiet_house
from workflow.log.checkpoint import read_checkpoint
from workflow.log.note import read_note, read_verifiers, signed_by, unnamed
from workflow.log.tree import consistent, includes, leaf_hash


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house of its own with a sealed case and one after it."""
    with quiet_house(house) as quiet:
        in_verification(quiet)
        seal(quiet)
        in_verification(quiet)
        yield quiet


def run(own: House, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    """`alur audit …` in this house: exit code and output."""
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Iterator[House]:
        yield own

    monkeypatch.setattr(commands, "house", opened)
    monkeypatch.setattr(commands, "settings", lambda: own.settings)
    done = CliRunner().invoke(commands.audit, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_an_auditor_reads_checkpoints_and_proves_a_case_without_trusting_the_house(own: House) -> None:
    """From the answers alone: signature, leaf under root, later log continues the earlier one."""
    auditor = Api(own, "auditor")
    first = auditor.get("/audit/checkpoints/latest").json
    seal(own)
    listed = auditor.get("/audit/checkpoints?limit=1").json
    assert [c["size"] for c in listed["checkpoints"]] == [3]
    rest = auditor.get(f"/audit/checkpoints?limit=1&before={listed['before']}").json
    assert rest["checkpoints"] == [first]
    note = read_note(listed["checkpoints"][0]["note"])
    assert signed_by(note, unnamed([own.note_signer().verifier.public]))
    newest = read_checkpoint(note.text)
    told = auditor.get("/audit/cases/1/proof").json
    proof = [bytes.fromhex(h) for h in told["proof"]]
    assert includes(leaf_hash(told["leaf"].encode()), told["index"], newest.size, proof, newest.root)
    assert json.loads(told["leaf"])["head"] == one(own, "SELECT encode(head, 'hex') FROM case_ WHERE id = 1")
    grown = auditor.get(f"/audit/consistency?from={first['size']}&to={newest.size}").json
    path = [bytes.fromhex(h) for h in grown["proof"]]
    assert consistent(first["size"], bytes.fromhex(first["root"]), newest.size, newest.root, path)
    assert base64.b64decode(first["time_stamp"])


def test_the_note_alone_is_given_as_text(own: House) -> None:
    """To be kept outside."""
    auditor = Api(own, "auditor")
    told = auditor.get("/audit/checkpoints/latest").json
    plain = auditor.get(f"/audit/checkpoints/{told['size']}", Accept="text/plain")
    assert plain.content_type.startswith("text/plain")
    assert plain.get_data(as_text=True) == told["note"]


def test_what_is_not_there_is_told(own: House) -> None:
    """Unknown checkpoints, a case that is not sealed, an order that cannot be."""
    auditor = Api(own, "auditor")
    refused(auditor.get("/audit/checkpoints/1"), 404, "unknown_checkpoint")
    refused(auditor.get(f"/audit/checkpoints/{2**63}"), 404, "unknown_checkpoint")
    refused(auditor.get("/audit/cases/2/proof"), 404, "not_sealed")
    refused(auditor.get("/audit/cases/1/proof?size=99"), 404, "unknown_checkpoint")
    size = auditor.get("/audit/checkpoints/latest").json["size"]
    seal(own)
    refused(auditor.get(f"/audit/consistency?from={size + 1}&to={size}"), 422, "checkpoint_order")


@pytest.mark.parametrize("name", ["siti", "operator", "supervisor", "admin"])
def test_the_log_is_for_auditors(own: House, name: str) -> None:
    """Nobody else reads it or asks for a seal."""
    person = Api(own, name)
    for path in (
        "/audit/checkpoints",
        "/audit/checkpoints/latest",
        "/audit/cases/1/proof",
        "/audit/consistency?from=1&to=2",
    ):
        refused(person.get(path), 403, "forbidden")
    refused(person.post("/audit/checkpoints"), 403, "forbidden")
    refused(Api(own).get("/audit/checkpoints"), 401, "not_signed_in")


def test_a_checkpoint_is_asked_for_once_per_key(own: House) -> None:
    """202 and the number of the request; who makes it is the clock process."""
    auditor = Api(own, "auditor")
    asked = [auditor.post("/audit/checkpoints", Idempotency_Key="once") for _ in range(2)]
    assert [(a.status_code, a.json) for a in asked] == [(202, {"request": 1})] * 2
    assert asked[0].headers["Location"].endswith("/audit/checkpoints/latest")
    assert one(own, "SELECT count(*) FROM seal_request WHERE done_at IS NULL") == 1


def test_the_commands_seal_tell_the_key_and_verify(own: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A checkpoint kept outside and the published key are all that an auditor brings."""
    file, keys = tmp_path / "kept.txt", tmp_path / "keys.txt"
    code, said = run(own, monkeypatch, "checkpoint", "--out", str(file))
    assert code == 0
    assert "time-stamped" in said
    assert (tmp_path / "kept.txt.tsr").read_bytes()
    keys.write_text(run(own, monkeypatch, "key")[1])
    assert signed_by(read_note(file.read_text()), read_verifiers(keys.read_text()))
    code, said = run(own, monkeypatch, "verify", "--all", "--against", str(file), "--keys", str(keys))
    assert code == 0
    assert "Everything fits." in said
    assert "Since then 0 events happened" in said
    with administrator(own) as db:
        db.execute("UPDATE event SET actor = '99' WHERE case_id = 2 AND seq = 1")
    code, said = run(own, monkeypatch, "verify")
    assert code == 1
    assert said.splitlines()[0].startswith("case 2 event 1 event_changed: ")
    code, said = run(own, monkeypatch, "verify", "2", "--json")
    told: dict[str, Any] = json.loads(said)
    assert (code, [(f["code"], f["case"], f["seq"]) for f in told["findings"]]) == (1, [("event_changed", 2, 1)])
    assert run(own, monkeypatch, "verify", "1")[0] == 0


def test_a_foreign_key_does_not_vouch_for_this_house(
    own: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Checkpoints of the house and the one kept outside are told as not signed."""
    file, keys = tmp_path / "kept.txt", tmp_path / "keys.txt"
    run(own, monkeypatch, "checkpoint", "--out", str(file))
    keys.write_text("# nobody\n")
    code, said = run(own, monkeypatch, "verify", "--quick", "--json", "--against", str(file), "--keys", str(keys))
    assert code == 1
    assert {f["code"] for f in json.loads(said)["findings"]} == {"kept_unsigned", "checkpoint_unsigned"}
