"""Step `sign_card`: number, draw, prepare, sign, finish. Each phase is stored before the next begins, under a unique
key, so that an attempt after a crash goes on where the last one stopped and never signs twice."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from signing.card import draw
from signing.errors import Rejected, SigningError, Unavailable
from signing.levels import Level
from signing.phases import SigningProfile, finish, prepare, sign
from signing.prepared import Prepared
from workers.dossier import Dossier, open_dossier, read_document
from workers.errors import StepError
from workers.face import card_face, masked
from workers.signer import Signer
from workers.workshop import Workshop
from workflow.db import register
from workflow.db.outbox import Work
from workflow.db.register import Card, Signing
from workflow.db.tables import account

FIELD = "Officer"
REVISION = 1


def sign_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{card, number, sha256, level}: the card of this case, signed once."""
    assert workshop.signer is not None
    signer: Signer = workshop.once("signer", workshop.signer)
    dossier = open_dossier(workshop, work)
    card = _reserved(workshop, dossier)
    if card.state in (register.SIGNED, register.VALID):
        return _result(card, card.sha256 or "", work)
    try:
        stored = _prepared(workshop, signer, dossier, card, work)
        cms = stored.cms or _signed(workshop, signer, card, stored)
        return _finished(workshop, card, stored, cms, work)
    except Unavailable as error:
        raise StepError(error.code, str(error)) from error
    except Rejected as error:
        raise StepError(error.code, str(error), final=True) from error
    except SigningError as error:
        raise StepError(error.code, str(error), final=True) from error


def _reserved(workshop: Workshop, dossier: Dossier) -> Card:
    case, office = dossier.found.case, dossier.office
    template = office.number or dossier.process.number
    if template is None:
        raise StepError("no_number_template", f"{office.name} has no template for card numbers.", final=True)
    today = workshop.clock().astimezone(office.zone).date()
    with workshop.engine.begin() as connection:
        return register.reserve(connection, case=case.id, office=office.name, template=template, today=today)


def _prepared(workshop: Workshop, signer: Signer, dossier: Dossier, card: Card, work: Work) -> Signing:
    with workshop.engine.connect() as connection:
        found = register.signing(connection, card.id, FIELD, REVISION)
    if found is not None:
        return found
    now = workshop.clock()
    officer = _officer(workshop, work)
    face = card_face(
        dossier, number=card.number, code=card.code, officer=officer, issued=now, development=signer.development
    )
    photo = read_document(workshop, dossier, "photo", rendition=True)
    pdf = draw(face, photo, f"{workshop.public_url}/verify/{card.code}")
    ready = asyncio.run(prepare(pdf, _profile(signer, work, officer, dossier, now)))
    blob = workshop.blobs.put(ready.document)
    with workshop.engine.begin() as connection:
        register.change(
            connection,
            card.id,
            register.RESERVED,
            holder=masked(face.name),
            issued_on=face.issued.isoformat(),
            expires_on=face.expires.isoformat(),
            signer=officer,
        )
        return register.prepared(connection, card.id, FIELD, REVISION, ready.to_json(), blob)


def _profile(signer: Signer, work: Work, officer: str, dossier: Dossier, now: datetime) -> SigningProfile:
    return SigningProfile(
        certificate=signer.holder.certificate,
        chain=signer.holder.chain,
        level=Level(work.input["with"].get("level", Level.B_LT.value)),
        trust=signer.trust(),
        timestamper=signer.timestamper,
        signing_time=now,
        field=FIELD,
        name=officer,
        reason="Penerbitan kartu AK-1",
        location=dossier.office.title["id"],
    )


def _signed(workshop: Workshop, signer: Signer, card: Card, stored: Signing) -> bytes:
    ready = Prepared.from_json(stored.prepared, workshop.blobs.get(stored.blob))
    cms = asyncio.run(sign(ready, signer.holder, signer.timestamper))
    with workshop.engine.begin() as connection:
        return register.signed(connection, card.id, FIELD, REVISION, cms)


def _finished(workshop: Workshop, card: Card, stored: Signing, cms: bytes, work: Work) -> Mapping[str, Any]:
    ready = Prepared.from_json(stored.prepared, workshop.blobs.get(stored.blob))
    pdf = finish(ready, cms)
    sha256 = hashlib.sha256(pdf).hexdigest()
    blob = workshop.blobs.put(pdf)
    with workshop.engine.begin() as connection:
        register.change(connection, card.id, register.SIGNED, sha256=sha256, blob=blob, level=ready.level.value)
        register.finished(connection, card.id, FIELD, REVISION)
    return _result(card, sha256, work)


def _officer(workshop: Workshop, work: Work) -> str:
    with workshop.engine.connect() as connection:
        row = connection.execute(
            select(account.c.title, account.c.name).where(account.c.id == int(work.input["actor"]))
        ).one()
    return str(row.title or row.name)


def _result(card: Card, sha256: str, work: Work) -> Mapping[str, Any]:
    level = work.input["with"].get("level", Level.B_LT.value)
    return {"card": card.id, "number": card.number, "sha256": sha256, "level": level}
