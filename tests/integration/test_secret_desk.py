"""The desk of a signing worker: what lies in Redis, for how long, and when secrets are forgotten."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from redis import Redis

from alur.wiring import House
from signing.errors import Rejected
from workers.secret_desk import FORGET_SECONDS, KEEP_SECONDS, RENEW_SECONDS, SecretDesk
from workers.secret_mail import MAIL_SECONDS, Asks, SecretPost

SECRET = "rahasia-sekali-5517"


@dataclass
class Room:
    """A desk, a post, and a clock by hand."""

    redis: Redis
    now: float = 1000.0
    waiting: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.desk = self.another()
        self.post = SecretPost(self.redis)
        self.desk.look()

    def another(self) -> SecretDesk:
        """Another worker's desk."""
        asks = Asks(house="pin", own={"citra": "totp", "dedi": None})
        return SecretDesk(self.redis, lambda: asks, lambda batch: batch in self.waiting, lambda: self.now)

    def given(self, steps: int = 1, account: int = 7) -> str:
        """A secret that was handed over; its batch."""
        batch = uuid.uuid4().hex
        assert self.post.hand_over(batch, account, SECRET, steps)
        return batch

    def later(self, seconds: float) -> None:
        """Let time pass, with a look at its end."""
        self.now += seconds
        self.desk.look()

    def held(self, batch: str) -> bool:
        """True while a step would find the secret."""
        try:
            return self.desk.take(batch).secret.reveal() == SECRET
        except Rejected as error:
            return error.code != "needs_signer"


@pytest.fixture
def room(quiet: House) -> Iterator[Room]:
    """A room in which nobody else is."""
    quiet.redis.flushdb()
    made = Room(quiet.redis)
    yield made
    made.desk.close()


def test_the_secret_reaches_the_desk_and_lies_in_redis_sealed_and_for_a_minute_at_most(room: Room) -> None:
    """Whoever reads Redis meanwhile finds a box, and the public half of a key."""
    batch = room.given()
    keys = list(room.redis.scan_iter("alur:*"))
    boxes = [k for k in keys if k.startswith(b"alur:secrets:")]
    assert len(boxes) == 1
    for key in keys:
        if key != b"alur:signers":
            assert 0 < room.redis.ttl(key) <= MAIL_SECONDS
        assert SECRET.encode() not in (room.redis.dump(key) or b"")
    assert room.desk.take(batch).account == 7
    assert room.held(batch)
    assert not room.redis.exists(*boxes)


def test_the_web_learns_what_is_asked_for_from_a_worker_that_lives(room: Room) -> None:
    """By account where officers have keys of their own; nothing once the worker has left."""
    asks = room.post.asks()
    assert asks is not None
    assert [asks.of(name) for name in ("citra", "dedi", "eka")] == ["totp", None, "pin"]
    assert asks.is_own("dedi")
    assert not asks.is_own("eka")
    room.desk.close()
    assert room.post.asks() is None
    assert not room.post.hand_over(uuid.uuid4().hex, 7, SECRET, 1)
    assert not list(room.redis.scan_iter("alur:secrets:*"))


def test_a_secret_is_forgotten_with_the_last_step_of_its_batch(room: Room) -> None:
    """And its characters are overwritten."""
    batch = room.given(steps=2)
    secret = room.desk.take(batch).secret
    room.desk.settled(batch)
    assert room.held(batch)
    room.desk.settled(batch)
    assert not room.held(batch)
    assert secret.reveal() == ""


def test_a_secret_is_kept_while_steps_wait_and_15_minutes_at_most(room: Room) -> None:
    """What waits longer asks its signer again."""
    batch = room.given(steps=200)
    assert room.held(batch)
    room.waiting.add(batch)
    room.later(KEEP_SECONDS - 1)
    assert room.held(batch)
    room.later(2)
    assert not room.held(batch)


def test_a_secret_for_which_nothing_waits_is_forgotten(room: Room) -> None:
    """A refused command leaves nothing behind; a minute is left to those that are just being written."""
    batch = room.given(steps=200)
    assert room.held(batch)
    room.later(MAIL_SECONDS)
    assert room.held(batch)
    room.later(1)
    assert not room.held(batch)


def test_keys_are_renewed_and_boxes_to_forgotten_ones_stay_closed(room: Room) -> None:
    """A box that somebody kept cannot be opened later, by nobody."""
    first = room.given()
    (box,) = room.redis.lrange(next(iter(room.redis.scan_iter("alur:secrets:*"))), 0, -1)
    room.later(RENEW_SECONDS)
    assert room.held(first)
    second = room.given()
    key = next(iter(room.redis.scan_iter("alur:secrets:*")))
    assert room.redis.lrange(key, 0, -1)[0][:32] != box[:32]
    assert room.held(second)
    room.desk.settled(first)
    room.later(FORGET_SECONDS)
    room.redis.rpush(key, box)
    assert not room.held(first)


def test_boxes_are_opened_for_their_own_batch_only(room: Room) -> None:
    """Under another batch's name a box stays closed, and what is no box does no harm."""
    room.given()
    key = next(iter(room.redis.scan_iter("alur:secrets:*")))
    (box,) = room.redis.lrange(key, 0, -1)
    other = uuid.uuid4().hex
    room.redis.delete(key)
    room.redis.rpush(key, box[:32] + other.encode() + box[64:], b"", b"x" * 500)
    assert not room.held(other)
    assert room.held(room.given())


def test_every_worker_gets_the_secret_and_a_refused_one_is_tried_by_none(room: Room) -> None:
    """Whichever worker does a step finds it; once one of them was refused, the others do not try."""
    other = room.another()
    other.look()
    batch = room.given(steps=5)
    assert other.take(batch).secret.reveal() == SECRET
    assert room.held(batch)
    other.refuse(batch)
    for desk in (room.desk, other):
        with pytest.raises(Rejected) as caught:
            desk.take(batch)
        assert caught.value.code == "secret_wrong"
    other.close()


def test_the_end_of_a_worker_wipes_what_it_held(room: Room) -> None:
    """Nothing stays, and the web hears that it has gone."""
    secret = room.desk.take(room.given()).secret
    room.desk.close()
    assert secret.reveal() == ""
    assert room.post.asks() is None


def test_an_announcement_tells_nothing_but_the_key_and_what_is_asked(room: Room) -> None:
    """No private half, no certificate, no secret."""
    said = json.loads(room.redis.get(next(iter(room.redis.scan_iter("alur:signer:*")))))
    assert set(said) == {"key", "asks", "at"}
