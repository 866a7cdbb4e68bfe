"""Step `countersign_card`: the second signature, by another person, into the field that the first one left for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signing.levels import Level
from signing.phases import SigningProfile
from signing.prepared import Prepared
from workers.dossier import Dossier, open_dossier
from workers.errors import StepError, StepWaits
from workers.face import card_of
from workers.levels import Aim
from workers.numbering import officer_name, officer_of
from workers.signatures import FIRST, SECOND, Asked, held, made_ready, signed_file, signer_for
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.db import register
from workflow.db.outbox import Work
from workflow.db.register import Card, SignatureKey

#: How many signatures a card with a second one bears.
BOTH = 2


def countersign_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{card, number, sha256, level}: the card of this case with its second signature, made once."""
    signer = signer_for(workshop, work)
    dossier = open_dossier(workshop, work)
    card, revision = _signed_once(workshop, work)
    wanted = Level(work.input["with"]["level"])
    asked = Asked(
        key=SignatureKey(card.id, SECOND, revision),
        account=officer_of(work),
        step=work.id.seq,
        aim=Aim(level=max(wanted, Level(card.aim or wanted.value)), signatures=BOTH, expected=BOTH),
        lacks=card.pending,
    )
    done = signed_file(workshop, signer, asked, lambda: _prepared(workshop, signer, dossier, card, work), dossier)
    return {"card": card.id, "number": card.number, "sha256": done.sha256, "level": done.level}


def _signed_once(workshop: Workshop, work: Work) -> tuple[Card, int]:
    """The card that somebody else has signed, and the revision that was signed."""
    with workshop.engine.connect() as connection:
        card = register.of_case(connection, work.id.case)
        if card is None or card.blob is None or card.state != register.SIGNED:
            raise StepError("card_missing", "There is no signed card to be countersigned.", final=True)
        found = register.in_file(connection, card.id, FIRST)
    if card.signatures != BOTH:
        raise StepError("no_second_field", "The card was signed without a field for a second signature.", final=True)
    if found is None:
        raise StepError("card_missing", "There is no signed card to be countersigned.", final=True)
    revision, first = found
    if first.account == officer_of(work):
        raise StepError("same_signer", "The second signature is another person's.", final=True)
    if first.phase == register.UNSTAMPED:
        raise StepWaits("level_pending", "The first signature awaits its time stamp; a second one would keep it out.")
    return card, revision


def _prepared(workshop: Workshop, signer: Signer, dossier: Dossier, card: Card, work: Work) -> Prepared:
    assert card.blob is not None
    profile = SigningProfile(
        **held(signer),
        level=Level(work.input["with"]["level"]),
        trust=signer.trust(),
        timestamper=signer.timestamper,
        signing_time=workshop.clock(),
        field=SECOND,
        certify=False,
        name=officer_name(workshop, work),
        reason=card_of(dossier).reason["id"],
        location=dossier.office.title["id"],
    )
    place = sealed_files.of_card(dossier.found.case.id)
    return made_ready(signer, sealed_files.fetch(workshop.blobs, dossier.key, card.blob, place), profile)
