"""Step `publish_card`: verify the signed card as a stranger would, then open it for download."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from signing.levels import Level
from signing.verify import verify
from workers import lifting
from workers.errors import StepError, StepWaits
from workers.signatures import signer_of
from workers.workshop import Workshop
from workflow.db import card_files, register
from workflow.db.card_files import AWAY
from workflow.db.outbox import Work
from workflow.db.register import Card
from workflow.db.sealed_files import card_file

#: Code of a card that does not verify.
NOT_VALID = "card_not_valid"


def publish_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{ok, number}; a card that does not verify, or lacks a signature that it must bear, is never published. One that
    is below its level waits for it."""
    signer = signer_of(workshop)
    card = _card(workshop, work.id.case)
    if card.state == register.VALID:
        return {"ok": True, "number": card.number}
    if card.pending not in (None, NOT_VALID, *AWAY):
        # Somebody tries again: what was wrong with certificates and lists may have been mended.
        lifting.once_more(workshop, signer, card.case)
        card = _card(workshop, card.case)
    if card.pending in AWAY:
        raise StepWaits("level_pending", f"The card is {card.level}, and {card.aim} is wanted: {card.pending}.")
    with workshop.engine.connect() as connection:
        pdf = card_file(connection, workshop.vault, workshop.blobs, card.case)
        wanted = register.fields(connection, card.id)
    verdict = verify(pdf, signer.trust(), card.signatures)
    complete = len(wanted) == card.signatures and sorted(s.field for s in verdict.signatures) == sorted(wanted)
    reached = card.aim is None or all(s.level >= Level(card.aim) for s in verdict.signatures)
    if not verdict.ok or not complete or not reached or hashlib.sha256(pdf).hexdigest() != card.sha256:
        raise _refused(workshop, card, ", ".join(verdict.codes) or f"it is {card.level}, and {card.aim} is wanted")
    with workshop.engine.begin() as connection:
        register.change(connection, card.id, register.VALID, pending=None)
    return {"ok": True, "number": card.number}


def _card(workshop: Workshop, case: int) -> Card:
    with workshop.engine.connect() as connection:
        card = register.of_case(connection, case)
    if card is None or card.blob is None:
        raise StepError("card_missing", "There is no signed card to publish.", final=True)
    return card


def _refused(workshop: Workshop, card: Card, why: str) -> StepError:
    """Noted on the card, so that it can be signed anew."""
    code = card.pending or NOT_VALID
    with workshop.engine.begin() as connection:
        card_files.note(connection, card.id, code)
    return StepError(code, f"The signed card does not verify: {why}.", final=True)
