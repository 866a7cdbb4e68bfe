"""What the holder drew before the card is signed: the picture that the last such input of the case names."""

from __future__ import annotations

from workers.dossier import Dossier
from workers.workshop import Workshop
from workflow.db import drawings


def drawing_of(workshop: Workshop, dossier: Dossier) -> bytes | None:
    """The safe rendition of the drawing that was given last; None where the last such input names none."""
    with workshop.engine.connect() as db:
        given = drawings.last(db, workshop.vault, dossier.found, dossier.process)
    if given is None:
        return None
    _input, row = given
    where = f"document/{dossier.found.case.id}/{drawings.KIND}"
    return dossier.key.open(workshop.blobs.get(row.rendition or row.blob), where)
