"""A signature in its stored phases: prepared, signed, stamped, finished. An attempt after a crash goes on where the
last one stopped, and never signs twice."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypedDict

from sqlalchemy import select

from signing.archive import stamps_until
from signing.cms import is_stamped, stamped_until
from signing.errors import Rejected, SigningError, Unavailable, Uncertain
from signing.phases import SigningProfile, finish, prepare_now, seal, stamp
from signing.prepared import Prepared
from workers.dossier import Dossier
from workers.errors import StepError
from workers.keyring import Hand
from workers.levels import Aim, Reached, reach
from workers.numbering import officer_of
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.db import register
from workflow.db.outbox import Work
from workflow.db.register import FINISHED, SIGNED, UNSTAMPED, SignatureKey, Signing
from workflow.db.tables import account

#: Fields of a card's file: the first signature certifies it, the second approves it.
FIRST, SECOND = "Officer", "Second"


class Signed(NamedTuple):
    """A file with its signature, stored."""

    sha256: str
    #: Level that it has now; below the one that was asked for while something is away.
    level: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A signature that is to be made, once."""

    key: SignatureKey
    #: Account that asked for it.
    account: int
    #: The step that makes it: number of its event.
    step: int
    #: What the file is to become with it.
    aim: Aim
    #: What was away when an earlier signature of the file was made.
    lacks: str | None = None


def signed_file(
    workshop: Workshop, signer: Signer, asked: Asked, make: Callable[[], Prepared], dossier: Dossier
) -> Signed:
    """The file with the signature that is asked for, which becomes the card's file. `make` prepares it where no attempt
    has yet. While a time stamper or a revocation list is away the file is stored below its level, and the card says so.

    Raises `StepError`, final unless trying again may help.
    """
    key = asked.key
    with told_as_step():
        stored = _prepared(workshop, signer, asked, make, dossier)
        if stored.phase in (FINISHED, UNSTAMPED):
            # It may have been lifted since: what stands is not made anew.
            return _standing(workshop, key)
        ready = Prepared.from_json(stored.prepared, document_of(workshop, key, stored, dossier))
        made = stored.cms or _sealed(workshop, signer, asked, ready)
        made, missing = stamped(workshop, signer, key, ready, made)
        pdf = finish(ready, made, pending=missing is not None)
        reached = reach(signer, pdf, asked.aim, stamped=missing, lacks=ready.lacks or asked.lacks)
        until = stamps_until(reached.pdf) if reached.extended or ready.whole else stamped_until(made)
    return _kept(workshop, asked, reached, dossier, until=until, phase=UNSTAMPED if missing else FINISHED)


def stamped(
    workshop: Workshop, signer: Signer, key: SignatureKey, ready: Prepared, cms: bytes
) -> tuple[bytes, str | None]:
    """The stored CMS with its time stamp where the level asks for one, and the code of what keeps it without. Whole
    files come back stamped."""
    if ready.whole or not ready.level.stamped or is_stamped(cms):
        return cms, None
    try:
        with_stamp = asyncio.run(stamp(ready, cms, signer.timestamper))
    except Unavailable as error:
        return cms, error.code
    with workshop.engine.begin() as connection:
        return register.stamped(connection, key, cms, with_stamp), None


def document_of(workshop: Workshop, key: SignatureKey, stored: Signing, dossier: Dossier) -> bytes:
    """The file that waits for a signature."""
    if stored.blob is None:
        raise StepError("data_erased", "The data of this case was erased.", final=True)
    return sealed_files.fetch(workshop.blobs, dossier.key, stored.blob, sealed_files.of_signing(*astuple(key)))


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
        return Prepared.as_it_is(pdf, profile.certificate, profile.chain, profile.level.signing)
    return asyncio.run(prepare_now(pdf, profile))


@contextmanager
def told_as_step() -> Iterator[None]:
    """What signing and drawing refuse, as the step's failure."""
    try:
        yield
    except SigningError as error:
        raise StepError(error.code, str(error), final=not isinstance(error, Unavailable)) from error


def _prepared(
    workshop: Workshop, signer: Signer, asked: Asked, make: Callable[[], Prepared], dossier: Dossier
) -> Signing:
    with workshop.engine.connect() as connection:
        found = register.signing(connection, asked.key)
    if found is not None and (found.cms is not None or _fits(found, signer, asked.account)):
        return found
    ready = make()
    place = sealed_files.of_signing(*astuple(asked.key))
    blob = sealed_files.keep(workshop.blobs, dossier.key, ready.document, place)
    with workshop.engine.begin() as connection:
        state = ready.to_json() | {"step": asked.step}
        kept = register.prepared(connection, asked.key, state, blob, asked.account, instead_of=found)
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


def _sealed(workshop: Workshop, signer: Signer, asked: Asked, ready: Prepared) -> bytes:
    assert signer.holder is not None
    if not (isinstance(signer.holder, Hand) and signer.holder.remote):
        cms = asyncio.run(seal(ready, signer.holder))
        with workshop.engine.begin() as connection:
            return register.signed(connection, asked.key, cms, ready.to_json()["digest"])
    # Opened before it is noted that it was asked: what its secret lacks shows here, and nothing was sent.
    _ = signer.holder.certificate
    with _asked_once(workshop, asked):
        if not ready.whole:
            made, field = asyncio.run(seal(ready, signer.holder)), None
        else:
            made, field = _whole(ready, signer.holder)
    with workshop.engine.begin() as connection:
        return register.signed(connection, asked.key, made, ready.to_json()["digest"], field)


def _whole(ready: Prepared, holder: Hand) -> tuple[bytes, str]:
    """What a signer of whole files appended, and the field that it made."""
    # Read here: it imports pyHanko's validation, which other holders do not need.
    from signing.returned import last_signature

    made = asyncio.run(holder.sign_file(ready.document))
    field, level = last_signature(ready.document + made)
    if level < ready.level:
        message = f"The signing service signed at {level.value}, and the card needs {ready.level.value}."
        raise Rejected("level_not_reached", message)
    return made, field


@contextmanager
def _asked_once(workshop: Workshop, asked: Asked) -> Iterator[None]:
    """A step asks a signer elsewhere once: an attempt that finds that an earlier one asked, and whose answer was not
    kept, leaves it to people whether the signer is asked again, by another step."""
    with workshop.engine.begin() as connection:
        first = register.asking(connection, asked.key, asked.step)
    if not first:
        raise Uncertain("uncertain", "The signing service was asked before, and its answer was not kept.")
    try:
        yield
    except Unavailable:
        with workshop.engine.begin() as connection:
            register.not_asked(connection, asked.key)
        raise


def _standing(workshop: Workshop, key: SignatureKey) -> Signed:
    with workshop.engine.connect() as connection:
        card = register.by_id(connection, key.card)
    return Signed(card.sha256 or "", card.level or "")


def _kept(
    workshop: Workshop, asked: Asked, reached: Reached, dossier: Dossier, *, until: datetime | None, phase: str
) -> Signed:
    done = Signed(hashlib.sha256(reached.pdf).hexdigest(), reached.level.value)
    blob = sealed_files.keep(workshop.blobs, dossier.key, reached.pdf, sealed_files.of_card(dossier.found.case.id))
    with workshop.engine.begin() as connection:
        register.change(
            connection,
            asked.key.card,
            SIGNED,
            sha256=done.sha256,
            blob=blob,
            level=done.level,
            aim=asked.aim.level.value,
            pending=reached.pending,
            stamps_until=until,
        )
        register.finished(connection, asked.key, phase)
    return done
