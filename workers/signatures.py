"""A signature in its stored phases: prepared, signed, finished. An attempt after a crash goes on where the last one
stopped, and never signs twice."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import NamedTuple

from signing.errors import SigningError, Unavailable
from signing.phases import finish, sign
from signing.prepared import Prepared
from workers.dossier import Dossier
from workers.errors import StepError
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.db import register
from workflow.db.register import SIGNED, SignatureKey, Signing

#: Fields of a card's file: the first signature certifies it, the second approves it.
FIRST, SECOND = "Officer", "Second"


class Signed(NamedTuple):
    """A file with its signature, stored."""

    sha256: str
    level: str


def signed_file(
    workshop: Workshop,
    signer: Signer,
    key: SignatureKey,
    make: Callable[[], Prepared],
    account: int,
    dossier: Dossier,
) -> Signed:
    """The file with the signature `key`, which becomes the card's file. `make` prepares it where no attempt has yet.

    Raises `StepError`, final unless trying again may help.
    """
    with told_as_step():
        stored = _prepared(workshop, key, make, account, dossier)
        ready = Prepared.from_json(stored.prepared, _document(workshop, key, stored, dossier))
        cms = stored.cms or _signed(workshop, signer, key, ready)
        pdf = finish(ready, cms)
    done = Signed(hashlib.sha256(pdf).hexdigest(), ready.level.value)
    blob = sealed_files.keep(workshop.blobs, dossier.key, pdf, sealed_files.of_card(dossier.found.case.id))
    with workshop.engine.begin() as connection:
        register.change(connection, key.card, SIGNED, sha256=done.sha256, blob=blob, level=done.level)
        register.finished(connection, key)
    return done


def signer_of(workshop: Workshop) -> Signer:
    """The signer of this process, made the first time; a `StepError` tells why there is none."""
    assert workshop.signer is not None
    with told_as_step():
        signer: Signer = workshop.once("signer", workshop.signer)
    return signer


@contextmanager
def told_as_step() -> Iterator[None]:
    """What signing and drawing refuse, as the step's failure."""
    try:
        yield
    except SigningError as error:
        raise StepError(error.code, str(error), final=not isinstance(error, Unavailable)) from error


def _document(workshop: Workshop, key: SignatureKey, stored: Signing, dossier: Dossier) -> bytes:
    if stored.blob is None:
        raise StepError("data_erased", "The data of this case was erased.", final=True)
    return sealed_files.fetch(workshop.blobs, dossier.key, stored.blob, sealed_files.of_signing(*astuple(key)))


def _prepared(
    workshop: Workshop, key: SignatureKey, make: Callable[[], Prepared], account: int, dossier: Dossier
) -> Signing:
    with workshop.engine.connect() as connection:
        found = register.signing(connection, key)
    if found is not None:
        return found
    ready = make()
    blob = sealed_files.keep(workshop.blobs, dossier.key, ready.document, sealed_files.of_signing(*astuple(key)))
    with workshop.engine.begin() as connection:
        return register.prepared(connection, key, ready.to_json(), blob, account)


def _signed(workshop: Workshop, signer: Signer, key: SignatureKey, ready: Prepared) -> bytes:
    cms = asyncio.run(sign(ready, signer.holder, signer.timestamper))
    with workshop.engine.begin() as connection:
        return register.signed(connection, key, cms)
