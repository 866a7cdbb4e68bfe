"""How a signer's secret gets from the web to the signing workers: sealed to their keys, through Redis, for a minute.

Each signing worker announces the public half of a key that it makes anew every half minute; the private half stays in
its memory. Whoever reads Redis, its append-only file or a copy of both finds sealed boxes that nobody can open once the
worker has forgotten the key.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import structlog
from redis import Redis
from redis.exceptions import RedisError

from signing.sealed_box import seal
from signing.secret import SecretKind

#: Longest time for which a public key or a sealed box lies in Redis, in seconds.
MAIL_SECONDS = 60

_WORKERS = "alur:signers"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Asks:
    """What the keys of this house ask for before they sign."""

    #: The house's own key; None: nothing.
    house: SecretKind | None
    #: The keys that officers have for themselves, by the account's name.
    own: Mapping[str, SecretKind | None]

    def of(self, account: str) -> SecretKind | None:
        """What the key of an account asks for."""
        return self.own.get(account, self.house)

    def is_own(self, account: str) -> bool:
        """Whether the account has a key of its own."""
        return account in self.own


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What a signing worker says of itself."""

    #: Raw X25519 public key, to be sealed to from now on.
    key: bytes
    asks: Asks
    #: When it was said, in seconds since 1970.
    at: float

    def to_text(self) -> str:
        """The announcement as JSON."""
        asks = {"house": self.asks.house, "own": dict(self.asks.own)}
        return json.dumps({"key": b64encode(self.key).decode(), "asks": asks, "at": self.at})

    @classmethod
    def from_text(cls, text: bytes | str) -> Self:
        """What `to_text` wrote."""
        body = json.loads(text)
        return cls(key=b64decode(body["key"]), asks=Asks(**body["asks"]), at=body["at"])


def announce(redis: Redis, worker: str, said: Announcement) -> None:
    """Tell the web that this worker signs; the announcement ends by itself unless it is made anew."""
    redis.set(_place(worker), said.to_text(), ex=MAIL_SECONDS)
    redis.sadd(_WORKERS, worker)


def leave(redis: Redis, worker: str) -> None:
    """This worker ends."""
    redis.delete(_place(worker), _boxes(worker))
    redis.srem(_WORKERS, worker)


def collect(redis: Redis, worker: str) -> list[bytes]:
    """Take this worker's mail out of Redis: each the public key that it was sealed to, the batch and the box."""
    with redis.pipeline() as together:
        together.lrange(_boxes(worker), 0, -1)
        together.delete(_boxes(worker))
        return [bytes(mail) for mail in together.execute()[0]]


class SecretPost:
    """The web's side."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def asks(self) -> Asks | None:
        """What the keys of the house ask for; None while no signing worker answers, or Redis does not."""
        newest = max(self._workers().values(), key=lambda said: said.at, default=None)
        return newest.asks if newest is not None else None

    def hand_over(self, batch: str, account: int, secret: str, steps: int) -> bool:
        """Seal `secret` to every signing worker, for `steps` steps that name `batch`; False where none could be
        reached, and then nothing was handed over."""
        workers = self._workers()
        content = json.dumps({"account": account, "secret": secret, "steps": steps}).encode()
        try:
            for worker, said in workers.items():
                mail = said.key + batch.encode() + seal(said.key, batch.encode(), content)
                with self._redis.pipeline() as together:
                    together.rpush(_boxes(worker), mail)
                    together.expire(_boxes(worker), MAIL_SECONDS)
                    together.execute()
        except RedisError as error:
            log.warning("a secret could not be handed over", why=type(error).__name__)
            return False
        return bool(workers)

    def _workers(self) -> dict[str, Announcement]:
        try:
            names: list[str] = sorted(name.decode() for name in _members(self._redis))
            texts = self._redis.mget([_place(name) for name in names]) if names else []
        except RedisError as error:
            log.warning("signing workers are not known", why=type(error).__name__)
            return {}
        gone = [name for name, text in zip(names, texts, strict=True) if text is None]
        if gone:
            self._redis.srem(_WORKERS, *gone)
        return {n: Announcement.from_text(t) for n, t in zip(names, texts, strict=True) if t is not None}


#: Letters of a batch's name.
BATCH_LETTERS = 32


def _members(redis: Redis) -> Any:
    return redis.smembers(_WORKERS)


def _place(worker: str) -> str:
    return f"alur:signer:{worker}"


def _boxes(worker: str) -> str:
    return f"alur:secrets:{worker}"
