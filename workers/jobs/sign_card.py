"""Step `sign_card`: number, draw, prepare, sign, finish. Each phase is stored before the next begins, under a unique
key, so that an attempt after a crash goes on where the last one stopped and never signs twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signing.card import draw
from signing.levels import Level
from signing.phases import SigningProfile
from signing.prepared import Prepared
from signing.qr import verify_link
from workers.dossier import Dossier, open_dossier, read_document
from workers.drawings import drawing_of
from workers.errors import StepError
from workers.face import card_face, card_of, claim_of, masked
from workers.levels import Aim
from workers.numbering import numbered, officer_name, officer_of
from workers.signatures import FIRST, SECOND, Asked, held, made_ready, signed_file, signer_for
from workers.signer import Signer
from workers.workshop import Workshop
from workflow.db import prints, register
from workflow.db.card_files import AWAY
from workflow.db.outbox import Work
from workflow.db.register import Card, SignatureKey


def sign_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{card, number, sha256, level}: the card of this case, signed once."""
    signer = signer_for(workshop, work)
    dossier = open_dossier(workshop, work)
    card = _to_sign(workshop, numbered(workshop, dossier), work)
    if card.state in (register.SIGNED, register.VALID):
        return _result(card, card.sha256 or "", card.level or work.input["with"]["level"])
    _check_print(workshop, card, work)
    asked = Asked(
        key=SignatureKey(card.id, FIRST, work.input["data"]),
        account=officer_of(work),
        step=work.id.seq,
        aim=Aim(level=Level(work.input["with"]["level"]), signatures=1, expected=_expected(work)),
    )
    done = signed_file(workshop, signer, asked, lambda: _prepared(workshop, signer, dossier, card, work), dossier)
    return _result(card, done.sha256, done.level)


def _to_sign(workshop: Workshop, card: Card, work: Work) -> Card:
    """The card; one that was signed and never published, since its file does not hold, is made ready to be signed anew
    under the same number."""
    if card.state != register.SIGNED or card.pending in (None, *AWAY):
        return card
    with workshop.engine.begin() as connection:
        register.set_aside(connection, card.id, FIRST, work.id.seq)
        return register.by_id(connection, card.id)


def _expected(work: Work) -> int:
    """How many signatures the card must bear."""
    return 2 if work.input["with"].get("second") else 1


def _check_print(workshop: Workshop, card: Card, work: Work) -> None:
    """A print that was looked at before signing must show what is signed now."""
    with workshop.engine.connect() as connection:
        printed = prints.current(connection, card.id)
    if printed is not None and printed.data != work.input["data"]:
        raise StepError("print_outdated", f"The data changed after print {printed.n}; print the card anew.", final=True)


def _prepared(workshop: Workshop, signer: Signer, dossier: Dossier, card: Card, work: Work) -> Prepared:
    now = workshop.clock()
    officer, expected = officer_name(workshop, work), _expected(work)
    face = card_face(
        dossier, number=card.number, code=card.code, officer=officer, issued=now, development=signer.development
    )
    photo = read_document(workshop, dossier, "photo", rendition=True)
    claim = signer.claims.sign(claim_of(dossier, face, card.code))
    link = verify_link(workshop.public_url, card.code, claim)
    pdf = draw(face, photo, link, card_of(dossier).source, drawing_of(workshop, dossier))
    profile = SigningProfile(
        **held(signer),
        level=Level(work.input["with"]["level"]),
        trust=signer.trust(),
        timestamper=signer.timestamper,
        signing_time=now,
        field=FIRST,
        further=(SECOND,)[: expected - 1],
        name=officer,
        reason=card_of(dossier).reason["id"],
        location=dossier.office.title["id"],
    )
    ready = made_ready(signer, pdf, profile)
    with workshop.engine.begin() as connection:
        register.change(
            connection,
            card.id,
            register.RESERVED,
            holder=masked(face.fields["name"]),
            issued_on=face.issued.isoformat(),
            expires_on=face.expires.isoformat(),
            signer=officer,
            signatures=expected,
        )
    return ready


def _result(card: Card, sha256: str, level: str) -> Mapping[str, Any]:
    return {"card": card.id, "number": card.number, "sha256": sha256, "level": level}
