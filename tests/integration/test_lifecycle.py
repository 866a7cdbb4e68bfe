"""The life of a definition: draft, review, publication by somebody else, retirement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from alur.furnish import furnish
from alur.wiring import House
from tests.api_kit import together
from tests.drain_kit import one, quiet_house, rows
from tests.lifecycle_kit import NOW, PROCESS, approved, base_of, drafted, published, retitled, submitted, texts
from tests.support import account_id, new_account, open_filled, send, settle, state
from workflow.db import cases, drafts, journal, library, publishing
from workflow.db.drafts import DraftRefusedError
from workflow.db.versions import find, versions
from workflow.definition.body import make_body
from workflow.definition.errors import DefinitionError
from workflow.definition.reader import load_process, parse_process
from workflow.definition.yaml import load
from workflow.errors import UnknownDefinitionError


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house of its own for each test: versions cannot be taken back."""
    with quiet_house(house) as opened:
        yield opened


def code(work: Callable[[], object]) -> str:
    """Code of the refusal that `work` meets."""
    with pytest.raises(DraftRefusedError) as caught:
        work()
    return caught.value.refusal.code


def told(house: House, *types: str) -> list[tuple[str, str, dict[str, object]]]:
    """Type, actor and body of events of the journal, oldest first; its chain is whole."""
    with house.engine.connect() as db:
        assert journal.whole(db) is None
        return [(e.type, e.actor, dict(e.body)) for e in reversed(journal.read(db, types=types))]


def save(
    house: House, draft: int, title: str, seen: int | None, by: str = "supervisor", base: str | None = None
) -> int:
    """Save a draft; its revision."""
    with house.engine.begin() as db:
        who = str(account_id(house, by))
        return drafts.save(db, draft, retitled(title), seen, who, NOW, base=base).revision


def back(house: House, draft: int, by: str = "supervisor2") -> None:
    """Send a draft back."""
    with house.engine.begin() as db:
        drafts.send_back(db, draft, "Judulnya belum jelas", str(account_id(house, by)), NOW)


def test_a_draft_becomes_the_next_version_when_somebody_else_publishes_it(own: House) -> None:
    """Counted up, named by the hash of its content, used by new cases; the journal tells who wrote and who approved."""
    settled = published(own, retitled("Kartu AK-1"))
    assert settled.version is not None
    assert (settled.version.version, settled.version.status, settled.known) == (2, "published", False)
    assert settled.version.hash == parse_process(retitled("Kartu AK-1")).hash == base_of(own)
    author, approver = str(account_id(own, "supervisor")), str(account_id(own, "supervisor2"))
    events = told(own, "definition_submitted", "definition_published")[-2:]
    assert [(type_, actor) for type_, actor, _ in events] == [
        ("definition_submitted", author),
        ("definition_published", approver),
    ]
    assert events[1][2] == {
        "process": PROCESS,
        "version": 2,
        "hash": settled.version.hash,
        "draft": settled.draft.id,
        "authors": [author],
    }


def test_nobody_publishes_what_they_wrote(own: House) -> None:
    """Whoever saved is an author, the first as well as the last."""
    draft = submitted(own, retitled("Kartu AK-1"))
    assert code(lambda: approved(own, draft.id, "supervisor")) == "definition_four_eyes"


def test_a_reviewer_who_edits_becomes_an_author(own: House) -> None:
    """Sent back, saved by the reviewer, submitted again: now neither of the two may publish."""
    draft = submitted(own, retitled("Kartu AK-1"))
    back(own, draft.id)
    save(own, draft.id, "Kartu kuning", draft.revision, by="supervisor2")
    with own.engine.begin() as db:
        publishing.submit(db, draft.id, 2, str(account_id(own, "supervisor")), NOW)
    assert code(lambda: approved(own, draft.id, "supervisor2")) == "definition_four_eyes"
    assert code(lambda: approved(own, draft.id, "supervisor")) == "definition_four_eyes"
    new_account(own, "supervisor@*", name="supervisor3")
    assert approved(own, draft.id, "supervisor3").version is not None


def test_the_database_refuses_an_approver_who_wrote(own: House) -> None:
    """Four eyes hold below the program, too."""
    draft = submitted(own, retitled("Kartu AK-1"))
    process = parse_process(retitled("Kartu AK-1"))
    with own.engine.begin() as db, pytest.raises(IntegrityError, match="somebody who did not write it"):
        publishing._add(db, process, ("1",), draft.authors[0], NOW, files=None, draft=draft.id)


def test_two_authors_at_once_do_not_overwrite_each_other(own: House) -> None:
    """One save is kept; the other is told who saved when."""
    draft = drafted(own, retitled("Kartu AK-1"))

    def attempt(title: str, by: str) -> Callable[[], object]:
        def work() -> object:
            try:
                return save(own, draft.id, title, 1, by=by)
            except DraftRefusedError as error:
                return error.refusal

        return work

    done = together(attempt("Satu", "supervisor"), attempt("Dua", "supervisor2"))
    assert done.count(2) == 1
    refusal = next(d for d in done if d != 2)
    assert refusal.code == "stale_draft"
    assert refusal.details["by"] == ("supervisor" if done[0] == 2 else "supervisor2")
    assert (refusal.details["revision"], refusal.details["at"]) == (2, "2026-11-23T02:00:00.000000Z")
    with own.engine.connect() as db:
        assert drafts.get(db, draft.id).files == retitled("Satu" if done[0] == 2 else "Dua")


