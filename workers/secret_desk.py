"""The signing worker's side of secrets: opened in memory, used until their batch ends, wiped then.

What is held here is written nowhere. A worker that dies takes it along: its steps then end as `needs_signer`.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from signing.errors import Rejected
from signing.keyholder import FileHolder, KeyHolder, KeyPlace
from signing.sealed_box import KEY_BYTES, BoxError, open_box
from signing.secret import Secret
from workers import secret_mail
from workers.secret_mail import BATCH_LETTERS, MAIL_SECONDS, Announcement, Asks

#: Longest time for which a secret is kept, in seconds.
KEEP_SECONDS = 15 * 60
#: A new key is made this often; one is forgotten when no box for it can lie in Redis any more.
RENEW_SECONDS = 30
FORGET_SECONDS = 2 * MAIL_SECONDS + RENEW_SECONDS
LOOK_SECONDS = 5.0

log = structlog.get_logger()


@dataclass
class Given:
    """A secret for the steps of one batch."""

    #: Account that gave it.
    account: int
    secret: Secret
    #: How many steps may still need it.
    left: int
    #: When it came, by the monotonic clock, in seconds.
    came: float
    #: It was refused: no step tries it again.
    refused: bool = False
    _holder: KeyHolder | FileHolder | None = field(default=None, init=False, repr=False)

    def holder(self, place: KeyPlace) -> KeyHolder | FileHolder:
        """The key of `place`, opened once for the batch."""
        if self._holder is None:
            self._holder = place.open(self.secret)
        return self._holder

    def wipe(self) -> None:
        """Forget the secret and what it opened."""
        self.secret.wipe()
        self._holder = None


class SecretDesk:
    """Takes secrets in, hands them to steps, and forgets them."""

    def __init__(
        self,
        redis: Redis,
        asks: Callable[[], Asks],
        waits: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`asks` tells what the keys ask for, `waits` whether anything still waits to be done with a batch's secret."""
        self._redis, self._asks, self._waits, self._clock = redis, asks, waits, clock
        self._worker = uuid.uuid4().hex
        self._keys: dict[bytes, tuple[X25519PrivateKey, float]] = {}
        self._held: dict[str, Given] = {}
        self._lock = threading.RLock()

    def take(self, batch: str | None) -> Given:
        """The secret of a batch.

        Raises Rejected `needs_signer` where this worker has none, and `secret_wrong` where the one that it had was
        refused: what was wrong once is not tried again, since once more may lock the key.
        """
        if batch is not None:
            self._collect()
        with self._lock:
            given = self._held.get(batch) if batch is not None else None
        if given is None:
            raise Rejected("needs_signer", "This step needs the signer's PIN or passphrase again.")
        if given.refused or self._refused_elsewhere(batch or ""):
            raise Rejected("secret_wrong", "The PIN or passphrase was refused before, so it was not tried again.")
        return given

    def refuse(self, batch: str) -> None:
        """The key refused the secret: forget it, and let no other worker try it."""
        with self._lock:
            given = self._held.get(batch)
            if given is not None:
                given.refused = True
                given.wipe()
        try:
            self._redis.set(_refused(batch), 1, ex=KEEP_SECONDS)
        except RedisError as error:
            log.warning("other workers are not told of a refused secret", why=type(error).__name__)

    def settled(self, batch: str) -> None:
        """One step of the batch has ended; after the last one the secret is forgotten."""
        with self._lock:
            given = self._held.get(batch)
            if given is not None:
                given.left -= 1
                if given.left <= 0:
                    self._forget(batch)

    def look(self) -> None:
        """Announce this worker, take in what has come, and forget what is over."""
        try:
            self._announce()
        except RedisError as error:
            log.warning("this signing worker is not announced", why=type(error).__name__)
        self._collect()
        now = self._clock()
        with self._lock:
            old = [b for b, g in self._held.items() if now - g.came > KEEP_SECONDS]
            idle = [b for b, g in self._held.items() if now - g.came > MAIL_SECONDS and b not in old]
        for batch in (*old, *(b for b in idle if not self._still(b))):
            with self._lock:
                self._forget(batch)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`, then forget everything; whatever fails is logged and tried again."""
        told = ""
        while True:
            try:
                self.look()
                told = ""
            except Exception as error:
                # A setting that is wrong stays wrong: once is enough.
                if repr(error) != told:
                    log.exception("the desk of secrets failed")
                told = repr(error)
            if stop.wait(LOOK_SECONDS):
                break
        self.close()

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            for batch in list(self._held):
                self._forget(batch)
            self._keys.clear()
        try:
            secret_mail.leave(self._redis, self._worker)
        except RedisError as error:
            log.warning("this signing worker's announcement stays a minute", why=type(error).__name__)

    def _announce(self) -> None:
        now = self._clock()
        with self._lock:
            self._keys = {p: (k, made) for p, (k, made) in self._keys.items() if now - made < FORGET_SECONDS}
            newest = max(self._keys, key=lambda public: self._keys[public][1], default=None)
            if newest is None or now - self._keys[newest][1] >= RENEW_SECONDS:
                key = X25519PrivateKey.generate()
                newest = key.public_key().public_bytes_raw()
                self._keys[newest] = (key, now)
        said = Announcement(key=newest, asks=self._asks(), at=time.time())
        secret_mail.announce(self._redis, self._worker, said)

    def _collect(self) -> None:
        with self._lock:
            try:
                mails = secret_mail.collect(self._redis, self._worker)
            except RedisError as error:
                log.warning("secrets are not collected", why=type(error).__name__)
                return
            for mail in mails:
                self._open(mail)

    def _open(self, mail: bytes) -> None:
        public, rest = mail[:KEY_BYTES], mail[KEY_BYTES:]
        batch, box = rest[:BATCH_LETTERS], rest[BATCH_LETTERS:]
        key = self._keys.get(public)
        try:
            if key is None:
                raise BoxError("Its key was forgotten.")
            body = json.loads(open_box(key[0], batch, box))
            given = Given(body["account"], Secret(body["secret"]), body["steps"], self._clock())
        except (BoxError, ValueError, KeyError, TypeError):
            # Without the error's text: it might show what was in the box.
            log.warning("a sealed box does not open")
            return
        self._held[batch.decode()] = given

    def _forget(self, batch: str) -> None:
        given = self._held.pop(batch, None)
        if given is not None:
            given.wipe()

    def _still(self, batch: str) -> bool:
        try:
            return self._waits(batch)
        except SQLAlchemyError as error:
            log.warning("whether a secret is still needed is not known", why=type(error).__name__)
            return True

    def _refused_elsewhere(self, batch: str) -> bool:
        try:
            return bool(self._redis.exists(_refused(batch)))
        except RedisError:
            return False


def _refused(batch: str) -> str:
    return f"alur:secret-refused:{batch}"
