"""Reports of cards: by anybody, without an account; settled by those who lead the card's office."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from web import here, limits
from web.database import session
from web.errors import ProblemError, WebError
from web.person import Person
from web.services import refusals, typed
from web.services.names import names_of
from web.services.sight import MAX_ID, Seen, require_reading, see
from workflow.db import card_reports as store
from workflow.db.card_reports import CardReport
from workflow.definition.process import Text
from workflow.permission import refuse_barred

#: Reports that a list holds, at most.
MAX_LISTED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class CardReportView:
    """A report of a card, for those who settle it."""

    id: int
    case: int
    office: str
    number: str
    #: State of the card now.
    state: str
    #: `lost` or `suspected`.
    kind: str
    at: datetime
    last_at: datetime
    #: How often it was reported while it waited.
    times: int
    #: `confirmed` or `unfounded`; None while it waits, and where the card's end settled it.
    verdict: str | None
    settled_by: Text | None
    settled_at: datetime | None
    #: State in which the card settled it, without a verdict: `replaced`, `revoked`, `returned`, `expired` or `void`.
    ended: str | None
    #: Other reports of the same card that wait.
    others: tuple[int, ...]


def report(code: str, kind: str) -> None:
    """Report the valid card with this code or number; raises `WebError` (`unknown_kind`, `no_valid_card`)."""
    limits.count("report")
    if kind not in store.KINDS:
        raise WebError("unknown_kind")
    row = typed.find(code)
    if row is None or not store.report(session(), row["code"], kind):
        raise WebError("no_valid_card")


def settles(person: Person | None) -> bool:
    """Whether a person settles reports anywhere."""
    return person is not None and bool(_offices(person))


def waiting() -> int:
    """How many reports wait for the person who looks."""
    return store.waiting(session(), _offices(here.signed_in()))


def reports(*, settled: bool = False) -> Sequence[CardReportView]:
    """Reports that the person may settle, or that were settled at the person's offices; raises `forbidden`."""
    offices = _offices(here.signed_in())
    if not offices:
        raise WebError("forbidden")
    found = store.listed(session(), offices, settled=settled, limit=MAX_LISTED)
    waits = found if not settled else _waiting_of(offices, {r.case for r in found})
    names = names_of(str(r.settled_by) for r in found if r.settled_by)
    return [_view(r, names[str(r.settled_by)] if r.settled_by else None, waits) for r in found]


def of_case(found: Seen) -> Sequence[CardReportView]:
    """Every report of the case's card, the first first; for staff who may read the case's data."""
    require_reading(found)
    return [_view(r, None, ()) for r in store.of_case(session(), found.case.id)] if found.is_staff else ()


def settle(id_: int, verdict: str) -> CardReportView:
    """Say what a report was worth. `confirmed` keeps the mark until the card is revoked, replaced or returned;
    `unfounded` takes it away. Raises `WebError` (`unknown_card_report`, `card_report_settled`, `forbidden`) and
    refusals."""
    person = here.signed_in()
    found = store.find(session(), id_) if 0 < id_ <= MAX_ID else None
    if found is None or verdict not in store.VERDICTS:
        raise WebError("unknown_card_report")
    if found.office not in _offices(person):
        raise WebError("forbidden")
    seen = see(found.case, lock=True)
    refusal = refuse_barred(seen.case, seen.actor, "settle")
    if refusal is not None:
        raise ProblemError(refusals.told(refusal, seen))
    # Asked again under the case's lock: the card may have ended meanwhile.
    ended = store.find(session(), id_)
    if ended is None or ended.ended:
        raise WebError("card_report_settled")
    if not store.settle(session(), id_, verdict, account=person.account, now=seen.now):
        raise WebError("card_report_settled")
    after = store.find(session(), id_)
    assert after is not None
    by = names_of([str(person.account)])[str(person.account)]
    return _view(after, by, _waiting_of([found.office], {found.case}))


def _offices(person: Person) -> list[str]:
    """Where the person settles in an own right; a deputy reads, and settles nothing."""
    known = here.ports().library.offices
    return [o for o in known if any(r in store.SETTLING and where in (o, "*") for r, where in person.own)]


def _waiting_of(offices: Sequence[str], cases: Collection[int]) -> Sequence[CardReport]:
    """Reports of these cases' cards that wait."""
    return store.listed(session(), offices, settled=False, limit=MAX_LISTED, cases=cases) if cases else ()


def _view(found: CardReport, by: Text | None, waits: Iterable[CardReport]) -> CardReportView:
    return CardReportView(
        id=found.id,
        case=found.case,
        office=found.office,
        number=found.number,
        state=found.state,
        kind=found.kind,
        at=found.at,
        last_at=found.last_at,
        times=found.times,
        verdict=found.verdict,
        settled_by=by,
        settled_at=found.changed_at if found.ended else found.settled_at,
        ended=found.state if found.ended else None,
        others=tuple(other.id for other in waits if other.case == found.case and other.id != found.id),
    )
