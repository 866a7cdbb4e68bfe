"""Backup and restore: the house comes back, and nobody who was erased."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from alur.backup.errors import (
    HouseInUseError,
    HouseNotEmptyError,
    NewerBackupError,
    NotABackupError,
    OtherKeysError,
)
from alur.backup.making import make
from alur.backup.manifest import DUMP, MANIFEST, PERSONS
from alur.backup.restoring import Restored, restore
from alur.embedded.binaries import postgres_program
from alur.wiring import House
from tests import erase_kit
from tests.drain_kit import in_verification, quiet_house, rows, with_card
from tests.support import send, settle, state
from workflow.blobs import FolderStore
from workflow.db import cases, journal
from workflow.db.history import read_events
from workflow.db.replaying import verify_case
from workflow.db.sealed_files import card_file
from workflow.keysafe import KeySafe
from workflow.vault import Vault


@pytest.fixture
def own(house: House, tmp_path: Path) -> Iterator[House]:
    """A quiet house with documents and a key safe of its own."""
    with quiet_house(house) as quiet:
        yield erase_kit.of_its_own(quiet, tmp_path)


def quietly(_: str) -> None:
    """Progress that nobody reads."""


def stopped(house: House) -> House:
    """The same house with nobody at work in it."""
    if "_drainer" in house.__dict__:
        house.__dict__.pop("_drainer")._connection.close()
    if "_web_engine" in house.__dict__:
        house.__dict__.pop("_web_engine").dispose()
    house.engine.dispose()
    return house


def bring_back(house: House, file: Path, **more: bool) -> Restored:
    """Restore into the house itself."""
    return restore(stopped(house), file, quietly, force=more.get("force", True))


def rewritten(file: Path, out: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The backup with members changed; None leaves one out."""
    with tarfile.open(file) as old, tarfile.open(out, "w") as new:
        for member in old.getmembers():
            source = old.extractfile(member)
            assert source is not None
            content = change(member.name, source.read())
            if content is not None:
                info = tarfile.TarInfo(member.name)
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return out


def whole(house: House, case: int) -> None:
    """The case's replay equals what is stored."""
    with house.engine.connect() as db:
        assert verify_case(db, house.library, case) is None


def test_what_was_lost_comes_back(own: House, tmp_path: Path) -> None:
    """Cases, data and cards are as they were at the backup; what came later is gone."""
    case, _ = with_card(own)
    made = make(own, tmp_path / "house.alur", quietly)
    assert made.file.stat().st_mode & 0o077 == 0
    later, _ = in_verification(own)
    with own.engine.begin() as db:
        db.execute(text("UPDATE case_ SET state = 'revoked' WHERE id = :c"), {"c": case})
        db.execute(text("UPDATE person_key SET wrapped = NULL"))
    for path in (tmp_path / "documents").rglob("*"):
        if path.is_file():
            path.unlink()
    done = bring_back(own, made.file)
    assert done.erased == ()
    assert state(own, case) == "issued"
    assert rows(own, "SELECT count(*) FROM case_ WHERE id = :c", c=later) == [(0,)]
    whole(own, case)
    with own.engine.connect() as db:
        found = cases.get(db, case)
        assert cases.read_version(db, own.vault, found, found.case.data)["data"]["name"]
        assert card_file(db, own.vault, own.blobs, case).startswith(b"%PDF")
        told = journal.read(db, types=["house_restored"])
        assert journal.whole(db) is None
    assert told[0].body["erased"] == 0
    another, _ = in_verification(own)
    assert another > case, "the house goes on working, under numbers of its own"


