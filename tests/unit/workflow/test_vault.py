"""Personal data at rest."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from workflow.canonical import canonical_bytes
from workflow.vault import SALT_BYTES, UnreadableError, Vault, salted_digest

VAULT = Vault(bytes(range(32)))
DATA = {"nik": "1671015708010003", "name": "Siti"}


def test_what_is_sealed_opens_under_its_key_at_its_place() -> None:
    """The person's key gives the data back."""
    key = VAULT.person(VAULT.new_person())
    assert key.open_json(key.seal(DATA, "case/1/1").cipher, "case/1/1") == DATA


def test_a_row_moved_to_another_place_does_not_open() -> None:
    """Swapping two versions, or two cases of one person, is noticed."""
    key = VAULT.person(VAULT.new_person())
    cipher = key.seal(DATA, "case/1/1").cipher
    for place in ("case/1/2", "case/2/1", ""):
        with pytest.raises(UnreadableError):
            key.open(cipher, place)


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_byte_does_not_open(at: int) -> None:
    """Nonce, content and tag are all protected."""
    key = VAULT.person(VAULT.new_person())
    cipher = bytearray(key.close(b"plain", "p"))
    cipher[at] ^= 1
    with pytest.raises(UnreadableError):
        key.open(bytes(cipher), "p")


def test_a_person_key_opens_under_its_house_only() -> None:
    """Another data key, or a broken wrap, gives a sentence that names the setting."""
    wrapped = VAULT.new_person()
    with pytest.raises(UnreadableError, match="ALUR_DATA_KEY"):
        Vault(bytes(32)).person(wrapped)
    with pytest.raises(UnreadableError):
        VAULT.person(wrapped[:-1])


def test_the_digest_of_the_history_is_salted_anew_each_time() -> None:
    """Equal data has different digests, so nobody can guess it; with the salt anybody can check it."""
    key = VAULT.person(VAULT.new_person())
    one, two = key.seal(DATA, "p"), key.seal(DATA, "p")
    assert one.digest != two.digest
    assert one.cipher != two.cipher
    assert len(one.salt) == SALT_BYTES
    assert one.digest == salted_digest(one.salt, canonical_bytes(DATA))
    assert one.digest == hashlib.sha256(one.salt + canonical_bytes(DATA)).hexdigest()


def test_equal_values_are_found_within_a_scope_only() -> None:
    """Rule 12: look-ups are HMACs; no scope tells of another, no house of another, and none can be read."""
    key = VAULT.lookup("ak1-holder", "1671015708010003")
    assert key == VAULT.lookup("ak1-holder", "1671015708010003")
    assert key != VAULT.lookup("course", "1671015708010003")
    assert key != VAULT.lookup("ak1-holder", "1671015708010004")
    assert key != Vault(bytes(32)).lookup("ak1-holder", "1671015708010003")
    unkeyed = hmac.new(b"", b"ak1-holder\x001671015708010003", hashlib.sha256).hexdigest()
    assert key not in ("1671015708010003", unkeyed)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_data_key_of_another_length_is_refused(length: int) -> None:
    """256 bits, no more and no less."""
    with pytest.raises(ValueError, match="32"):
        Vault(bytes(length))
