"""One person is erased: history, statistics, what-if, checkpoint and restore behave as they promise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from alur.backup.making import make as back_up
from alur.backup.restoring import restore
from alur.wiring import House
from tests import erase_kit
from tests.audit_kit import audited, seal, told
from tests.drain_kit import quiet_house, with_card
from tests.kernel_kit import variant
from workflow.db import reports
from workflow.db.cases import get
from workflow.db.history import read_events
from workflow.db.log import Sealed
from workflow.db.replaying import past, verify_case
from workflow.db.whatif import whatif
from workflow.replay import Until
from workflow.reports.as_json import as_json

FOREVER = date(2000, 1, 1)


@pytest.fixture(scope="module")
def own(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A quiet house with documents and a key safe of its own."""
    with quiet_house(house) as quiet:
        yield erase_kit.of_its_own(quiet, tmp_path_factory.mktemp("one"))


class Told:
    """What the house told of the person's case before the erasure, and the case."""

    case: int
    other: int
    seekers: Any
    sealed: Sealed
    backup: Path
    events: int


@pytest.fixture(scope="module")
def before(own: House, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The person with a revoked card and somebody else with a valid one; counted, sealed and backed up, then erased."""
    found = Told()
    found.case = erase_kit.revoked(own, erase_kit.party(own))
    found.other, _ = with_card(own)
    found.seekers = counted(own)
    found.sealed = seal(own)
    found.backup = tmp_path_factory.mktemp("kept") / "house.alur"
    back_up(own, found.backup, lambda _: None)
    with own.engine.connect() as db:
        found.events = len(read_events(db, found.case))
    assert list(own.eraser().by_right(found.case, "1", datetime.now(UTC))) == [found.case]
    return found


def counted(house: House) -> Any:
    """The numbers of the job-seekers' report of this year, without the moment at which it was made."""
    asked = reports.Asked(name="seekers", offices=["palembang"])
    with house.engine.connect() as db:
        made = as_json(reports.make(db, house.library, asked, datetime.now(UTC)), "en")
    return made["sections"]


def test_the_history_is_whole_and_says_erased(own: House, before: Told) -> None:
    """The fold equals the store, with one event more; of the time before the data cannot be told."""
    with own.engine.connect() as db:
        assert verify_case(db, own.library, before.case) is None
        then = past(db, own.library, get(db, before.case), Until(seq=before.events), datetime.now(UTC))
        now = past(db, own.library, get(db, before.case), Until(), datetime.now(UTC))
    assert then.case.erased is None
    assert now.case.erased is not None
    assert (now.case.erased.under, now.case.seq) == ("right", before.events + 1)


def test_statistics_count_the_person_as_before(own: House, before: Told) -> None:
    """Facts outlive the data: every number is what it was."""
    assert counted(own) == before.seekers


def test_what_if_tells_what_needs_no_data_and_nothing_else(own: House, before: Told, tmp_path: Path) -> None:
    """A promise is counted for both; a guard over data is told for the one who is still there."""
    shorter = variant(tmp_path, ("target: PT24H", "target: PT4H"))
    guard = '      - {if: "data.education != \'\'", else: {id: "Isi", en: "Fill"}}\n'
    old = '      - {if: "documents.complete", else'
    asking = variant(tmp_path, (old, guard + old))
    with own.engine.connect() as db:
        promises, guarded = (
            {o.case: o for o in whatif(db, own.library, own.vault, draft.process, FOREVER, datetime.now(UTC))}
            for draft in (shorter, asking)
        )
    assert {c: o.verdict for c, o in promises.items()} == {before.case: "same", before.other: "same"}
    assert {c: (o.verdict, o.code) for c, o in guarded.items()} == {
        before.case: ("unknown", "data_erased"),
        before.other: ("same", None),
    }


def test_the_checkpoint_of_before_still_holds(own: House, before: Told) -> None:
    """Nothing that was sealed changed; the erasure is sealed as an event like every other."""
    findings, tells = audited(own, kept=before.sealed)
    assert told(findings) == []
    assert tells.looked.erased == 1
    later = seal(own)
    assert later.size > before.sealed.size
    findings, _ = audited(own, kept=later)
    assert told(findings) == []


def test_a_restored_backup_does_not_bring_the_person_back(own: House, before: Told) -> None:
    """The backup is from before the erasure, which is performed again; the other person is there, nothing breaks."""
    if "_drainer" in own.__dict__:
        own.__dict__.pop("_drainer")._connection.close()
    if "_web_engine" in own.__dict__:
        own.__dict__.pop("_web_engine").dispose()
    own.engine.dispose()
    restore(own, before.backup, lambda _: None, force=True)
    dump = erase_kit.database(own)
    assert not [needle for needle in erase_kit.NEEDLES if needle in dump]
    with own.engine.connect() as db:
        erased, there = get(db, before.case).case, get(db, before.other).case
        assert verify_case(db, own.library, before.case) is None
    assert erased.erased is not None
    assert there.erased is None
    assert counted(own) == before.seekers
    findings, _ = audited(own, kept=before.sealed)
    assert told(findings) == []
