"""Evidence bundles: everything that proves what happened to one case, in one signed file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from alur.bundled_data import personal
from alur.signers import trust_of
from alur.verify import MANIFEST, MAX_BYTES, SIGNATURE, pack
from alur.wiring import House
from workflow.bundle.manifest import Manifest, note_text
from workflow.bundle.verdicts import verdicts
from workflow.canonical import canonical, canonical_bytes
from workflow.db import accesses, cases
from workflow.db.bundled import BundleRefusedError, Material, read_material, told_card
from workflow.events import Event, stamp
from workflow.log.leaf import read_leaf

#: What the access log says of a bundle with data.
LOOK = "bundle"
_README = """\
Berkas bukti perkara {case}, dibuat {made_at} oleh {house}.
Periksa tanpa jaringan: alur-verify BERKAS.zip --keys kunci.txt
Kunci (kunci.txt) diminta kepada kantor sendiri, jangan diambil dari berkas ini.

Evidence bundle of case {case}, made {made_at} by {house}.
Check it offline: alur-verify FILE.zip --keys keys.txt
Ask the office itself for its keys (keys.txt); do not take them from this file.
"""


def make_bundle(house: House, case: int, now: datetime, reader: str | None = None) -> bytes:
    """The bytes of a bundle of `case` as of `now`.

    `reader`, an auditor or supervisor, gets personal data too, and the look is logged before. Raises
    `UnknownCaseError`, `BundleRefusedError`, `MayNotLookError`; with data `DataErasedError`, too.
    """
    if reader is not None:
        with house.engine.begin() as db:
            found = cases.get(db, case)
            accesses.note(db, accesses.reader(db, reader, found.case.office), case, LOOK)
    signer = house.note_signer()
    with house.engine.connect() as db:
        material = read_material(db, house.library, case, now)
        files = personal(db, house.vault, house.blobs, material, reveals=reader is not None)
    proven = material.proven
    manifest = Manifest(
        house=signer.name,
        key=signer.verifier.line(),
        case=case,
        made_at=now,
        sealed=0 if proven is None else read_leaf(proven.text).seq,
        sealed_at=None if proven is None else proven.sealed.moment,
        with_data=reader is not None,
        erased=material.found.case.erased is not None,
    )
    members = {**_told(material), **files.members}
    if material.card is not None and (report := _report(house, material, files.card)) is not None:
        members["card-report.json"] = canonical_bytes(report)
    words = {"case": case, "made_at": stamp(now), "house": signer.name}
    members["README.txt"] = _README.format(**words).encode()
    members = dict(sorted(members.items()))
    content = manifest.content(members)
    note = signer.sign(note_text(signer.name, content)).encode()
    return _packed({MANIFEST: content, SIGNATURE: note, **members}, case)


def _packed(members: Mapping[str, bytes], case: int) -> bytes:
    packed = pack(members)
    if len(packed) > MAX_BYTES:
        raise BundleRefusedError(
            f"The bundle of case {case} would have more than {MAX_BYTES} bytes; leave out the data."
        )
    return packed


def _told(material: Material) -> dict[str, bytes]:
    """The members without anything personal."""
    events = material.events
    members = {
        "events.jsonl": b"".join(canonical_bytes(_event(e)) + b"\n" for e in events),
        "verdicts.json": canonical_bytes(verdicts(events, material.processes)),
        "clocks.json": canonical_bytes(material.clocks),
        "proof.json": canonical_bytes(_proof(material)),
    }
    if material.proven is not None:
        members["checkpoint.txt"] = material.proven.sealed.note.encode()
        if material.proven.sealed.token is not None:
            members["checkpoint.tsr"] = material.proven.sealed.token
    members |= {f"definitions/{hash_}.json": canonical_bytes(body) for hash_, body in material.bodies.items()}
    return members | dict(_calendars(material))


def _event(event: Event) -> dict[str, Any]:
    told = event._asdict()
    return {**told, "at": stamp(event.at), "hash": event.hash.hex()}


def _proof(material: Material) -> dict[str, Any]:
    proven = material.proven
    if proven is None:
        return {"leaf": None, "index": None, "path": []}
    return {"leaf": proven.text, "index": proven.index, "path": [sibling.hex() for sibling in proven.proof]}


def _calendars(material: Material) -> Iterator[tuple[str, bytes]]:
    for row in material.calendars:
        told = {"name": row.name, "version": row.version, "hash": row.hash, "body": row.body}
        told |= {"valid_from": row.valid_from.isoformat(), "published_at": stamp(row.published_at)}
        yield f"calendars/{row.name}@{row.version}.json", canonical(told).encode()


def _report(house: House, material: Material, pdf: bytes | None) -> dict[str, Any] | None:
    """The register on the card of which the history tells, and what its signatures were found to be now."""
    row, told = material.card, told_card(material.events)
    if row is None or told is None:
        return None
    seq, said = told
    verdict = None
    if pdf is not None:
        # Read here: pyHanko is large, and a case without a card needs none of it.
        from signing.verify import verify_untrusted

        verdict = verify_untrusted(pdf, trust_of(house.settings)(), row.signatures).to_json()
    return {
        "event": seq,
        "card": said["card"],
        "sha256": said["sha256"],
        "number": row.number,
        "state": row.state,
        "level": row.level,
        "signatures": row.signatures,
        "issued_on": row.issued_on,
        "expires_on": row.expires_on,
        "erased_at": row.erased_at and stamp(row.erased_at),
        "marks": [{"kind": r.kind, "since": stamp(r.since), "confirmed": r.confirmed} for r in material.reported],
        "report": verdict,
    }
