"""Turning the working copy into a version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel_kit import ANI, SITI, Desk, ak1, copy_of, corrected, good_data, standing, variant
from workflow.case import DRAFT
from workflow.commands import Standing
from workflow.submission import missing_documents


def test_history_begins_with_the_submission() -> None:
    """Rule 1: a draft has no event, no clock and no task; `submit` checks and enters the initial state."""
    desk = Desk()
    assert (desk.case.state, desk.case.seq, desk.timers()) == (DRAFT, 0, {})
    desk.give()
    first = desk.events[0]
    assert (first.seq, first.type, first.body["to"]) == (1, "submitted", "submitted")
    assert desk.case.submitted_at == desk.now
    desk.check()


def test_a_submission_tells_digests_and_facts_only() -> None:
    """Rules 11 and 12: the event holds the digests of data and documents and the bracketed facts."""
    body = (Desk().give()).events[0].body
    assert body["data"] == {"version": 1, "digest": f"{1:064x}"}
    assert set(body["documents"]) == {"photo", "ktp", "diploma"}
    assert body["facts"]["kecamatan"] == "Bukit Kecil"
    assert body["facts"]["age_group"] == "20-29"
    assert "1671015708010003" not in str(body)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"nik": "167101570801000"}, "nik"), ({"name": None}, "name"), ({"birth_date": "2020-01-01"}, "birth_date")],
)
def test_incomplete_or_wrong_data_is_refused_with_its_field(changes: dict[str, object], field: str) -> None:
    """The form is checked before anything is entered; the refusal names the field."""
    refused = Desk().give(copy=copy_of(data=good_data(**changes))).refusal
    assert refused is not None
    assert refused.code == "data_incomplete"
    assert [f["field"] for f in refused.details["fields"]] == [field]


def test_a_submission_whose_content_is_gone_is_refused() -> None:
    """Without the frozen copy, for example once it was erased, nothing is submitted."""
    assert Desk().refusal("submit", SITI) == "data_incomplete"


def test_a_document_is_required_only_where_its_condition_says_so() -> None:
    """`required_when`: a renewal needs the old card, a new card does not."""
    process = ak1().process
    assert missing_documents(process, copy_of()) == []
    assert missing_documents(process, copy_of(data=good_data(kind="renewal"))) == ["old_card"]
    refused = Desk().give(copy=copy_of(data=good_data(kind="renewal"), kinds=("ktp",))).refusal
    assert refused is not None
    assert refused.details["kinds"] == ["photo", "diploma", "old_card"]


def test_a_key_that_another_case_holds_is_refused_with_that_case() -> None:
    """At most `limit` cases hold one key; the person learns which case of theirs stands in the way."""
    refused = Desk().give(standings=standing(99, "verifying")).refusal
    assert refused is not None
    assert (refused.code, refused.details) == ("hold_full", {"hold": "nik", "others": [99]})


def test_a_stranger_does_not_learn_whose_case_holds_the_key() -> None:
    """The number of somebody else's case is nobody's business."""
    refused = Desk().give(standings=standing(99, "verifying", owner="2")).refusal
    assert refused is not None
    assert refused.details["others"] == []


def test_officers_learn_that_a_card_stands_beside() -> None:
    """The history says which cases will be replaced, so that nobody loses a card unseen."""
    desk = Desk()
    desk.give(standings=standing(99, "issued", owner="2"))
    assert desk.events[0].body["beside"] == [99]


def test_a_renewal_stands_beside_the_card_that_it_renews() -> None:
    """A case that `replaces` may leave does not count: the old card lives until the new one is issued."""
    desk = Desk()
    assert desk.give(standings=standing(99, "issued")).refusal is None
    assert desk.case.holds == {"holder": "k" * 64}
    two = {"holder": ("k" * 64, (Standing(98, "issued", "1"), Standing(99, "approved", "1")))}
    refused = Desk().give(standings=two).refusal
    assert refused is not None
    assert refused.details["others"] == [99]


def test_a_full_hold_may_start_the_case_in_line(tmp_path: Path) -> None:
    """With `full:` the case waits in the named state instead of being refused."""
    book = variant(
        tmp_path,
        ("replaces: replace}", "replaces: replace, full: waiting, freed: promote}"),
        (
            "  replace:\n    title",
            "  promote:\n    title: {id: P, en: P}\n"
            "    from: waiting\n    to: verifying\n    by: hold\n  replace:\n    title",
        ),
        ("  verifying:\n    title", "  waiting:\n    title: {id: W, en: W}\n  verifying:\n    title"),
    )
    desk = Desk(book)
    desk.give(standings=standing(99, "verifying"))
    assert desk.case.state == "waiting"
    desk = Desk(book)
    desk.give(standings={"holder": ("k" * 64, ())})
    assert desk.case.state == "submitted"


def test_a_resubmission_is_checked_like_a_submission() -> None:
    """`resubmit` makes the copy a version: data, documents and holds are asked again."""
    desk = corrected()
    assert _told(desk, copy=copy_of(2, data=good_data(nik="1"))) == "data_incomplete"
    assert _told(desk, copy=copy_of(2, kinds=("photo",))) == "document_missing"
    assert _told(desk, standings=standing(99, "approved")) == "hold_full"
    assert _told(desk, copy=copy_of(2)) is None
    assert desk.case.data == 2


def _told(desk: Desk, **fields: object) -> str | None:
    refused = desk.give("resubmit", **fields).refusal  # type: ignore[arg-type]
    return refused.code if refused else None


def test_a_draft_without_party_account_is_submitted_by_an_officer_only() -> None:
    """Rule 14: somebody without an account is served at the counter."""
    desk = Desk(owner=None)
    refused = desk.give(actor=SITI).refusal
    assert refused is not None
    assert refused.code == "wrong_role"
    assert desk.give(actor=ANI).refusal is None
    desk.check()
