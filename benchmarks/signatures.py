"""`sign_p256_ratio`, `sign_rsa3072_ratio`: B-B signatures in stored phases, against pyHanko as it comes."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PIL import Image
from pyhanko.sign.signers import SimpleSigner

from benchmarks.bare import bare
from benchmarks.figures import Figure, Progress
from signing.card import CardFace, draw
from signing.certificates import PrivateKey, authority, seal
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import SigningProfile, finish, prepare, sign
from signing.private_files import bundle
from signing.trust import Trust

ROUNDS = 3
#: Signatures of one round: ours, and pyHanko's, which take longer.
OURS, BARE = 40, 6
#: As long as the link of a real card, which carries a claim.
LINK = "https://kerja.contoh.go.id/verify/7Q2M91KX4B0T7Q2M#" + "hEOhASegWDalAW" * 14


def measure(folder: Path, progress: Progress) -> list[Figure]:
    """Interleaved rounds; medians of signatures a CPU-second."""
    pdf = draw(face(), photo(), LINK, template())
    kinds: tuple[tuple[str, PrivateKey, float, float], ...] = (
        ("p256", ec.generate_private_key(ec.SECP256R1()), 2, 2.5),
        ("rsa3072", rsa.generate_private_key(65537, 3072), 15, 25),
    )
    figures = []
    for name, key, must, goal in kinds:
        progress(f"signatures, {name}")
        ours, theirs = _both(_keyed(folder / f"{name}.p12", key), pdf)
        value, floor = [], []
        for _ in range(ROUNDS):
            value.append(rate(ours, OURS))
            floor.append(rate(theirs, BARE))
        figures.append(
            Figure(f"sign_{name}_ratio", median(value), "signatures a CPU-second", median(floor), must, goal)
        )
    return figures


def rate(work: Callable[[], object], times: int) -> float:
    """How often a CPU-second is enough for `work`; it is done once before."""
    work()
    before = time.process_time()
    for _ in range(times):
        work()
    return times / (time.process_time() - before)


def _both(path: Path, pdf: bytes) -> tuple[Callable[[], object], Callable[[], object]]:
    holder = Pkcs12KeyHolder(path)
    simple = SimpleSigner.load_pkcs12(str(path))
    assert simple is not None
    profile = SigningProfile(
        certificate=holder.certificate,
        chain=holder.chain,
        level=Level.B_B,
        trust=Trust(roots=()),
        timestamper=None,
        signing_time=datetime.now(UTC),
    )

    def ours() -> bytes:
        ready = asyncio.run(prepare(pdf, profile))
        return finish(ready, asyncio.run(sign(ready, holder, None)))

    return ours, lambda: bare(pdf, simple)


def _keyed(path: Path, key: PrivateKey) -> Path:
    now = datetime.now(UTC)
    root = authority("Root", now, 20)
    issuing = authority("Issuing", now, 15, root)
    made = seal("Seal", now, 3, issuing, key)
    path.write_bytes(bundle("seal", made, [issuing.certificate, root.certificate], None))
    return path


def face() -> CardFace:
    """What the cards that are measured show."""
    fields = {
        "nik": "1671015203010001",
        "name": "Siti Aminah",
        "birth_place": "Palembang",
        "birth_date": "12 Maret 2001",
        "sex": "Perempuan",
        "marital_status": "Belum kawin",
        "religion": "Islam",
        "address": "Jalan Jenderal Sudirman No. 12, Kec. Ilir Timur I",
        "education": "SMA, IPA, 2019",
        "skills": "",
        "experience": "",
    }
    return CardFace(
        number="DTK-AK1-0001-1126",
        fields=fields,
        issued=date(2026, 11, 21),
        expires=date(2028, 11, 21),
        office_title="Dinas Tenaga Kerja Kota Palembang",
        place="Palembang",
        officer_name="Dra. Hj. Ratna Dewi, M.Si.",
        officer_title="Kepala Bidang Penempatan Tenaga Kerja",
        code="7Q2M91KX4B0T7Q2M",
        development=True,
    )


def photo() -> bytes:
    """A picture of the size that renditions have."""
    out = io.BytesIO()
    Image.effect_noise((300, 400), 40).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def template() -> str:
    """The template of AK-1 cards."""
    return (files("definitions") / "cards" / "ak1.typ").read_text()
