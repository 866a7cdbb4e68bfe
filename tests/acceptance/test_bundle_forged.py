"""Whatever is changed in a bundle fails: by its digest, by its signature, or by the history and its seal."""

from __future__ import annotations

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alur.verify import HOLDS, MANIFEST, OPEN, SIGNATURE, pack, read_keys, unpack, verify
from tests.audit_kit import Scene
from tests.bundle_kit import failing, judged, resigned, states
from workflow.canonical import canonical_bytes
from workflow.log.note import NoteSigner


def test_one_flipped_byte_in_any_member_fails(full: bytes, scene: Scene) -> None:
    """At its begin, in its middle and at its end, with and without keys; the member is named."""
    there = unpack(full)
    assert {"card.pdf", "data.json", "checkpoint.tsr", "events.jsonl", "clocks.json", "verdicts.json"} <= set(there)
    assert any(name.startswith("documents/") for name in there)
    at = 0
    for name, body in there.items():
        at = full.index(name.encode(), at) + len(name)
        for place in {at, at + len(body) // 2, at + len(body) - 1}:
            for bit in (0, 5):
                forged = full[:place] + bytes([full[place] ^ 1 << bit]) + full[place + 1 :]
                found = judged(forged, scene.house)
                assert failing(found), f"{name} at {place - at}"
                assert failing(verify(forged, None))
                if name not in (MANIFEST, SIGNATURE):
                    assert any(t.check == "members" and name in t.sentence for t in found), name
        at += len(body)


def test_one_flipped_byte_of_the_zip_itself_fails(full: bytes, scene: Scene) -> None:
    """Every byte of a member's header, of an entry of the directory and of the end; and bytes before or behind."""
    end, first = len(full) - 22, full.index(b"PK\1\2")
    for place in (*range(30), *range(first, first + 46 + len(MANIFEST)), *range(end, len(full))):
        forged = full[:place] + bytes([full[place] ^ 1]) + full[place + 1 :]
        assert failing(judged(forged, scene.house)), place
    for forged in (full + b"\0", b"\0" + full, full[:-1], full[: len(full) // 2], b"", b"PK"):
        assert failing(judged(forged, scene.house))


def test_members_that_are_added_removed_or_renamed_fail(lean: bytes, scene: Scene) -> None:
    """The manifest lists all of them, and names that would leave a folder are none."""
    there = unpack(lean)
    for forged in (
        {**there, "extra.json": b"{}"},
        {name: body for name, body in there.items() if name != "clocks.json"},
        dict(reversed(there.items())),
        {f"x{name}" if name == "clocks.json" else name: body for name, body in there.items()},
    ):
        assert "members" in failing(judged(pack(forged), scene.house))
    for name in ("../a", "/a", "a/../b", "a//b", "..", "a\\b", "a/b/c"):
        assert failing(judged(pack({**there, name: b""}), scene.house)) == {"container"}
    twice = pack({**there, "x-document": b""}).replace(b"x-document", b"clocks.json"[:10])
    assert failing(judged(twice, scene.house))


LIES = {
    "history": ("events.jsonl", lambda text: text.replace(b'"role":"operator"', b'"role":"signer"', 1)),
    "seal": ("proof.json", lambda text: text.replace(b'"index":', b'"index":1')),
    "definitions": (None, lambda text: text.replace(b'"id":"', b'"id":"X', 1)),
    "verdicts": ("verdicts.json", lambda text: text.replace(b"documents.complete", b"true", 1)),
    "clocks": ("clocks.json", lambda text: text.replace(b'"counted":', b'"counted":1', 1)),
    "documents": ("documents.json", lambda text: text.replace(b'"digest":"', b'"digest":"0', 1)),
    "data": ("data.json", lambda text: text.replace(b"Palembang", b"Palembung", 1)),
    "card": ("card-report.json", lambda text: text.replace(b'"sha256":"', b'"sha256":"0', 1)),
    "time stamp": ("checkpoint.tsr", lambda text: text[:-1]),
}


@pytest.mark.parametrize("check", LIES)
def test_whoever_holds_the_key_cannot_lie_within_a_bundle(full: bytes, scene: Scene, check: str) -> None:
    """What is signed anew is still held against the history and its seal: that check fails, for what it says."""
    name, lie = LIES[check]
    there = unpack(full)
    name = name or next(n for n in there if n.startswith("definitions/"))
    assert lie(there[name]) != there[name]
    forged = resigned({**there, name: lie(there[name])}, scene.house.note_signer())
    found = judged(forged, scene.house)
    assert check in failing(found)
    assert not failing(found) & {"container", "members", "signature"}


def test_a_history_that_is_written_anew_fails_by_its_seal(full: bytes, scene: Scene) -> None:
    """Whoever holds the key may change an event, hash and sign everything again: the checkpoint tells it. Without the
    checkpoint nothing is established, and that is said."""
    there, previous, lines = unpack(full), b"", []
    for line in there["events.jsonl"].replace(b'"actor":"', b'"actor":"9').splitlines():
        event = {key: value for key, value in json.loads(line).items() if key != "hash"}
        previous = hashlib.sha256(previous + canonical_bytes(event)).digest()
        lines.append(canonical_bytes({**event, "hash": previous.hex()}) + b"\n")
    anew = {**there, "events.jsonl": b"".join(lines)}
    assert failing(judged(resigned(anew, scene.house.note_signer()), scene.house)) == {"seal"}
    without = {n: b for n, b in anew.items() if not n.startswith("checkpoint")}
    without["proof.json"] = canonical_bytes({"leaf": None, "index": None, "path": []})
    found = judged(resigned(without, scene.house.note_signer()), scene.house)
    assert (failing(found), states(found, "seal")) == (set(), [OPEN])


def test_a_checkpoint_of_others_does_not_seal(full: bytes, scene: Scene) -> None:
    """Signed by a key that the reader does not trust, or by one for another log."""
    there = unpack(full)
    text = there["checkpoint.txt"].decode().rpartition("\n\n")[0] + "\n"
    other = NoteSigner("lain.example/alur", Ed25519PrivateKey.generate())
    line = scene.house.note_signer().verifier.line()
    forged = resigned({**there, "checkpoint.txt": other.sign(text).encode()}, scene.house.note_signer())
    assert failing(verify(forged, read_keys(line))) == {"seal", "time stamp"}
    assert failing(verify(forged, read_keys(f"{line}\n{other.verifier.line()}"))) == {"seal", "time stamp"}
    assert states(verify(forged, None), "seal") == [HOLDS, OPEN]


def test_documents_and_card_are_held_against_the_history(full: bytes, scene: Scene) -> None:
    """Each of the files that a bundle with data has."""
    there = unpack(full)
    for name in (n for n in there if n == "card.pdf" or n.startswith("documents/")):
        forged = resigned({**there, name: there[name] + b"\n"}, scene.house.note_signer())
        assert failing(judged(forged, scene.house)) == {"card" if name == "card.pdf" else "documents"}
        removed = resigned({n: b for n, b in there.items() if n != name}, scene.house.note_signer())
        assert failing(judged(removed, scene.house)) == (set() if name == "card.pdf" else {"documents"})
