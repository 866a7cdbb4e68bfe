"""Composition: from settings to the parts that a process works with. Nothing is opened at import."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import structlog
from redis import Redis
from sqlalchemy import Engine

from alur.embedded import Urls, services
from alur.logs import configure
from alur.settings import Settings, ensure_keys
from workers import doorbell
from workers.workshop import Workshop, system_clock
from workflow.blobs import BlobStore, FolderStore
from workflow.db.connect import ENGINE, drain_connection, engine_for
from workflow.db.drain import Drainer
from workflow.db.library import Library
from workflow.db.outbox import waits_for
from workflow.definition.offices import read_offices
from workflow.errors import AlurError
from workflow.vault import Vault

if TYPE_CHECKING:
    from web.ports import Ports
    from workers.eraser import Eraser
    from workers.keyring import Keyring
    from workers.sealing import Sealer
    from workers.secret_desk import SecretDesk
    from workers.secret_mail import Asks
    from workers.signer import Signer
    from workflow.keysafe import KeySafe
    from workflow.log.note import NoteSigner


class NotAvailableError(AlurError):
    """A setting asks for something that this version cannot do."""

    code = "not_available"


@dataclass
class House:
    """The parts, each made when it is first asked for."""

    settings: Settings
    urls: Urls

    @cached_property
    def engine(self) -> Engine:
        """Connections that act as the engine."""
        return engine_for(self.urls.database, ENGINE)

    @cached_property
    def redis(self) -> Redis:
        """The queue's server."""
        return Redis.from_url(self.urls.redis, health_check_interval=30)

    @cached_property
    def vault(self) -> Vault:
        """The vault under the data key."""
        assert self.settings.data_key is not None
        return Vault(self.settings.data_key)

    @cached_property
    def library(self) -> Library:
        """Definitions, read from the database when they are first met."""
        with as_file(files("definitions") / "offices.yaml") as path:
            return Library(read_offices(path))

    @cached_property
    def blobs(self) -> BlobStore:
        """Where documents and cards are kept."""
        parts = urlsplit(self.settings.documents_url)
        if parts.scheme != "file":
            raise NotAvailableError("ALUR_DOCUMENTS_URL: only file:// addresses are served in this version.")
        return FolderStore(Path(unquote(parts.path)))

    @cached_property
    def safe(self) -> KeySafe:
        """Where persons' keys lie apart from backups."""
        from workflow.keysafe import KeySafe

        return KeySafe(self.settings.key_safe)

    def eraser(self) -> Eraser:
        """What erases personal data."""
        from workers.eraser import Eraser

        return Eraser(engine=self.engine, library=self.library, blobs=self.blobs, safe=self.safe)

    def workshop(self, *, signs: bool = False) -> Workshop:
        """What a worker process needs."""
        return Workshop(
            engine=self.engine,
            redis=self.redis,
            library=self.library,
            vault=self.vault,
            blobs=self.blobs,
            public_url=self.settings.public_url,
            drainer=self.drainer,
            signer=self.signer if signs else None,
            desk=self.desk() if signs else None,
            smtp_url=self.settings.smtp_url,
        )

    def drainer(self) -> Drainer:
        """A drain over a connection of its own."""
        connection = drain_connection(self.urls.database, ENGINE)
        return Drainer(connection, self.engine, self.library, self.vault, system_clock)

    def signer(self) -> Signer:
        """The key holder that the settings name; the development key when they name none."""
        from alur.signers import make_signer

        return make_signer(self.settings, self.keyring)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys with which this house signs, none of them opened."""
        from alur.key_places import keyring

        return keyring(self.settings)

    def desk(self) -> SecretDesk:
        """Where the signing worker keeps what signers give."""
        from workers.secret_desk import SecretDesk

        def waits(batch: str) -> bool:
            with self.engine.connect() as connection:
                return waits_for(connection, batch)

        def asks() -> Asks:
            return self.keyring.asks()

        return SecretDesk(self.redis, asks, waits)

    def note_signer(self) -> NoteSigner:
        """Who signs checkpoints."""
        from alur.audit_key import note_signer

        return note_signer(self.settings)

    def stamp(self, content: bytes) -> bytes:
        """A time stamp over `content`, of the authority that the settings name; raises SigningError."""
        # Read here: pyHanko is large, and most processes stamp nothing.
        from alur.signers import stamper_of
        from signing.stamps import stamped

        return stamped(content, stamper_of(self.settings))

    def sealer(self) -> Sealer:
        """Who seals hourly and on demand."""
        # Read here: a worker's memory counts, and it seals nothing.
        from workers.sealing import Sealer

        return Sealer(self.engine, self.note_signer(), self.stamp, system_clock)

    def ports(self) -> Ports:
        """What the web needs."""
        from alur.claim_keys import published_keys
        from alur.signers import trust_of
        from web.ports import Ports
        from workers.secret_mail import SecretPost

        waiting = doorbell.Waiting(self.redis)
        assert self.settings.secret_key is not None
        return Ports(
            database_url=self.urls.database,
            redis_url=self.urls.redis,
            secret_key=self.settings.secret_key,
            vault=self.vault,
            library=self.library,
            blobs=self.blobs,
            ring=lambda: doorbell.ring(self.redis),
            await_outcome=waiting.until,
            trust=trust_of(self.settings),
            claim_keys=published_keys(self.settings),
            public_url=self.settings.public_url,
            production=self.settings.production,
            clock=system_clock,
            typeset=_typeset,
            secrets=SecretPost(self.redis),
        )


def _typeset(report: Mapping[str, Any]) -> bytes | None:
    """The PDF of a report; what went wrong is logged."""
    from signing.typeset import TypesetError, set_report

    try:
        return set_report(report)
    except TypesetError as error:
        structlog.get_logger().warning("report not set", code=error.code)
        return None


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """The house with its services up, embedded ones where no URL is set; keys are made in development."""
    configure(production=settings.production)
    complete = ensure_keys(settings)
    with services(complete) as urls:
        yield House(complete, urls)


def until_stopped(stop: threading.Event) -> None:
    """Set `stop` on SIGTERM or SIGINT."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
