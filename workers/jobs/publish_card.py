"""Step `publish_card`: verify the signed card as a stranger would, then open it for download."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from signing.levels import Level
from signing.verify import verify
from workers.errors import StepError, StepWaits
from workers.signatures import signer_of
from workers.workshop import Workshop
from workflow.db import register
from workflow.db.card_files import AWAY
from workflow.db.outbox import Work
from workflow.db.sealed_files import card_file


def publish_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{ok, number}; a card that does not verify, or lacks a signature that it must bear, is never published. One that
    is below its level waits for it."""
    signer = signer_of(workshop)
    with workshop.engine.connect() as connection:
        card = register.of_case(connection, work.id.case)
    if card is None or card.blob is None:
        raise StepError("card_missing", "There is no signed card to publish.", final=True)
    if card.state == register.VALID:
        return {"ok": True, "number": card.number}
    if card.pending in AWAY:
        raise StepWaits("level_pending", f"The card is {card.level}, and {card.aim} is wanted: {card.pending}.")
    with workshop.engine.connect() as connection:
        pdf = card_file(connection, workshop.vault, workshop.blobs, card.case)
        wanted = register.fields(connection, card.id)
    verdict = verify(pdf, signer.trust(), card.signatures)
    complete = len(wanted) == card.signatures and sorted(s.field for s in verdict.signatures) == sorted(wanted)
    reached = card.aim is None or all(s.level >= Level(card.aim) for s in verdict.signatures)
    if not verdict.ok or not complete or not reached or hashlib.sha256(pdf).hexdigest() != card.sha256:
        raise StepError("card_not_valid", f"The signed card does not verify: {', '.join(verdict.codes)}.", final=True)
    with workshop.engine.begin() as connection:
        register.change(connection, card.id, register.VALID)
    return {"ok": True, "number": card.number}
