"""Who works where: journaled, and refused where an office could not meet four eyes any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from alur.furnish import SHIPPED
from alur.wiring import House
from tests.api_kit import together
from tests.drain_kit import one, quiet_house, rows
from tests.lifecycle_kit import NOW, approved, submitted, texts
from tests.support import account_id, new_account
from workflow.db import journal, library, memberships, publishing, staff
from workflow.db.drafts import DraftRefusedError
from workflow.db.memberships import By, MembershipRefusedError, Outcome

CONSOLE = By(actor="console")


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house of its own for each test: its staff is the demo's."""
    with quiet_house(house) as opened:
        yield opened


def leave(house: House, name: str, role: str, office: str = "palembang", by: By = CONSOLE) -> Outcome:
    """Take a role back."""
    with house.engine.begin() as db:
        return memberships.leave(db, house.library, account_id(house, name), role, office, by, NOW)


def join(house: House, name: str, role: str, office: str = "palembang", by: By = CONSOLE) -> Outcome:
    """Give a role."""
    with house.engine.begin() as db:
        return memberships.join(db, house.library, account_id(house, name), role, office, by, NOW)


def has(house: House, name: str, role: str, office: str = "palembang") -> bool:
    """True when the account has the role at the office."""
    found = rows(
        house,
        "SELECT 1 FROM membership WHERE account = :a AND role = :r AND office = :o",
        a=account_id(house, name),
        r=role,
        o=office,
    )
    return bool(found)


def last(house: House) -> tuple[str, str, dict[str, object]]:
    """The newest event of the journal, whose chain is whole."""
    with house.engine.connect() as db:
        assert journal.whole(db) is None
        event = journal.read(db, limit=1)[0]
    return event.type, event.actor, dict(event.body)


@pytest.mark.parametrize("process", SHIPPED)
def test_the_demo_accounts_meet_four_eyes(quiet: House, process: str) -> None:
    """Whoever tries Alur out can carry every shipped process to its end, at each office."""
    with quiet.engine.connect() as db:
        spec = quiet.library.process(db, library.current(db, process))
        assert staff.unmet(db, spec, quiet.library.offices) == []


def test_the_last_signer_does_not_leave_unnoticed(own: House) -> None:
    """Refused with the path after which cards would wait for ever; nothing changed and nothing is journaled."""
    before = one(own, "SELECT count(*) FROM journal")
    with pytest.raises(MembershipRefusedError) as caught:
        leave(own, "signer", "signer")
    refusal = caught.value.refusal
    assert refusal.code == "staff_worsened"
    assert (refusal.details["office"], refusal.details["role"]) == ("palembang", "signer")
    assert refusal.details["path"] == ["submit", "begin", "approve"]
    assert has(own, "signer", "signer")
    assert one(own, "SELECT count(*) FROM journal") == before


def test_somebody_who_leaves_leaves(own: House) -> None:
    """Forced with a reason: done, told what cannot be met now, and journaled with the reason kept apart."""
    by = By(actor=str(account_id(own, "supervisor")), forced="Pensiun per 1 Desember")
    outcome = leave(own, "signer", "signer", by=by)
    assert [(u.office, u.role, u.code) for u in outcome.unmet] == [("palembang", "signer", "role_unstaffed")]
    assert not has(own, "signer", "signer")
    type_, actor, body = last(own)
    assert (type_, actor) == ("membership_removed", by.actor)
    assert len(str(body.pop("said"))) == 64
    assert body == {"account": str(account_id(own, "signer")), "role": "signer", "office": "palembang"}
    assert one(own, "SELECT text FROM journal_note ORDER BY seq DESC LIMIT 1") == by.forced


def test_a_change_that_leaves_it_as_bad_as_it_was_is_done_and_told(own: House) -> None:
    """Without a signer, an operator may still go; the one who comes back mends it."""
    leave(own, "signer", "signer", by=By(actor="1", forced="Pensiun"))
    assert [u.role for u in leave(own, "operator2", "operator").unmet] == ["signer"]
    assert join(own, "signer", "signer").unmet == ()
    assert last(own)[0] == "membership_added"


def test_an_office_that_lacks_one_role_does_not_lose_another(own: House) -> None:
    """Already unable to sign, it is still refused to become unable to verify."""
    leave(own, "signer", "signer", by=By(actor="1", forced="Pensiun"))
    leave(own, "operator2", "operator")
    with pytest.raises(MembershipRefusedError) as caught:
        leave(own, "operator", "operator")
    assert caught.value.refusal.details["role"] == "operator"


def test_giving_a_role_can_break_four_eyes_too(own: House) -> None:
    """The only other operator also signs: what the signer verified, nobody is left to sign."""
    with pytest.raises(MembershipRefusedError) as caught:
        join(own, "signer", "operator")
    assert caught.value.refusal.details["path"] == ["submit", "begin", "approve"]
    assert not has(own, "signer", "operator")


