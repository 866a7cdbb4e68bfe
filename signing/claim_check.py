"""Check a claim offline: against published keys, with nothing fetched and no database asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from signing.claim import ClaimError, SignedClaim, facts, read_claim
from signing.claim_facts import CardClaim
from signing.claim_keys import PublishedKey

#: What each problem means, for people: Indonesian, English.
CLAIM_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "claim_empty": (
        "Tidak ada yang diberikan. Berikan seluruh tautan yang dibaca dari QR (dengan bagian di belakang #), klaimnya "
        "saja, atau gambar QR (PNG atau JPEG).",
        "Nothing was given. Give the whole link that the QR reads as (with what stands behind #), the claim alone, or "
        "a picture of the QR (PNG or JPEG).",
    ),
    "claim_missing": (
        "Tautan ini tidak membawa klaim: bagian di belakang # tidak ada. Baca lagi seluruh kode QR, atau buka "
        "tautannya untuk bertanya ke daftar; kartu dari sebelum ada klaim hanya dapat diperiksa di sana.",
        "The link carries no claim: what should stand behind # is missing. Read the whole QR again, or open the link "
        "to ask the register; a card from before there were claims can be checked there only.",
    ),
    "claim_not_given": (
        "Ini bukan isi kode QR. Berikan seluruh tautan yang dibaca dari QR (dengan bagian di belakang #), klaimnya "
        "saja, atau gambar QR (PNG atau JPEG). Nomor atau kode kartu diperiksa di halaman pemeriksaan.",
        "This is not what a QR reads as. Give the whole link that it reads as (with what stands behind #), the "
        "claim alone, or a picture of the QR (PNG or JPEG). A card's number or code is checked on the verify page.",
    ),
    "claim_unreadable": (
        "Klaim rusak, terpotong, atau bukan klaim kartu.",
        "The claim is damaged, cut off, or not a card's.",
    ),
    "claim_key_unknown": (
        "Klaim ditandatangani dengan kunci yang tidak diterbitkan.",
        "The claim was signed with a key that is not among the published ones.",
    ),
    "claim_forged": (
        "Klaim dipalsukan atau diubah: tanda tangannya tidak cocok.",
        "The claim is forged or was changed: its signature does not fit.",
    ),
    "claim_key_period": (
        "Kartu terbit pada hari yang tidak dicakup kuncinya.",
        "The card was issued on a day for which its key does not sign.",
    ),
    "claim_other_link": (
        "Kode pada tautan bukan kode yang ada di klaim.",
        "The code in the link is not the code in the claim.",
    ),
    "claim_expired": (
        "Menurut klaimnya sendiri, masa berlaku kartu sudah habis.",
        "By its own claim the card has expired.",
    ),
}

#: Where no claim was there to be checked, so nothing is found out about the card.
_UNCHECKED = frozenset({"claim_empty", "claim_missing", "claim_not_given"})
#: What is a link, also where its scheme is left out; a number may have slashes, but no dot before the first one.
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\s]+[.:][^/\s]*/", re.IGNORECASE)
#: A COSE_Sign1 is an array of four, which base64url writes so; letters of a number or code, at most.
_BEGINNING, _MAX_TYPED = "h", 64


@dataclass(frozen=True, kw_only=True)
class ClaimVerdict:
    """What was found about a claim. Whether the card was revoked or replaced stands in the register alone."""

    #: What the claim says; None unless a published key signed it.
    claim: CardClaim | None
    #: Which key is said to have signed it, hex; None where the claim cannot be read.
    kid: str | None
    #: The key is a development key: the card is no official one.
    development: bool
    #: Codes of CLAIM_PROBLEMS; none when the claim holds.
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when nothing speaks against the claim."""
        return not self.problems

    @property
    def checked(self) -> bool:
        """False where no claim was given, so that nothing speaks for the card or against it."""
        return not _UNCHECKED.intersection(self.problems)

    def to_json(self) -> dict[str, Any]:
        """The verdict as JSON-able values, days in ISO 8601."""
        said = {name: str(value) for name, value in asdict(self.claim).items()} if self.claim else None
        problems = [
            {"code": code, "text": dict(zip(("id", "en"), CLAIM_PROBLEMS[code], strict=True))} for code in self.problems
        ]
        return {
            "ok": self.ok,
            "checked": self.checked,
            "claim": said,
            "kid": self.kid,
            "development": self.development,
            "problems": problems,
            "register_asked": False,
        }


def check(text: str, keys: Sequence[PublishedKey], today: date) -> ClaimVerdict:
    """Check what a QR reads as: a link with a claim in its fragment, or the claim alone. Never raises over `text`."""
    link, claim = _split(text.strip())
    if link is None and not claim:
        return _nothing("claim_empty")
    if not claim:
        return _nothing("claim_missing")
    if link is None and _is_typed(claim):
        return _nothing("claim_not_given")
    try:
        signed = read_claim(claim)
    except ClaimError as error:
        return _nothing(error.code)
    named = [key for key in keys if key.kid == signed.kid]
    if not named:
        return _nothing("claim_key_unknown", signed)
    try:
        key, said = _signed_by(signed, named)
    except ClaimError as error:
        return _nothing(error.code, signed)
    return ClaimVerdict(
        claim=said,
        kid=signed.kid.hex(),
        development=key.development,
        problems=tuple(_problems(said, key, link, today)),
    )


def _split(text: str) -> tuple[str | None, str]:
    """The code that the link leads to, None without a link, and the claim."""
    if "#" not in text and not _LINK.match(text):
        return None, text
    address, _, claim = text.partition("#")
    try:
        path = urlsplit(address).path
    except ValueError:
        return "", claim
    return unquote(path.rstrip("/").rpartition("/")[2]), claim


def _is_typed(text: str) -> bool:
    """Tell whether a text is the number or the code of a card, as people type it, rather than a claim or a part of one:
    those begin alike, are longer, or mix small and capital letters."""
    if len(text) > _MAX_TYPED or not text.isascii() or text.startswith(_BEGINNING):
        return False
    return text in (text.upper(), text.lower()) or sum(text.count(mark) for mark in "/-. ") > 1


def _signed_by(signed: SignedClaim, named: Sequence[PublishedKey]) -> tuple[PublishedKey, CardClaim]:
    """Four bytes may name two keys: the one whose signature fits."""
    for key in named[:-1]:
        try:
            return key, facts(signed, key.public)
        except ClaimError:
            continue
    return named[-1], facts(signed, named[-1].public)


def _problems(said: CardClaim, key: PublishedKey, link: str | None, today: date) -> list[str]:
    found = {
        "claim_key_period": not key.covers(said.issued),
        "claim_other_link": link is not None and link.upper() != said.code.upper(),
        "claim_expired": said.expires < today,
    }
    return [code for code, holds in found.items() if holds]


def _nothing(code: str, signed: SignedClaim | None = None) -> ClaimVerdict:
    return ClaimVerdict(claim=None, kid=signed.kid.hex() if signed else None, development=False, problems=(code,))
