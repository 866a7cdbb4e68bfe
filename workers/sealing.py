"""Sealing by the clock process: hourly and when somebody asked, in a thread of its own: no timer waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from signing.errors import SigningError
from workflow.db import log as store
from workflow.db import sealing
from workflow.log.note import NoteSigner

LOOK_SECONDS = 1.0
#: Checkpoints without a time stamp are looked for this often, whether or not an authority answers.
STAMP_AGAIN = timedelta(minutes=1)

log = structlog.get_logger()

#: The DER token over a text; raises SigningError.
Stamp = Callable[[bytes], bytes]


@dataclass
class Sealer:
    """Seals what is due and stamps what is sealed; any number of them may run."""

    engine: Engine
    signer: NoteSigner
    stamp: Stamp
    clock: Callable[[], datetime]
    #: Not before this: looking whether cases moved reads all of them.
    _next_look: datetime | None = field(default=None, init=False)
    _next_stamp: datetime | None = field(default=None, init=False)

    def look(self) -> None:
        """Seal and stamp what is to be done now."""
        now = self.clock()
        with self.engine.connect() as db:
            asked, due = sealing.is_asked(db), sealing.is_due(db, now)
        if asked or (due and _come(self._next_look, now)):
            sealing.seal(self.engine, self.signer, self.clock, only_when_due=not asked)
            self._next_look, self._next_stamp = now + sealing.INTERVAL, None
        if _come(self._next_stamp, now):
            self._next_stamp = now + STAMP_AGAIN
            self._stamp()

    def _stamp(self) -> None:
        with self.engine.connect() as db:
            pending = store.pending(db)
        for sealed in pending:
            try:
                token = self.stamp(sealed.note.encode())
            except SigningError as error:
                log.warning("a checkpoint waits for its time stamp", size=sealed.size, why=str(error))
                return
            with self.engine.begin() as db:
                sealing.keep_stamp(db, sealed.size, token)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`; whatever fails is logged and tried again."""
        while not stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.warning("sealing waits for the database", why=type(error).__name__)
            except Exception:
                log.exception("sealing failed")


def _come(moment: datetime | None, now: datetime) -> bool:
    return moment is None or now >= moment