def test_an_empty_office_is_built_up_one_by_one(own: House) -> None:
    """Each who joins is welcome though four eyes are not met until the last one has come."""
    for name in ("operator", "operator2", "instructor", "signer", "head"):
        for role in ("operator", "instructor", "signer", "head"):
            leave(own, name, role, by=By(actor="1", forced="Pindah"))
    with own.engine.connect() as db:
        assert all("operator" not in roles for roles in staff.staff_of(db, "palembang").values())
    outcomes = [join(own, name, name) for name in ("operator", "signer", "head", "instructor")]
    assert outcomes[0].unmet
    assert outcomes[-1].unmet == ()


def test_a_role_everywhere_counts_at_every_office(own: House) -> None:
    """`*` is looked at for all of them, also when it is taken back."""
    new_account(own, "signer@*", name="wanda")
    assert leave(own, "signer", "signer", "lamongan").unmet == ()
    with pytest.raises(MembershipRefusedError) as caught:
        leave(own, "wanda", "signer", "*")
    assert caught.value.refusal.details["office"] == "lamongan"


def test_two_at_once_cannot_each_remove_one_of_the_last_two(own: House) -> None:
    """They take turns: the second sees what the first did."""
    new_account(own, "signer@palembang", name="signer2")

    def attempt(name: str) -> Callable[[], object]:
        def work() -> object:
            try:
                return leave(own, name, "signer").changed
            except MembershipRefusedError as error:
                return error.refusal.code

        return work

    assert sorted(map(str, together(attempt("signer"), attempt("signer2")))) == ["True", "staff_worsened"]


def test_a_disabled_account_counts_for_nothing(own: House) -> None:
    """It goes the same way as leaving; enabled again, everything is as before."""
    signer = account_id(own, "signer")
    with own.engine.begin() as db, pytest.raises(MembershipRefusedError):
        memberships.disable(db, own.library, signer, CONSOLE, NOW)
    with own.engine.begin() as db:
        outcome = memberships.disable(db, own.library, signer, By(actor="1", forced="Sakit"), NOW)
    assert {u.office for u in outcome.unmet} == {"palembang", "lamongan", "banda-aceh"}
    assert last(own)[0] == "account_disabled"
    with own.engine.begin() as db:
        assert memberships.enable(db, signer, CONSOLE, NOW)
        assert not memberships.enable(db, signer, CONSOLE, NOW)
        assert memberships.disable(db, own.library, account_id(own, "siti"), CONSOLE, NOW).unmet == ()
    assert last(own)[0] == "account_disabled"


def test_what_was_so_already_is_not_journaled(own: House) -> None:
    """Joining twice and leaving twice change nothing."""
    before = one(own, "SELECT count(*) FROM journal")
    assert not join(own, "operator", "operator").changed
    assert not leave(own, "siti", "operator").changed
    assert one(own, "SELECT count(*) FROM journal") == before


def test_publishing_asks_each_office_that_runs_the_process(own: House) -> None:
    """A version for which an office has nobody is refused with office, role and path; staffed, it is published."""
    files = texts(("task: {role: signer, bulk: true}", "task: {role: head, bulk: true}"))
    files["process.yaml"] = files["process.yaml"].replace("by: signer\n    run", "by: head\n    run")
    files["process.yaml"] = files["process.yaml"].replace("distinct_from: [operator]}", "}")
    files["process.yaml"] = files["process.yaml"].replace(
        'title: {id: "Kepala bidang", en: "Head of section"}}',
        'title: {id: "Kepala bidang", en: "Head of section"}, distinct_from: [operator]}',
    )
    draft = submitted(own, files)
    leave(own, "head", "head", "lamongan", By(actor="1", forced="Mutasi"))
    with pytest.raises(DraftRefusedError) as caught:
        approved(own, draft.id)
    details = caught.value.refusal.details
    assert caught.value.refusal.code == "staff_unmet"
    assert (details["office"], details["role"], details["state"]) == ("lamongan", "head", "approved")
    assert details["path"] == ["submit", "begin", "approve"]
    join(own, "head", "head", "lamongan")
    version = approved(own, draft.id).version
    assert version is not None
    assert version.version == 2


def test_a_publication_and_a_membership_take_turns(own: House) -> None:
    """Between the proof and the publication nobody leaves."""
    draft = submitted(own, texts(("Kartu AK-1 daring", "Kartu AK-1")))
    with own.engine.begin() as db:
        publishing.publish(db, own.library.offices, draft.id, str(account_id(own, "supervisor2")), NOW)
        with own.engine.connect() as other:
            assert not other.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({staff._LOCK})").scalar()


def test_a_task_that_goes_elsewhere_needs_somebody_there(own: House) -> None:
    """An office that does not run the process may still have to do a task of it."""
    changed = texts(("task: {role: signer, bulk: true}", "task: {role: signer, bulk: true, office: lamongan}"))
    draft = submitted(own, changed)
    leave(own, "signer", "signer", "lamongan", By(actor="1", forced="Mutasi"))
    with pytest.raises(DraftRefusedError) as caught:
        approved(own, draft.id)
    assert caught.value.refusal.details["office"] == "lamongan"
