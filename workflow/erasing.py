"""When the personal data of a case may be erased, by the party's right or by the end of their time. Pure.

Of the case only its data go. A case that still lives needs them, so its end comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflow.case import DRAFT, Case
from workflow.definition.process import Process, Text
from workflow.definition.retention import Retention
from workflow.events import stamp
from workflow.reckoning import Reckoning, after
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook

RIGHT, RETENTION = "right", "retention"
#: What the data were erased under, as people read it.
UNDER: Mapping[str, Text] = {
    RIGHT: {"id": "hak subjek data untuk dihapus", "en": "the person's right to erasure"},
    RETENTION: {"id": "berakhirnya masa simpan", "en": "the end of the retention period"},
}
#: How long a draft is kept since its last save, where its process does not say.
DRAFTS = timedelta(days=90)
#: Basis of what the party asked for, and of the house's own rule for drafts.
REQUEST, HOUSE = "request", "house"
#: Who may order an erasure: those who lead the case's office.
ORDERING = frozenset({"supervisor", "head"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the row of a case does not tell of it."""

    #: A command or a step of it waits to be done.
    busy: bool
    #: Number of its card, where that is valid now.
    valid_card: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """That the time of a case's data has passed."""

    #: Since when.
    at: datetime
    #: Hash of the definition whose `retention` says so, or `HOUSE`.
    basis: str


def refuse_erased(case: Case) -> Refusal | None:
    """Why nothing more is done to a case whose data are gone."""
    if case.erased is None:
        return None
    return Refusal("data_erased", {"at": stamp(case.erased.at), "under": case.erased.under})


def refuse_erasing(book: Rulebook, case: Case, around: Surroundings) -> Refusal | None:
    """Why the data of `case` cannot be erased now, whoever asks."""
    if case.erased is not None:
        return refuse_erased(case)
    if around.valid_card is not None:
        return Refusal("erase_card_valid", {"case": case.id, "number": around.valid_card})
    if case.state != DRAFT and not book.process.states[case.state].final:
        return Refusal("erase_live", {"case": case.id, "state": case.state, "ways": ways_out(book.process, case.state)})
    if around.busy:
        return Refusal("erase_busy", {"case": case.id})
    return None


def ways_out(process: Process, state: str) -> Sequence[str]:
    """Transitions by which persons end a case that is in `state`."""
    return [t.name for t in process.moves_from(state) if t.by in process.roles and process.states[t.to].final]


def due(case: Case, rules: Mapping[str, Retention | None], saved_at: datetime, time: Reckoning) -> Due | None:
    """Since when the data of `case` are past their time; None where no rule speaks of it.

    `rules` are those of the definition that the case pins and of its process's newest version, by hash and in this
    order: the first that says anything of the state counts. `saved_at` is when a draft was saved last.
    """
    if case.erased is not None:
        return None
    if case.state == DRAFT:
        return _draft_due(rules, saved_at, time) if case.seq == 0 else None
    for hash_, rule in rules.items():
        period = rule.of(case.state) if rule is not None else None
        if period is not None and case.entered_at is not None:
            return Due(at=after(time, period, case.entered_at), basis=hash_)
    return None


def _draft_due(rules: Mapping[str, Retention | None], saved_at: datetime, time: Reckoning) -> Due:
    for hash_, rule in rules.items():
        if rule is not None and rule.drafts is not None:
            return Due(at=after(time, rule.drafts, saved_at), basis=hash_)
    return Due(at=saved_at + DRAFTS, basis=HOUSE)


def erased_body(under: str, basis: str, gone: Mapping[str, Any], first_at: datetime | None) -> dict[str, Any]:
    """The body of `data_erased`; `gone` counts what went, `first_at` tells that a restore made it necessary again."""
    again = {"first_at": stamp(first_at)} if first_at is not None else {}
    return {"under": under, "basis": basis, **gone, **again}
