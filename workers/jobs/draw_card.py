"""Step `draw_card`: a print of the card under its number, to be checked and signed by hand before the file is signed.

What is drawn is kept with the step that drew it, so that an attempt after a crash finds the print that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from signing.card import draw
from signing.qr import verify_link
from workers.dossier import Dossier, open_dossier, read_document
from workers.errors import StepError
from workers.face import card_face, card_of, claim_of, masked
from workers.numbering import numbered, officer_of
from workers.signatures import signer_of, told_as_step
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.db import prints, register
from workflow.db.outbox import Work
from workflow.db.prints import CardSignedError, Print, PrintExistsError
from workflow.db.register import Card


def draw_card(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{number, print, sha256}: the print that counts from now on; the number stays the same for all of them."""
    signer = signer_of(workshop)
    dossier = open_dossier(workshop, work)
    card = numbered(workshop, dossier)
    with workshop.engine.connect() as connection:
        kept = prints.of_step(connection, work.id.case, work.id.seq)
    if kept is None:
        kept = _drawn(workshop, signer, dossier, card, work)
    return {"number": card.number, "print": kept.n, "sha256": kept.sha256}


def _drawn(workshop: Workshop, signer: Signer, dossier: Dossier, card: Card, work: Work) -> Print:
    code = register.new_code()
    # Who will sign is not known yet; the paper has a line for the name.
    face = card_face(
        dossier,
        number=card.number,
        code=code,
        officer="",
        issued=workshop.clock(),
        development=signer.development,
        printed=True,
    )
    photo = read_document(workshop, dossier, "photo", rendition=True)
    with told_as_step():
        claim = signer.claims.sign(claim_of(dossier, face, code))
        pdf = draw(face, photo, verify_link(workshop.public_url, code, claim), card_of(dossier).source)
    place = sealed_files.of_print(work.id.case, work.id.seq)
    blob = sealed_files.keep(workshop.blobs, dossier.key, pdf, place)
    file = blob, hashlib.sha256(pdf).hexdigest()
    try:
        with workshop.engine.begin() as connection:
            kept = prints.keep(
                connection,
                card,
                seq=work.id.seq,
                code=code,
                data=work.input["data"],
                file=file,
                account=officer_of(work),
                void_previous=bool(work.input["with"].get("void_previous")),
            )
            register.change(connection, card.id, register.RESERVED, holder=masked(face.fields["name"]))
            return kept
    except PrintExistsError as error:
        raise StepError("print_exists", str(error), final=True) from error
    except CardSignedError as error:
        raise StepError("card_not_printable", str(error), final=True) from error
