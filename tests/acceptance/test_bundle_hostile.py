"""Whatever is done to a bundle, the verifier answers with a sentence and never with a traceback."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from alur.pki_folder import pki_folder
from alur.verify import CHECKS, FAILS, HOLDS, OPEN, main, pack, unpack, verify
from alur.wiring import House
from signing.development import ensure_development_pki
from tests.audit_kit import seal
from tests.bundle_kit import bundle, resigned
from tests.drain_kit import quiet_house, with_card
from workflow.log.note import NoteSigner

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["0" * 64, "../x", "moved"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
#: Of whoever makes bundles up: all signatures of it hold.
FORGER = NoteSigner("pemalsu.example/alur", Ed25519PrivateKey.generate())


@pytest.fixture(scope="module")
def own(house: House) -> Iterator[House]:
    """A house with a sealed card."""
    with quiet_house(house) as quiet:
        yield quiet


@pytest.fixture(scope="module")
def full(own: House) -> bytes:
    """The bundle of a case with a card, with its data."""
    case, _ = with_card(own)
    seal(own)
    return bundle(own, case, "auditor")


@pytest.fixture(scope="module")
def authorities(own: House) -> list[x509.Certificate]:
    """Who stamps here."""
    return [x509.load_der_x509_certificate(ensure_development_pki(pki_folder(own.settings)).root)]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where bundles are written."""
    return tmp_path_factory.mktemp("hostile") / "b.zip"


def called(*words: str | Path) -> tuple[int, str]:
    """Exit code of `alur-verify` and what it says."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", ["alur-verify", *map(str, words)]):
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int)
    return code, out.buffer.getvalue().decode() + err.getvalue()  # type: ignore[attr-defined]


def answered(content: bytes, authorities: list[x509.Certificate]) -> None:
    """Each finding is one of a known check, with a sentence."""
    found = verify(content, None, authorities)
    assert found
    for told in found:
        assert told.check in CHECKS
        assert told.state in (HOLDS, OPEN, FAILS)
        assert told.sentence


@given(data=st.data())
def test_any_other_bytes_fail(full: bytes, file: Path, data: st.DataObject) -> None:
    """Bytes replaced, left out or put in at any place: exit 1, a sentence and nothing else."""
    at = data.draw(st.integers(0, len(full)))
    left_out, put_in = data.draw(st.integers(0, 64)), data.draw(st.binary(max_size=64))
    forged = full[:at] + put_in + full[at + left_out :]
    file.write_bytes(forged)
    code, said = called(file)
    assert code == (0 if forged == full else 1)
    assert ("NOT RELIABLE" in said) == (forged != full)
    assert ("NOT RELIABLE" not in said) == json.loads(called(file, "--json")[1])["ok"]


@given(st.binary(max_size=300) | st.builds(lambda rest: b"PK\3\4" + rest, st.binary(max_size=300)))
def test_what_is_no_bundle_fails(content: bytes) -> None:
    """Anything at all."""
    assert [told.state for told in verify(content, None)] == [FAILS]


@given(st.dictionaries(st.sampled_from(["manifest.json", "manifest.sig", "events.jsonl"]), st.binary(), min_size=2))
def test_members_of_any_content_fail(members: dict[str, bytes]) -> None:
    """In a zip that is as it should be."""
    assert FAILS in {told.state for told in verify(pack(members), None)}


@given(data=st.data())
def test_any_value_of_any_member_is_answered(
    full: bytes, authorities: list[x509.Certificate], data: st.DataObject
) -> None:
    """Also where whoever made it up signed it, so that every check gets to read it."""
    there = unpack(full)
    name = data.draw(st.sampled_from([n for n in there if n.endswith((".json", ".jsonl"))]))
    lines = there[name].split(b"\n")
    line = data.draw(st.integers(0, len(lines) - 1))
    value = json.loads(lines[line] or b"null")
    spot = value
    root = {"": value}
    holder: Any = root
    key: Any = ""
    while isinstance(spot, dict | list) and spot and data.draw(st.booleans()):
        keys = sorted(spot) if isinstance(spot, dict) else range(len(spot))
        holder, key = spot, data.draw(st.sampled_from(list(keys)))
        spot = holder[key]
    holder[key] = data.draw(VALUES)
    lines[line] = json.dumps(root[""], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if name == "manifest.json":
        answered(pack({**there, name: lines[0]}), authorities)
    else:
        answered(resigned({**there, name: b"\n".join(lines)}, FORGER), authorities)


@given(data=st.data())
def test_any_time_stamp_note_and_key_are_answered(
    full: bytes, authorities: list[x509.Certificate], data: st.DataObject
) -> None:
    """DER with lengths that lie, notes without signatures, keys that are none."""
    there = unpack(full)
    name = data.draw(st.sampled_from(["checkpoint.tsr", "checkpoint.txt", "manifest.sig"]))
    body = bytearray(there[name])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    body = body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body
    forged = {**there, name: bytes(body)}
    answered(pack(forged) if name == "manifest.sig" else resigned(forged, FORGER), authorities)


@pytest.mark.parametrize(
    "deep", [b"[" * 200_000, b'{"a":' * 200_000, b"9" * 10_000, b"1e400", b"NaN", b"\xff", b'"\\ud800"']
)
def test_texts_that_readers_choke_on_fail(full: bytes, deep: bytes) -> None:
    """Nested without end, numbers without end, no UTF-8."""
    there = unpack(full)
    for name in ("clocks.json", "manifest.json", "events.jsonl"):
        assert FAILS in {t.state for t in verify(pack({**there, name: deep}), None)}


def test_words_of_a_bundle_cannot_steer_the_terminal(full: bytes, file: Path) -> None:
    """Control characters in what a bundle says are not printed."""
    there = unpack(full)
    manifest = json.loads(there["manifest.json"]) | {"case": "\x1b[2J\u202e"}
    file.write_bytes(pack({**there, "manifest.json": json.dumps(manifest).encode()}))
    code, said = called(file)
    assert code == 1
    assert not set("\x1b\u202e") & set(said)
