"""`card_ratio`: cards numbered, drawn, signed B-LT and stored, against typst and warm signing alone."""

from __future__ import annotations

import uuid
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from alur import accounts
from alur.signers import pki_folder
from alur.wiring import House
from benchmarks.bare import Warm, WarmSigner
from benchmarks.figures import Figure, Progress
from benchmarks.ground import OFFICE, sample
from benchmarks.signatures import LINK, face, photo, rate, template
from signing.card import draw
from signing.development import ensure_development_pki
from signing.timestamps import local_timestamper
from workers.jobs.sign_card import sign_card
from workflow.db import cases, library
from workflow.db.outbox import StepId, Work

ROUNDS = 3
CARDS = 25
PROCESS = "ak1-online"


def measure(house: House, progress: Progress) -> list[Figure]:
    """Interleaved rounds; medians of cards a CPU-second of the signing worker."""
    workshop = house.workshop(signs=True)
    pki = ensure_development_pki(pki_folder(house.settings))
    key = load_der_private_key((pki.folder / "seal.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    warm, picture, design = Warm(WarmSigner(key, pki), local_timestamper(pki), pki), photo(), template()
    value, floor = [], []
    for n in range(ROUNDS):
        progress(f"cards, round {n + 1} of {ROUNDS}")
        due = [_asked(house, picture) for _ in range(CARDS + 1)]
        value.append(rate(lambda due=due: sign_card(workshop, due.pop()), CARDS))
        floor.append(rate(lambda: warm.sign(draw(face(), picture, LINK, design)), CARDS))
    return [Figure("card_ratio", median(value), "cards a CPU-second", median(floor), must=0.6, goal=0.9)]


def _asked(house: House, picture: bytes) -> Work:
    """A step that is to sign the card of a case whose data were given."""
    with house.engine.begin() as db:
        owner = accounts.find(db, "applicant")
        id_ = cases.open_case(
            db,
            house.vault,
            process=PROCESS,
            definition=library.current(db, PROCESS),
            office=OFFICE,
            owner=owner,
        )
        found = cases.get(db, id_, lock=True)
        cases.save_data(db, house.vault, found, sample(), None)
        key = cases.person_key_of(db, house.vault, found)
        blob = house.blobs.put(key.close(picture, f"document/{id_}/photo"))
        facts = {"media_type": "image/jpeg", "size": len(picture)}
        cases.attach(db, house.vault, found, "photo", picture, blob, facts)
        found = cases.get(db, id_, lock=True)
        cases.accept(db, house.vault, found, do="submit", actor=str(owner), key=uuid.uuid4(), submits=True)
        signer = accounts.find(db, "signer")
    given = {"data": 1, "with": {"level": "B-LT"}, "actor": str(signer)}
    return Work(StepId(id_, 1, "sign_card"), "signing", 1, given)