def test_who_was_erased_since_does_not_come_back(own: House, tmp_path: Path) -> None:
    """The person is in the backup, with an account; after the restore nothing of them is found anywhere."""
    name = erase_kit.party(own)
    case = erase_kit.revoked(own, name)
    other, _ = with_card(own)
    made = make(own, tmp_path / "house.alur", quietly)
    first = datetime(2027, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    own.eraser().by_right(case, "1", first)
    done = bring_back(own, made.file)
    assert done.erased == (case,)
    dump, stored = erase_kit.database(own), erase_kit.files(tmp_path / "documents")
    for needle in erase_kit.NEEDLES:
        assert needle not in dump, needle
        assert needle.encode() not in stored
    with own.engine.connect() as db:
        last = read_events(db, case)[-1]
        again = cases.get(db, case).case.erased
        assert card_file(db, own.vault, own.blobs, other)
    assert last.type == "data_erased"
    assert last.body["first_at"] == "2027-01-02T03:04:05.000006Z"
    assert again is not None
    assert (again.at, again.under) == (first, "right")
    whole(own, case)
    assert bring_back(own, made.file).erased == (case,), "as often as it is restored"


def test_a_case_that_lived_in_the_backup_is_put_aside(own: House, tmp_path: Path) -> None:
    """It ended and was erased after the backup: restored without its data, nobody is asked to work on it."""
    case, siti = in_verification(own)
    made = make(own, tmp_path / "house.alur", quietly)
    send(own, case, "withdraw", siti)
    settle(own)
    own.eraser().by_right(case, "1", datetime.now(UTC))
    assert bring_back(own, made.file).erased == (case,)
    assert state(own, case) == "verifying"
    with own.engine.connect() as db:
        found = cases.get(db, case).case
    assert (found.task, found.step, dict(found.holds)) == (None, None, {})
    for table, condition in (("task", "status = 'open'"), ("timer", "true"), ("hold", "true"), ("case_key", "true")):
        left = rows(own, f"SELECT count(*) FROM {table} WHERE case_id = :c AND {condition}", c=case)
        assert left == [(0,)], table
    whole(own, case)


def test_a_number_given_anew_is_another_case(own: House, tmp_path: Path) -> None:
    """After a restore numbers run on from the backup's: what was erased under such a number before is another's."""
    made = make(own, tmp_path / "house.alur", quietly)
    gone, siti = in_verification(own)
    send(own, gone, "withdraw", siti)
    settle(own)
    own.eraser().by_right(gone, "1", datetime.now(UTC))
    assert bring_back(own, made.file).erased == ()
    case, _ = in_verification(own)
    assert case == gone
    second = make(own, tmp_path / "second.alur", quietly)
    assert bring_back(own, second.file).erased == ()
    with own.engine.connect() as db:
        found = cases.get(db, case)
        assert cases.read_version(db, own.vault, found, found.case.data)["data"]["name"]


def test_no_key_is_in_the_backup(own: House, tmp_path: Path) -> None:
    """Whoever finds the file can open nobody's data, not even with the house's data key."""
    in_verification(own)
    made = make(own, tmp_path / "house.alur", quietly)
    with tarfile.open(made.file) as tar:
        for name in (DUMP, PERSONS):
            member = tar.extractfile(name)
            assert member is not None
            (tmp_path / name).write_bytes(member.read())
    command = [postgres_program("pg_restore"), "--file=-", tmp_path / DUMP]
    plain = subprocess.run(command, check=True, capture_output=True).stdout
    keys = rows(own, "SELECT wrapped FROM person_key WHERE wrapped IS NOT NULL")
    assert keys
    for (wrapped,) in keys:
        assert bytes(wrapped).hex().encode() not in plain
        assert bytes(wrapped).hex().encode() not in (tmp_path / PERSONS).read_bytes()
        assert own.vault.person(bytes(wrapped))


def test_a_backup_is_made_while_the_house_works(own: House, tmp_path: Path) -> None:
    """One snapshot: a case that moves meanwhile is in it as it was, with its documents."""
    case, _ = in_verification(own)

    def disturb(_: str) -> None:
        in_verification(own)

    made = make(own, tmp_path / "house.alur", disturb)
    assert rows(own, "SELECT count(*) FROM case_")[0][0] > 1
    bring_back(own, made.file)
    assert rows(own, "SELECT id FROM case_") == [(case,)]
    whole(own, case)


@pytest.mark.parametrize("name", [DUMP, PERSONS, "document"])
def test_a_changed_backup_is_refused(own: House, tmp_path: Path, name: str) -> None:
    """One changed byte anywhere, and nothing of the house is touched."""
    case, _ = in_verification(own)
    made = make(own, tmp_path / "house.alur", quietly)

    def change(member: str, content: bytes) -> bytes:
        return content[:-1] + bytes([content[-1] ^ 1]) if member.startswith(name) else content

    with pytest.raises(NotABackupError, match="digest does not fit"):
        bring_back(own, rewritten(made.file, tmp_path / "changed.alur", change))
    assert state(own, case) == "verifying"


def test_a_backup_that_was_cut_off_is_refused(own: House, tmp_path: Path) -> None:
    """The manifest is written last, so half a file has none; a file that is none at all is told, too."""
    made = make(own, tmp_path / "house.alur", quietly)
    half = rewritten(made.file, tmp_path / "half.alur", lambda name, content: None if name == MANIFEST else content)
    with pytest.raises(NotABackupError, match=r"no manifest\.json"):
        bring_back(own, half)
    (tmp_path / "none").write_bytes(b"nothing of the kind")
    with pytest.raises(NotABackupError, match="no backup"):
        bring_back(own, tmp_path / "none")


def test_a_newer_backup_is_refused(own: House, tmp_path: Path) -> None:
    """A schema that this version does not know is not loaded."""
    made = make(own, tmp_path / "house.alur", quietly)

    def newer(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | {"revision": "9999"}).encode() if name == MANIFEST else content

    with pytest.raises(NewerBackupError, match="9999"):
        bring_back(own, rewritten(made.file, tmp_path / "newer.alur", newer))


def test_the_key_safe_and_the_data_key_must_be_those_of_the_backup(own: House, tmp_path: Path) -> None:
    """Without its safe, with a part of it only, or under another data key nothing is restored, and it is said why."""
    case, _ = in_verification(own)
    made = make(own, tmp_path / "house.alur", quietly)
    theirs = own.safe
    own.__dict__["safe"] = KeySafe(tmp_path / "elsewhere")
    with pytest.raises(OtherKeysError, match="ALUR_KEY_SAFE"):
        bring_back(own, made.file)
    own.__dict__["safe"] = theirs
    drawers = sorted((tmp_path / "key-safe" / "keys").iterdir())
    kept = drawers[0].read_bytes()
    drawers[0].unlink()
    with pytest.raises(OtherKeysError, match="lacks the keys of 1 "):
        bring_back(own, made.file)
    drawers[0].write_bytes(kept)
    vault = own.vault
    own.__dict__["vault"] = Vault(bytes(32))
    with pytest.raises(OtherKeysError, match="another data key"):
        bring_back(own, made.file)
    own.__dict__["vault"] = vault
    assert state(own, case) == "verifying"


def test_a_house_that_is_not_empty_is_not_overwritten_by_accident(own: House, tmp_path: Path) -> None:
    """`--force` must be said, and nobody may be at work."""
    case, _ = in_verification(own)
    made = make(own, tmp_path / "house.alur", quietly)
    with pytest.raises(HouseNotEmptyError, match="--force"):
        bring_back(own, made.file, force=False)
    stopped(own)
    with own.engine.connect() as db:
        db.execute(text("SELECT 1"))
        other = House(replace(own.settings), own.urls)
        other.__dict__.update(blobs=own.blobs, safe=own.safe)
        with pytest.raises(HouseInUseError, match="Stop"):
            restore(other, made.file, quietly, force=True)
        other.engine.dispose()
    assert state(own, case) == "verifying"


def test_a_backup_goes_into_an_empty_house(own: House, house: House, tmp_path: Path) -> None:
    """On a fresh machine: an empty database, the keys and the safe in place, and the file."""
    case, _ = with_card(own)
    made = make(own, tmp_path / "house.alur", quietly)
    with quiet_house(house, furnished=False) as fresh:
        fresh.__dict__.update(blobs=FolderStore(tmp_path / "new"), safe=own.safe)
        done = restore(fresh, made.file, quietly, force=False)
        assert done.documents == made.manifest.documents
        assert state(fresh, case) == "issued"
        whole(fresh, case)
        with fresh.engine.connect() as db:
            assert card_file(db, fresh.vault, fresh.blobs, case).startswith(b"%PDF")
        in_verification(fresh)
