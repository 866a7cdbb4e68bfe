"""What the signing worker holds: the key, the time stamper, and whom verifiers trust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from signing.claim_keys import ClaimSigner
from signing.keyholder import KeyHolder
from signing.timestamps import TimeStamper
from signing.trust import Trust
from workers.keyring import Keyring


@dataclass(frozen=True, kw_only=True)
class Signer:
    #: Signs for everybody; where `ring` is, steps sign with the key that it finds for their officer.
    holder: KeyHolder | None
    timestamper: TimeStamper
    #: Asked each time: revocation lists are renewed.
    trust: Callable[[], Trust]
    #: Signs the claims in QR codes.
    claims: ClaimSigner
    #: Prints "DEV – TIDAK SAH" on every card.
    development: bool
    #: The keys of the house and of its officers.
    ring: Keyring | None = None
