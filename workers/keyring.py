"""The keys with which steps sign: the house's, and those that officers have for themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from signing.errors import Rejected
from signing.keyholder import SECRET_SPENT, FileHolder, KeyHolder, KeyPlace
from workers.secret_desk import Given, SecretDesk
from workers.secret_mail import Asks

T = TypeVar("T")


@dataclass(kw_only=True)
class Keyring:
    #: Signs for everybody who has no key of one's own.
    house: KeyPlace
    #: Keys of officers, by the account's name.
    own: Mapping[str, KeyPlace] = field(default_factory=dict)
    #: Raises Rejected for a certificate (DER) that must not sign here.
    admit: Callable[[KeyHolder | FileHolder], None] = lambda holder: None
    _open: dict[int, KeyHolder | FileHolder] = field(default_factory=dict, init=False, repr=False)
    _shut: dict[int, Rejected] = field(default_factory=dict, init=False, repr=False)

    def asks(self) -> Asks:
        """What the keys ask their signers for."""
        return Asks(house=self.house.asks, own={name: place.asks for name, place in self.own.items()})

    def place_of(self, account: str) -> KeyPlace:
        """Where the key of an account lies."""
        return self.own.get(account, self.house)

    def opened(self, place: KeyPlace) -> KeyHolder | FileHolder:
        """The holder of a place that asks nobody, opened once a process."""
        if id(place) in self._shut:
            known = self._shut[id(place)]
            raise Rejected(known.code, known.sentence)
        if id(place) not in self._open:
            holder = place.open(None)
            self.admit(holder)
            self._open[id(place)] = holder
        return self._open[id(place)]

    def shut(self, place: KeyPlace, error: Rejected) -> None:
        """The secret that is set for a place is wrong: it is not tried again before this process is started anew."""
        self._open.pop(id(place), None)
        self._shut[id(place)] = error


class Hand:
    """The key with which one step signs, opened when it is first needed with the secret that its signer gave."""

    def __init__(self, ring: Keyring, desk: SecretDesk | None, account: int, name: str, batch: str | None) -> None:
        """`account` and `name` are of the officer for whom the step signs, `batch` names the secret for it."""
        self._ring, self._desk = ring, desk
        self._account, self._name, self._batch = account, name, batch
        self._place = ring.place_of(name)

    @property
    def whole(self) -> bool:
        """Whether it signs whole files."""
        return self._place.whole

    @property
    def remote(self) -> bool:
        """Whether a signature whose answer is lost may exist elsewhere."""
        return self._place.remote

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self._used(lambda holder: holder.certificate)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that issued it, DER."""
        return self._used(lambda holder: holder.chain)

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """As `KeyHolder.sign_raw`."""
        try:
            holder: KeyHolder = self._holder()  # type: ignore[assignment]
            return await holder.sign_raw(attributes, digest_algorithm)
        except Rejected as error:
            self._refused(error)
            raise

    async def sign_file(self, pdf: bytes) -> bytes:
        """As `FileHolder.sign_file`."""
        try:
            holder: FileHolder = self._holder()  # type: ignore[assignment]
            return await holder.sign_file(pdf)
        except Rejected as error:
            self._refused(error)
            raise

    def _used(self, what: Callable[[KeyHolder | FileHolder], T]) -> T:
        try:
            return what(self._holder())
        except Rejected as error:
            self._refused(error)
            raise

    def _holder(self) -> KeyHolder | FileHolder:
        if self._place.asks is None:
            return self._ring.opened(self._place)
        holder = self._given().holder(self._place)
        self._ring.admit(holder)
        return holder

    def _given(self) -> Given:
        missing = Rejected("needs_signer", "This step needs the signer's PIN or passphrase again.")
        if self._desk is None:
            raise missing
        given = self._desk.take(self._batch)
        # Somebody else's secret is not tried on this officer's own key.
        if given.account != self._account and self._name in self._ring.own:
            raise missing
        return given

    def _refused(self, error: Rejected) -> None:
        if error.code not in SECRET_SPENT:
            return
        if self._place.asks is None:
            self._ring.shut(self._place, error)
        elif self._desk is not None and self._batch is not None:
            self._desk.refuse(self._batch)
