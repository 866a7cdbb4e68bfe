"""The officers' pages of steps that failed for good."""

from __future__ import annotations

from datetime import timedelta

from alur.wiring import House
from tests.drain_kit import by_hand, submitted
from tests.pages_kit import Browser, officer
from tests.support import settle, state
from workflow.db import outbox


def failed(house: House, code: str) -> int:
    """A case whose intake checks failed for good."""
    case, _ = submitted(house)
    with by_hand(house) as hand:
        hand.drain()
        with house.engine.begin() as db:
            work = next(w for w in outbox.dispatchable(db) if w.id.case == case)
            outbox.fail(db, work, code, "why", final=True, asked=True, base=timedelta(seconds=10), times=1)
        hand.drain()
    return case


def test_no_incident_is_said_so(quiet: House) -> None:
    """An empty list tells that all is well, and what would appear."""
    _, ani = officer(quiet, "operator@lamongan")
    assert "Tidak ada gangguan" in ani.get("/incidents").text


def test_a_kind_is_told_in_words_and_tried_again_with_one_button(quiet: House) -> None:
    """The page says why and how many; the button asks for all of them again."""
    cases = [failed(quiet, "tsa_unavailable") for _ in range(2)]
    _, ani = officer(quiet, "operator@palembang")
    page = ani.get("/incidents").text
    assert "Layanan stempel waktu tidak menjawab" in page
    assert "Coba lagi semua (2)" in page
    assert all(f'href="/cases/{case}"' in page for case in cases)
    answer = ani.send("/incidents/retry", {}, page="/incidents", action="/incidents/retry")
    told = ani.get(answer.headers["Location"]).text
    assert "2 langkah dicoba lagi." in told
    assert all(f'href="/cases/{case}"' in told for case in cases)
    settle(quiet)
    assert [state(quiet, c) for c in cases] == ["verifying"] * 2


def test_the_case_offers_to_retry_skip_or_divert_and_keeps_still_without_a_reason(quiet: House) -> None:
    """What is refused is told on the case's page, and nothing has changed."""
    case = failed(quiet, "card_text")
    _, ani = officer(quiet, "operator@palembang")
    page = ani.get(f"/cases/{case}").text
    assert "jenis hurufnya" in page
    assert '<span lang="en">why</span>' in page
    skip = next(part for part in page.split('action="') if part.startswith("/incidents/") and "/skip" in part[:60])
    action = skip.partition('"')[0]
    told = ani.send(action, {}, page=f"/cases/{case}", action=action)
    assert told.status_code == 409
    assert "error-summary" in told.text
    assert "Alasan" in told.text.split("error-summary")[1][:400]
    assert state(quiet, case) == "submitted"
    ani.send(action, {"skip.reason": "sudah diperiksa sendiri"}, page=f"/cases/{case}", action=action)
    settle(quiet)
    assert state(quiet, case) == "verifying"
    told = ani.get(f"/cases/{case}").text.partition("dilewati dengan alasan")[2]
    assert "Alasan: sudah diperiksa sendiri" in told[:400]


def test_an_applicant_sees_neither_the_list_nor_the_buttons(quiet: House) -> None:
    """The person is told that the office knows, and has nothing to do."""
    assert Browser(quiet).register().get("/incidents").status_code == 403
