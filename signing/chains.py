"""What chains of certificates are checked against while signing: made once, and anew before its lists run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from asn1crypto import crl, x509  # type: ignore[import-untyped]
from pyhanko_certvalidator import ValidationContext

from signing.trust import Trust

#: How long a context counts as being of now: it knows one moment, that of its making.
FRESH = timedelta(minutes=1)

_Key = tuple[Trust, tuple[bytes, ...]]
_made: dict[_Key, tuple[ValidationContext, datetime, datetime]] = {}


def context_of(trust: Trust, chain: tuple[bytes, ...] = (), *, lenient: bool = False) -> ValidationContext:
    """Return what `trust` and `chain` (DER) say now; nothing is fetched. `lenient` does without current lists.

    Making it takes as long as a signature, so one is used again for a while, but never beyond the end of a list.
    """
    if lenient:
        # A list of yesterday says nothing about today; whom it names was refused before.
        return _fresh(trust, chain, "soft-fail")
    now = datetime.now(UTC)
    found = _made.get((trust, chain))
    if found is not None and found[1] <= now < found[2]:
        return found[0]
    _made.clear()
    made = _fresh(trust, chain, "hard-fail")
    _made[trust, chain] = made, now, min(now + FRESH, *_ends(trust))
    return made


def _fresh(trust: Trust, chain: tuple[bytes, ...], revocation: str) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in trust.roots],
        other_certs=[x509.Certificate.load(other) for other in (*trust.intermediates, *chain)],
        crls=list(trust.crls),
        allow_fetching=False,
        revocation_mode=revocation,
    )


def _ends(trust: Trust) -> list[datetime]:
    lists = [crl.CertificateList.load(content)["tbs_cert_list"]["next_update"].native for content in trust.crls]
    # Two moments, so that `min` has something to choose from where no list says when it ends.
    return [datetime.max.replace(tzinfo=UTC), *(end for end in lists if end is not None)]
