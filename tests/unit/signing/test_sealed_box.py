"""Secrets in memory, and boxes that one key opens."""

from __future__ import annotations

import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from signing.sealed_box import BoxError, open_box, seal
from signing.secret import Secret


def test_a_box_is_opened_by_its_key_in_its_context_only() -> None:
    """Another key, another context and any changed byte open nothing."""
    key = X25519PrivateKey.generate()
    box = seal(key.public_key().public_bytes_raw(), b"batch", b"rahasia")
    assert open_box(key, b"batch", box) == b"rahasia"
    assert b"rahasia" not in box
    for other, context, changed in [
        (X25519PrivateKey.generate(), b"batch", box),
        (key, b"other", box),
        *((key, b"batch", box[:i] + bytes([box[i] ^ 1]) + box[i + 1 :]) for i in range(len(box))),
        (key, b"batch", box[:40]),
        (key, b"batch", b""),
    ]:
        with pytest.raises(BoxError):
            open_box(other, context, changed)


def test_two_boxes_of_the_same_differ() -> None:
    """Nobody learns that a secret was given again."""
    key = X25519PrivateKey.generate().public_key().public_bytes_raw()
    assert seal(key, b"", b"x") != seal(key, b"", b"x")


def test_a_secret_is_shown_and_written_nowhere_and_can_be_wiped() -> None:
    """Neither in a message nor in a pickle; wiped, nothing is left of it."""
    secret = Secret("7301-é")
    assert secret.reveal() == "7301-é"
    assert "7301" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    secret.wipe()
    assert secret.reveal() == ""