def test_an_unsound_draft_is_kept_and_not_submitted(own: House) -> None:
    """Work in progress may be wrong; every problem stands with its line and the path that shows it."""
    files = texts(("    by: signer\n    run: sign_card", "    by: timer\n    run: sign_card"))
    draft = drafted(own, files)
    with own.engine.begin() as db, pytest.raises(DefinitionError) as caught:
        publishing.submit(db, draft.id, 1, draft.saved_by, NOW)
    assert all(p.line > 0 and p.file == "process.yaml" for p in caught.value.problems)
    with own.engine.connect() as db:
        assert drafts.get(db, draft.id).status == "draft"


def test_a_draft_in_review_is_frozen(own: House) -> None:
    """It is judged as it was submitted; it can be sent back, once."""
    draft = submitted(own, retitled("Kartu AK-1"))
    assert code(lambda: save(own, draft.id, "Lain", 1)) == "draft_in_review"
    back(own, draft.id)
    assert code(lambda: back(own, draft.id)) == "draft_not_in_review"
    assert code(lambda: approved(own, draft.id)) == "draft_not_in_review"


def test_the_reason_of_a_return_is_kept_beside_the_journal(own: House) -> None:
    """The journal holds a salted digest; the words can be erased without breaking its chain."""
    draft = submitted(own, retitled("Kartu AK-1"))
    back(own, draft.id)
    with own.engine.connect() as db:
        returned = drafts.get(db, draft.id).returned
        assert returned is not None
        assert journal.said_at(db, returned) == "Judulnya belum jelas"
    _, _, body = told(own, "definition_returned")[-1]
    assert len(str(body.pop("said"))) == 64
    assert body == {"draft": draft.id, "process": PROCESS, "hash": draft.hash, "revision": 1}
    with own.engine.begin() as db:
        db.execute(text("UPDATE journal_note SET salt = NULL, text = NULL"))
        assert journal.whole(db) is None


def test_a_draft_whose_process_was_published_meanwhile_is_told(own: House) -> None:
    """It is neither submitted nor published over a version that its authors have not seen; saving on top mends it."""
    early, late = submitted(own, retitled("Satu")), drafted(own, retitled("Dua"))
    published(own, retitled("Tiga"))
    assert code(lambda: approved(own, early.id)) == "draft_outdated"
    with own.engine.begin() as db:
        assert code(lambda: publishing.submit(db, late.id, 1, late.saved_by, NOW)) == "draft_outdated"
    save(own, late.id, "Dua", 1, base=base_of(own))
    with own.engine.begin() as db:
        publishing.submit(db, late.id, 2, late.saved_by, NOW)
    settled = approved(own, late.id)
    assert settled.version is not None
    assert settled.version.version == 3


def test_of_two_publications_at_once_one_is_outdated(own: House) -> None:
    """No number is given twice, and the second author looks again."""
    first, second = submitted(own, retitled("Satu")), submitted(own, retitled("Dua"), by="supervisor2")
    new_account(own, "supervisor@*", name="supervisor3")

    def attempt(draft: int) -> Callable[[], object]:
        def work() -> object:
            try:
                return approved(own, draft, "supervisor3").version
            except DraftRefusedError as error:
                return error.refusal.code

        return work

    done = together(attempt(first.id), attempt(second.id))
    assert "draft_outdated" in done
    assert [v.version for v in (d for d in done if not isinstance(d, str))] == [2]


def test_publishing_the_same_content_again_is_told(own: House) -> None:
    """Not an error, and no version: content has one name."""
    published(own, retitled("Satu"))
    again = drafted(own, retitled("Satu"))
    with own.engine.begin() as db:
        settled = publishing.submit(db, again.id, 1, again.saved_by, NOW)
    assert settled.known
    assert settled.version is not None
    assert settled.version.version == 2
    assert settled.draft.status == "draft"


def test_the_same_content_twice_in_review_is_published_once(own: House) -> None:
    """The second approver is told of the version that there is."""
    first, second = submitted(own, retitled("Satu")), submitted(own, retitled("Satu"))
    approved(own, first.id)
    settled = approved(own, second.id)
    assert (settled.known, settled.version and settled.version.version) == (True, 2)
    assert len(rows(own, "SELECT 1 FROM definition WHERE process = 'ak1-online'")) == 2


