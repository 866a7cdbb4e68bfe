"""What the web is given from outside: it knows no queue, no worker and no setting by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from signing.claim_keys import PublishedKey
from signing.trust import Trust
from workflow.blobs import BlobStore
from workflow.db.library import Library
from workflow.vault import Vault

T = TypeVar("T")


class AwaitOutcome(Protocol):
    """Waits for news of a case."""

    def __call__(self, case: int, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds once it finds something, or None after `seconds`."""
        ...


class Asks(Protocol):
    """What the keys of this house ask their signers for."""

    def of(self, account: str) -> str | None:
        """`passphrase`, `pin` or `totp`; None where the account signs without a secret."""
        ...

    def is_own(self, account: str) -> bool:
        """Whether the account has a key of its own."""
        ...


class SecretPost(Protocol):
    """The way of a signer's secret to the workers that sign."""

    def asks(self) -> Asks | None:
        """What is asked for; None while no signing worker answers."""
        ...

    def hand_over(self, batch: str, account: int, secret: str, steps: int) -> bool:
        """Seal a secret to the signing workers, for `steps` steps that name `batch`; False where none was reached."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    #: SQLAlchemy URL; connections act as `alur_web`.
    database_url: str
    #: Where rate limits are counted.
    redis_url: str
    #: Signs sessions and forms, 32 bytes.
    secret_key: bytes
    vault: Vault
    library: Library
    blobs: BlobStore
    #: Wakes an engine worker after a commit; False when nobody could be woken now.
    ring: Callable[[], bool]
    await_outcome: AwaitOutcome
    #: Whom verified cards must be signed by.
    trust: Callable[[], Trust]
    #: Keys by which the claims in QR codes are checked, read anew each time.
    claim_keys: Callable[[], Sequence[PublishedKey]]
    #: Address of the public pages, without a slash at the end.
    public_url: str
    #: Real secrets and real cards: no demo texts, secure cookies.
    production: bool
    clock: Callable[[], datetime]
    #: The PDF of a report's data; None when it cannot be set now.
    typeset: Callable[[Mapping[str, Any]], bytes | None]
    #: How signers' secrets reach the signing workers.
    secrets: SecretPost
