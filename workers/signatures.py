"""A signature in its stored phases: prepared, signed, finished. An attempt after a crash goes on where the last one
stopped, and never signs twice."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from typing import NamedTuple, TypedDict

from sqlalchemy import select

from signing.errors import Rejected, SigningError, Unavailable, Uncertain
from signing.levels import Level
from signing.phases import SigningProfile, finish, prepare, sign
from signing.prepared import Prepared
from workers.dossier import Dossier
from workers.errors import StepError
from workers.keyring import Hand
from workers.numbering import officer_of
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.db import register
from workflow.db.outbox import Work
from workflow.db.register import SIGNED, SignatureKey, Signing
from workflow.db.tables import account

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
    work: Work,
    dossier: Dossier,
) -> Signed:
    """The file with the signature `key`, which becomes the card's file. `make` prepares it where no attempt has yet.

    Raises `StepError`, final unless trying again may help.
    """
    with told_as_step():
        stored = _prepared(workshop, signer, key, make, officer_of(work), dossier)
        ready = Prepared.from_json(stored.prepared, _document(workshop, key, stored, dossier))
        cms = stored.cms or _signed(workshop, signer, key, ready, work)
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


def signer_for(workshop: Workshop, work: Work) -> Signer:
    """The signer with the key of the officer who asked for the step; it is opened when it is first needed."""
    signer = signer_of(workshop)
    if signer.ring is None:
        return signer
    officer = officer_of(work)
    with workshop.engine.connect() as connection:
        name = connection.execute(select(account.c.name).where(account.c.id == officer)).scalar_one()
    return replace(signer, holder=Hand(signer.ring, workshop.desk, officer, name, work.input.get("secret")))


class Held(TypedDict):
    """What a key says of itself."""

    certificate: bytes
    chain: tuple[bytes, ...]


def held(signer: Signer) -> Held:
    """Certificate and chain of the key that signs."""
    assert signer.holder is not None
    return {"certificate": signer.holder.certificate, "chain": signer.holder.chain}


def made_ready(signer: Signer, pdf: bytes, profile: SigningProfile) -> Prepared:
    """`pdf` made ready for the kind of key that signs it."""
    if isinstance(signer.holder, Hand) and signer.holder.whole:
        return Prepared.as_it_is(pdf, profile.certificate, profile.chain, profile.level)
    return asyncio.run(prepare(pdf, profile))


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
    workshop: Workshop,
    signer: Signer,
    key: SignatureKey,
    make: Callable[[], Prepared],
    officer: int,
    dossier: Dossier,
) -> Signing:
    with workshop.engine.connect() as connection:
        found = register.signing(connection, key)
    if found is not None and (found.cms is not None or _fits(found, signer, officer)):
        return found
    ready = make()
    blob = sealed_files.keep(workshop.blobs, dossier.key, ready.document, sealed_files.of_signing(*astuple(key)))
    with workshop.engine.begin() as connection:
        kept = register.prepared(connection, key, ready.to_json(), blob, officer, instead_of=found)
    if found is not None and found.blob is not None and kept.blob != found.blob:
        workshop.blobs.delete(found.blob)
    return kept


def _fits(found: Signing, signer: Signer, officer: int) -> bool:
    """Whether what was prepared and not signed is what this officer signs now: it bears the officer's name, and only
    the key of its certificate can sign it."""
    if found.account not in (None, officer) or found.blob is None:
        return found.blob is None
    here = b64encode(held(signer)["certificate"]).decode()
    whole = isinstance(signer.holder, Hand) and signer.holder.whole
    return bool(found.prepared["certificate"] == here and (found.prepared["attributes"] == "") == whole)


def _signed(workshop: Workshop, signer: Signer, key: SignatureKey, ready: Prepared, work: Work) -> bytes:
    assert signer.holder is not None
    if not (isinstance(signer.holder, Hand) and signer.holder.remote):
        cms = asyncio.run(sign(ready, signer.holder, signer.timestamper))
        with workshop.engine.begin() as connection:
            return register.signed(connection, key, cms, ready.to_json()["digest"])
    # Opened before it is noted that it was asked: what its secret lacks shows here, and nothing was sent.
    _ = signer.holder.certificate
    with _asked_once(workshop, key, work):
        if not ready.whole:
            made, field = asyncio.run(sign(ready, signer.holder, signer.timestamper)), None
        else:
            made, field = _whole(ready, signer.holder)
    with workshop.engine.begin() as connection:
        return register.signed(connection, key, made, ready.to_json()["digest"], field)


def _whole(ready: Prepared, holder: Hand) -> tuple[bytes, str]:
    """What a signer of whole files appended, and the field that it made."""
    # Read here: it imports pyHanko's validation, which other holders do not need.
    from signing.returned import last_signature

    made = asyncio.run(holder.sign_file(ready.document))
    field, level = last_signature(ready.document + made)
    if _RANKS.index(level) < _RANKS.index(ready.level):
        message = f"The signing service signed at {level.value}, and the card needs {ready.level.value}."
        raise Rejected("level_not_reached", message)
    return made, field


#: Levels, the lowest first.
_RANKS = (Level.B_B, Level.B_T, Level.B_LT, Level.B_LTA)


@contextmanager
def _asked_once(workshop: Workshop, key: SignatureKey, work: Work) -> Iterator[None]:
    """A step asks a signer elsewhere once: an attempt that finds that an earlier one asked, and whose answer was not
    kept, leaves it to people whether the signer is asked again, by another step."""
    with workshop.engine.begin() as connection:
        first = register.asking(connection, key, work.id.seq)
    if not first:
        raise Uncertain("uncertain", "The signing service was asked before, and its answer was not kept.")
    try:
        yield
    except Unavailable:
        with workshop.engine.begin() as connection:
            register.not_asked(connection, key)
        raise