def test_a_published_version_is_immutable(own: House) -> None:
    """Neither its content nor who wrote and approved it; it is not deleted, and what is retired stays retired."""
    published(own, retitled("Satu"))
    for sql in ("body = '{}'", "author = '1'", "approver = '1'", "version = 9", "draft = NULL"):
        with own.engine.begin() as db, pytest.raises(IntegrityError, match="immutable"):
            db.execute(text(f"UPDATE definition SET {sql} WHERE version = 2"))
    with own.engine.begin() as db, pytest.raises(DBAPIError, match="append-only"):
        db.execute(text("DELETE FROM definition WHERE version = 2"))
    with own.engine.begin() as db:
        publishing.retire(db, PROCESS, 2, "1", NOW)
    with own.engine.begin() as db, pytest.raises(IntegrityError, match="immutable"):
        db.execute(text("UPDATE definition SET status = 'published' WHERE version = 2"))


def test_running_cases_keep_their_version(own: House) -> None:
    """A case pins what it was opened with; the next one gets the new version."""
    siti = new_account(own)
    old = open_filled(own, siti)
    send(own, old, "submit", siti, submits=True)
    version = published(own, retitled("Satu")).version
    new = open_filled(own, new_account(own))
    settle(own)
    assert version is not None
    with own.engine.connect() as db:
        assert cases.get(db, old).case.definition != version.hash
        assert cases.get(db, new).case.definition == version.hash
    assert state(own, old) == "verifying"


def test_a_retired_process_opens_no_cases_and_its_cases_go_on(own: House) -> None:
    """What is under way is finished by the version that it pins."""
    siti = new_account(own)
    case = open_filled(own, siti)
    send(own, case, "submit", siti, submits=True)
    with own.engine.begin() as db:
        gone = publishing.retire(db, PROCESS, None, "7", NOW, said="Diganti aplikasi pusat")
        assert [v.status for v in gone] == ["retired"]
        assert publishing.retire(db, PROCESS, None, "7", NOW) == []
    with own.engine.connect() as db, pytest.raises(UnknownDefinitionError):
        library.current(db, PROCESS)
    settle(own)
    assert state(own, case) == "verifying"
    [(_, actor, body)] = told(own, "definition_retired")
    assert (actor, body["version"], len(str(body["said"]))) == ("7", 1, 64)


def test_retiring_the_newest_version_lets_the_one_before_serve(own: House) -> None:
    """The way back from a version that was a mistake."""
    before = base_of(own)
    published(own, retitled("Satu"))
    with own.engine.begin() as db:
        publishing.retire(db, PROCESS, 2, "7", NOW)
        assert code(lambda: publishing.retire(db, PROCESS, 9, "7", NOW)) == "unknown_version"
    assert base_of(own) == before


def test_what_ships_is_published_over_what_shipped(own: House) -> None:
    """An upgrade of Alur brings its processes, as long as nobody took them into their own hands."""
    newer = retitled("Kartu AK-1")
    with own.engine.begin() as db:
        assert publishing.publish_shipped(db, parse_process(newer), NOW, newer) == 2
        assert publishing.publish_shipped(db, parse_process(newer), NOW, newer) is None
        assert publishing.texts(db, parse_process(newer).hash) == newer


def test_what_ships_is_offered_where_a_supervisor_published(own: House) -> None:
    """It waits in review, once, and any supervisor may publish it; the own version stays in force until then."""
    mine = published(own, retitled("Punya kami")).version
    newer = retitled("Kartu AK-1")
    for _ in range(2):
        with own.engine.begin() as db:
            assert publishing.publish_shipped(db, parse_process(newer), NOW, newer) is None
    assert mine is not None
    assert base_of(own) == mine.hash
    with own.engine.connect() as db:
        offered = drafts.waiting(db, PROCESS)
        assert len(drafts.open_ones(db, PROCESS)) == 1
    assert (offered.authors, offered.base) == (("shipped",), mine.hash)
    settled = approved(own, offered.id, "supervisor")
    assert settled.version is not None
    assert settled.version.version == 3


def test_furnishing_again_neither_publishes_nor_offers(own: House) -> None:
    """Every start furnishes."""
    published(own, retitled("Punya kami"))
    before = one(own, "SELECT count(*) FROM journal")
    furnish(own)
    with own.engine.connect() as db:
        assert [v.version for v in versions(db, PROCESS)] == [1, 2]
        assert drafts.open_ones(db) == []
    assert one(own, "SELECT count(*) FROM journal") == before


def test_a_version_that_no_file_made_is_proven_too(own: House) -> None:
    """A body that comes from elsewhere fails the same proofs: here a state that nobody reaches."""
    parts = {part: f"{part}.yaml" for part in ("process", "form", "notices", "standard", "card")}
    files = texts(("to: rejected\n    by: operator", "to: verifying\n    by: operator"))
    unproven = load_process(make_body({part: load(files[name], name).data for part, name in parts.items()}))
    with own.engine.begin() as db, pytest.raises(DefinitionError) as caught:
        publishing.publish_shipped(db, unproven, NOW)
    assert {p.code for p in caught.value.problems} == {"unreachable_state"}
    with own.engine.connect() as db:
        assert find(db, unproven.hash) is None
