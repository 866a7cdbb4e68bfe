"""The verifier of bundles, which imports nothing of Alur, reads texts, proofs and keys as Alur writes them."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from alur import verify
from workflow import canonical
from workflow.bundle import manifest
from workflow.log import tree
from workflow.log.note import NoteSigner

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
KEYS = st.text(st.characters(max_codepoint=0xFFFF, codec="utf-8", exclude_characters="\0"))
ADMITTED: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(ADMITTED)
def test_canonical_texts_are_the_same(value: Any) -> None:
    """By the encoder of the standard library and by the one that hashes."""
    canonical.admit(value)
    text = canonical.canonical_bytes(value)
    assert verify.canonical(value) == text
    assert verify.read(text) == value


@given(st.integers(1, 40), st.data())
def test_inclusion_is_shown_by_the_same_proofs(size: int, data: st.DataObject) -> None:
    """Every proof that the log makes, and none with another leaf, place or size."""
    index = data.draw(st.integers(0, size - 1))
    leaves = [tree.leaf_hash(str(n).encode()) for n in range(size)]

    def nodes(level: int, place: int) -> bytes:
        if level == 0:
            return leaves[place]
        return tree.node_hash(nodes(level - 1, 2 * place), nodes(level - 1, 2 * place + 1))

    root, proof = tree.root(nodes, size), tree.inclusion(nodes, index, size)
    other = data.draw(st.tuples(st.integers(-1, size), st.integers(0, size + 1)))
    for leaf in (leaves[index], hashlib.sha256(b"x").digest()):
        for place, of in ((index, size), other):
            assert verify.includes(leaf, place, of, proof, root) == tree.includes(leaf, place, of, proof, root)
    assert verify.includes(leaves[index], index, size, proof, root)


@given(st.binary(min_size=32, max_size=32), st.text("abc/.-", min_size=1), TEXTS)
def test_notes_are_opened_by_the_keys_that_signed_them(seed: bytes, name: str, text: str) -> None:
    """By the line that is published, and by no other key."""
    signer = NoteSigner(name, Ed25519PrivateKey.from_private_bytes(seed))
    keys = verify.read_keys(f"# x\n{signer.verifier.line()}\n")
    opened = verify.open_note(signer.sign(f"{text}\n"), keys)
    assert opened is not None
    assert (opened[0], opened[1]) == (f"{text}\n", name)
    other = NoteSigner(name, Ed25519PrivateKey.generate()).verifier.line()
    assert verify.open_note(signer.sign(f"{text}\n"), verify.read_keys(other)) is None


def test_both_speak_of_the_same_format() -> None:
    """The names are written twice, since the verifier imports nothing."""
    assert (verify.FORMAT, verify.VERSION) == (manifest.FORMAT, manifest.VERSION)
