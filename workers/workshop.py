"""What a worker process has at hand. Made once at its start, before the first job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from redis import Redis
from sqlalchemy import Engine

from workflow.blobs import BlobStore
from workflow.db.drain import Drainer
from workflow.db.library import Library
from workflow.vault import Vault

if TYPE_CHECKING:
    from workers.secret_desk import SecretDesk


def system_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Workshop:
    engine: Engine
    redis: Redis
    library: Library
    vault: Vault
    blobs: BlobStore
    #: Address under which the public reaches the verify page; without a slash at the end.
    public_url: str
    clock: Callable[[], datetime] = system_clock
    #: The moment by which steps are leased and retried, where time is frozen; None asks the database.
    moment: Callable[[], datetime | None] = lambda: None
    #: Opens the bare connection of the drain; None in workers that do not drain.
    drainer: Callable[[], Drainer] | None = None
    #: Makes the key holder, the time stamper and the trust of the signing worker; None where no card is signed.
    signer: Callable[[], Any] | None = None
    #: Where signing workers keep what signers gave; None where nobody is asked for a secret.
    desk: SecretDesk | None = None
    #: Where mail goes, such as `smtp://host:25`; None sends none.
    smtp_url: str | None = None
    _open: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` made the first time it was asked for under `name`."""
        if name not in self._open:
            self._open[name] = make()
        return self._open[name]

    def forget(self, name: str) -> None:
        """Make it anew the next time, after it broke."""
        self._open.pop(name, None)


_current: Workshop | None = None


def enter(workshop: Workshop) -> None:
    """Make `workshop` the one that this process's jobs use."""
    global _current  # noqa: PLW0603 - RQ calls jobs by name: they have no other way to what the process holds
    _current = workshop


def current() -> Workshop:
    """The workshop of this process."""
    if _current is None:
        raise RuntimeError("This process has no workshop; start it with `alur worker`.")
    return _current
