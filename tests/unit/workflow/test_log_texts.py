"""Leaves, checkpoints, signed notes and keys, byte for byte."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from workflow.log.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from workflow.log.leaf import ACCESS, CASE, JOURNAL, Access, Leaf, LeafError, access_digest, read_leaf
from workflow.log.note import (
    NoteError,
    NoteSigner,
    VerifierKey,
    read_key,
    read_note,
    read_verifiers,
    signed_by,
    unnamed,
)
from workflow.log.tree import Growth, leaf_hash

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "log.md"
MOMENT = datetime(2026, 11, 22, 2, 0, 0, 123456, tzinfo=UTC)
#: The key of RFC 8032, 7.1, test 1: a worked example must give the same bytes everywhere.
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
SIGNER = NoteSigner("kerja.contoh.go.id/alur", KEY)
LEAVES = (
    Leaf(kind=CASE, case=17, seq=12, hash=bytes(32)),
    Leaf(kind=JOURNAL, seq=40, hash=bytes([255] * 32)),
    Leaf(kind=ACCESS, seq=99, hash=bytes([1] * 32), first=1, rows=98),
)


def example() -> tuple[Growth, Checkpoint, str]:
    """The worked example: three leaves and their checkpoint."""
    growth = Growth()
    for leaf in LEAVES:
        growth.add(leaf_hash(leaf.text().encode()))
    made = Checkpoint(origin=SIGNER.name, size=3, root=growth.root(), moment=MOMENT)
    return growth, made, SIGNER.sign(made.text())


def test_the_worked_example_of_the_reference_is_what_the_code_writes() -> None:
    """Leaves, their hashes, the root, the note and the line of the key stand on the page."""
    page, (_, made, note) = PAGE.read_text(), example()
    for leaf in LEAVES:
        assert leaf.text() in page
        assert leaf_hash(leaf.text().encode()).hex() in page
    assert made.root.hex() in page
    assert note in page
    assert SIGNER.verifier.line() in page
    rows = [Access(1, 2, 17, "data", MOMENT), Access(3, 2, 17, "document/ktp", MOMENT)]
    assert access_digest(rows)[0].hex() in page


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.kind)
def test_a_leaf_is_read_as_it_was_written(leaf: Leaf) -> None:
    """In canonical form only."""
    assert read_leaf(leaf.text()) == leaf


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind":"other","seq":1,"head":""}',
        LEAVES[0].text() + " ",
        LEAVES[0].text().replace('"case":17,', ""),
        LEAVES[1].text().replace('"head"', '"case":1,"head"'),
        LEAVES[0].text().replace("00", "0A", 1),
        LEAVES[2].text().replace('"rows":98,', ""),
    ],
)
def test_anything_else_is_no_leaf(text: str) -> None:
    """Two texts of one leaf would be two hashes."""
    with pytest.raises(LeafError):
        read_leaf(text)


def test_the_digest_of_the_access_log_sees_every_field_and_the_order() -> None:
    """A row that is changed, gone, added or moved gives another digest."""
    rows = [Access(1, 2, 17, "data", MOMENT), Access(3, 2, 17, "data", MOMENT)]
    digest, count = access_digest(rows)
    assert count == 2
    changed = [
        [r._replace(**{f: v}), rows[1]]
        for r in rows[:1]
        for f, v in {"id": 2, "account": 3, "case": 18, "what": "card", "at": MOMENT.replace(second=1)}.items()
    ]
    for other in (*changed, rows[:1], rows[::-1], [*rows, rows[0]]):
        assert access_digest(other)[0] != digest


def test_a_checkpoint_is_read_as_it_was_written_and_from_no_other_text() -> None:
    """Two texts of one checkpoint would be two signatures."""
    _, made, _ = example()
    text = made.text()
    assert read_checkpoint(text) == made
    for wrong in (
        text[:-1],
        text + "\n",
        text.replace("\n3\n", "\n03\n"),
        text.replace("moment ", ""),
        text.replace("Z", "+00:00"),
        "\n".join(text.split("\n")[:2]),
        "",
    ):
        with pytest.raises(CheckpointError):
            read_checkpoint(wrong)


def test_a_note_is_known_by_the_key_of_its_name() -> None:
    """And by no other; the key may be known without its name."""
    _, _, note = example()
    read = read_note(note)
    stranger = NoteSigner(SIGNER.name, Ed25519PrivateKey.generate()).verifier
    renamed = VerifierKey(name="other/alur", public=SIGNER.verifier.public)
    assert signed_by(read, [stranger, SIGNER.verifier])
    assert signed_by(read, unnamed([SIGNER.verifier.public]))
    assert not signed_by(read, [stranger, renamed])
    assert not signed_by(read, unnamed([stranger.public]))
    assert not signed_by(read, [])


@pytest.mark.parametrize(("old", "new"), [("\n3\n", "\n4\n"), ("moment 2026", "moment 2027"), ("kerja.", "kerjq.")])
def test_a_note_that_was_changed_is_signed_by_nobody(old: str, new: str) -> None:
    """Size, moment or origin."""
    _, _, note = example()
    assert not signed_by(read_note(note.replace(old, new, 1)), unnamed([SIGNER.verifier.public]))


def test_a_second_signature_does_no_harm() -> None:
    """A witness may sign below."""
    _, made, note = example()
    other = NoteSigner("witness.example", Ed25519PrivateKey.generate())
    both = note + other.sign(made.text()).rpartition("\n\n")[2]
    assert signed_by(read_note(both), [SIGNER.verifier])
    assert signed_by(read_note(both), [other.verifier])


@pytest.mark.parametrize(
    "note", ["", "x", "a\n\n", "a\n\nb\n", "a\n\n\N{EM DASH} name !\n", "a\n\n\N{EM DASH} name AAAA"]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    """In one sentence."""
    with pytest.raises(NoteError):
        read_note(note)


def test_keys_are_read_from_the_lines_that_offices_publish() -> None:
    """With comments and empty lines between them."""
    line = SIGNER.verifier.line()
    assert read_verifiers(f"# Palembang\n\n{line}\n") == [SIGNER.verifier]
    content = base64.b64encode(b"\x02" + bytes(32)).decode()
    for wrong in (line[:-4], line.replace("kerja", "kerjq"), "a+b", f"a+00000000+{content}"):
        with pytest.raises(NoteError):
            read_verifiers(wrong)


def test_only_an_ed25519_key_without_passphrase_is_an_audit_key() -> None:
    """Other content is refused in a sentence."""
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert read_key(pem).private_bytes_raw() == KEY.private_bytes_raw()
    with pytest.raises(NoteError):
        read_key(b"nothing")
    with pytest.raises(NoteError):
        NoteSigner("two words", KEY)
