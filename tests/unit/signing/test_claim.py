"""The claim in a card's QR: written in one way, checked offline against published keys."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from pathlib import Path

import cbor2
import pytest
from claim_kit import ADDRESS, TODAY, claim, key, link, published
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.claim import ClaimError, read_claim
from signing.claim_check import CLAIM_PROBLEMS, check
from signing.claim_facts import initials_of
from signing.claim_keys import key_set, read_keys, read_private
from signing.errors import Rejected


def decoded(text: str) -> bytes:
    """The bytes of a claim."""
    return base64.urlsafe_b64decode(text + "==")


def encoded(raw: bytes) -> str:
    """The claim of bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_genuine_claim_holds_and_tells_its_facts() -> None:
    """What was signed comes back, whether the whole link or the claim alone is read."""
    signed = key().sign(claim())
    for text in (link(claim(), signed), signed, f"  {signed}\n"):
        found = check(text, [published()], TODAY)
        assert (found.ok, found.claim, found.kid) == (True, claim(), published().kid.hex())


def test_the_bytes_are_those_that_the_reference_tells() -> None:
    """docs/reference/qr.md has this very claim, byte by byte."""
    signed = key().sign(claim())
    assert signed in (Path(__file__).parents[3] / "docs" / "reference" / "qr.md").read_text()
    raw = decoded(signed)
    protected, unprotected, payload, signature = cbor2.loads(raw)
    assert raw[:1] == b"\x84"
    assert protected.hex() == "a201270444" + published().kid.hex()
    assert unprotected == {}
    assert cbor2.loads(payload) == {
        0: 1,
        1: "PLG-AK1-2026-000123",
        2: "SR",
        3: (date(2026, 11, 22) - date(1970, 1, 1)).days,
        4: (date(2028, 11, 22) - date(1970, 1, 1)).days,
        5: "palembang",
        6: bytes.fromhex("3dc544867d22c1affc29"),
    }
    assert (len(payload), len(signature), len(raw)) == (59, 64, 139)


def test_equal_facts_give_equal_letters() -> None:
    """A card that is drawn again after a crash is the same card."""
    assert key().sign(claim()) == key().sign(claim())


def test_a_code_of_another_form_is_carried_as_it_is() -> None:
    """Codes of five bits a letter are packed; any other is text."""
    for code in ("C0DE", "7q2m91kx4b0tzz19", "7Q2M91KX4B0TZZ1O"):
        assert check(key().sign(claim(code=code)), [published()], TODAY).claim == claim(code=code)


@pytest.mark.parametrize(("name", "seen"), [("Siti Rahmawati", "SR"), ("Ali  bin Abu ", "AbA"), ("", "")])
def test_initials_are_the_first_letters(name: str, seen: str) -> None:
    """Enough to compare with the paper."""
    assert initials_of(name) == seen


def test_a_key_that_nobody_published_is_unknown() -> None:
    """A forger's own key has another name."""
    found = check(key(2).sign(claim()), [published()], TODAY)
    assert (found.problems, found.claim, found.kid) == (("claim_key_unknown",), None, published(key(2)).kid.hex())
    assert check(key().sign(claim()), [], TODAY).problems == ("claim_key_unknown",)


def test_a_foreign_signature_under_a_known_name_is_forged() -> None:
    """The name of a key proves nothing."""
    protected, _, payload, _ = cbor2.loads(decoded(key().sign(claim())))
    signature = cbor2.loads(decoded(key(2).sign(claim())))[3]
    found = check(encoded(cbor2.dumps([protected, {}, payload, signature])), [published()], TODAY)
    assert (found.problems, found.claim) == (("claim_forged",), None)


def test_of_two_keys_with_one_name_the_one_that_signed_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four bytes may collide."""
    monkeypatch.setattr("signing.claim.kid_of", lambda _public: b"same")
    monkeypatch.setattr("signing.claim_keys.kid_of", lambda _public: b"same")
    keys = [published(key(2), development=True), published(key(1)), published(key(3), development=True)]
    found = check(key(1).sign(claim()), keys, TODAY)
    assert (found.ok, found.development) == (True, False)


def test_old_and_new_keys_stand_side_by_side() -> None:
    """After a rotation cards of both are checked with one set."""
    old = published(key(1), last=date(2026, 6, 30))
    new = published(key(2), first=date(2026, 7, 1))
    before = claim(issued=date(2026, 6, 30), expires=date(2028, 6, 30))
    assert check(key(1).sign(before), [old, new], TODAY).ok
    assert check(key(2).sign(claim()), [old, new], TODAY).ok
    assert check(key(1).sign(claim()), [old, new], TODAY).problems == ("claim_key_period",)
    assert check(key(2).sign(before), [old, new], TODAY).problems == ("claim_key_period",)


def test_an_expired_card_is_told_by_its_own_claim() -> None:
    """The last day still counts; the day after, the facts are told and the claim does not hold."""
    signed = key().sign(claim())
    assert check(signed, [published()], date(2028, 11, 22)).ok
    found = check(signed, [published()], date(2028, 11, 23))
    assert (found.problems, found.claim) == (("claim_expired",), claim())


def test_a_link_to_another_card_is_told() -> None:
    """A genuine claim behind the link of another card does not hold; letters may be small as people write them."""
    signed = key().sign(claim())
    assert check(f"{ADDRESS}/AAAA91KX4B0TZZ19#{signed}", [published()], TODAY).problems == ("claim_other_link",)
    assert check(f"{ADDRESS}/7q2m91kx4b0tzz19/#{signed}", [published()], TODAY).ok


def test_a_card_from_before_carries_no_claim() -> None:
    """Its link is told apart from a broken one."""
    for text in (f"{ADDRESS}/7Q2M91KX4B0TZZ19", f"{ADDRESS}/7Q2M91KX4B0TZZ19#", "https://[broken#"):
        assert check(text, [published()], TODAY).problems == ("claim_missing",)


def test_a_number_or_code_that_was_typed_is_told_apart_from_a_damaged_claim() -> None:
    """It says what is expected instead; what is left of a claim stays a damaged one."""
    for text in ("PLG-AK1-2026-000123", "PLG/AK1/2026/000123", "plg-ak1-2026-000123", claim().code, "PLG AK1 2026"):
        assert check(text, [published()], TODAY).problems == ("claim_not_given",), text
    signed = key().sign(claim())
    for text in (signed[:20], signed[:100], signed[1:], f"{ADDRESS}/{claim().code}#{signed[:20]}"):
        assert check(text, [published()], TODAY).problems == ("claim_unreadable",), text
    bare = f"{ADDRESS}/{claim().code}".removeprefix("https://")
    assert check(bare, [published()], TODAY).problems == ("claim_missing",)
    assert "behind #" in CLAIM_PROBLEMS["claim_missing"][1]


def test_where_no_claim_is_given_nothing_was_checked() -> None:
    """An empty text, a number, a link alone: neither for the card nor against it. A damaged claim was looked at."""
    for text, code in (("", "claim_empty"), (" ", "claim_empty"), ("PLG-AK1-2026-000123", "claim_not_given")):
        found = check(text, [published()], TODAY)
        assert (found.problems, found.checked, found.ok) == ((code,), False, False)
    assert not check(f"{ADDRESS}/7Q2M91KX4B0TZZ19", [published()], TODAY).checked
    signed = key().sign(claim())
    assert [check(text, [published()], TODAY).checked for text in (signed, signed[:20])] == [True, True]


@pytest.mark.parametrize(
    "parts",
    [
        lambda p, u, f, s: [p, {4: b"abcd"}, f, s],
        lambda p, u, f, s: [p, u, f, s, s],
        lambda p, u, f, s: [p, u, f, s[:63]],
        lambda p, u, f, s: ["", u, f, s],
        lambda p, u, f, s: [cbor2.dumps({1: -7, 4: p[-4:]}), u, f, s],
        lambda p, u, f, s: [cbor2.dumps({1: -8, 4: p[-3:]}), u, f, s],
        lambda p, u, f, s: [cbor2.dumps({1: -8, 4: 7}), u, f, s],
        lambda p, u, f, s: [cbor2.dumps({1: -8}), u, f, s],
        lambda p, u, f, s: [cbor2.dumps({4: p[-4:], 1: -8}), u, f, s],
        lambda p, u, f, s: [cbor2.dumps({1: -8, 4: p[-4:], 5: 1}), u, f, s],
        lambda p, u, f, s: cbor2.CBORTag(18, [p, u, f, s]),
        lambda p, u, f, s: {1: p},
    ],
)
def test_another_way_of_writing_is_no_claim(parts: object) -> None:
    """No second form is read, so nothing can be added where no signature looks."""
    assert callable(parts)
    raw = cbor2.dumps(parts(*cbor2.loads(decoded(key().sign(claim())))))
    assert check(encoded(raw), [published()], TODAY).problems == ("claim_unreadable",)


def test_too_long_a_text_is_not_even_taken_apart() -> None:
    """Whoever prints a QR decides nothing about the reader's memory."""
    with pytest.raises(ClaimError, match="no claim"):
        read_claim("A" * 1001)
    assert check("é" * 40, [published()], TODAY).problems == ("claim_unreadable",)


def test_what_a_key_signed_must_still_be_a_claim() -> None:
    """A signature over something else proves no card."""
    for facts in ({}, {0: 2}, [1], dict.fromkeys(range(7), 1), "text", {"0": 1, 1: 2}):
        signed = key().sign(claim())
        protected = cbor2.loads(decoded(signed))[0]
        payload = cbor2.dumps(facts, canonical=True)
        signature = key()._key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
        text = encoded(cbor2.dumps([protected, {}, payload, signature]))
        assert check(text, [published()], TODAY).problems == ("claim_unreadable",), facts


def test_published_keys_survive_their_json() -> None:
    """What an office publishes is what others read."""
    keys = (published(), published(key(2), development=True, last=date(2030, 1, 1)))
    text = json.dumps(key_set(keys))
    assert read_keys(text) == keys
    assert '"kty": "OKP"' in text


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"x": "AAAA"},
        {"x": 3},
        {"kid": "00000000"},
        {"from": "yesterday"},
        {"until": (date(2026, 1, 1) - timedelta(days=1)).isoformat()},
        {"kid": None},
    ],
)
def test_a_damaged_set_of_keys_is_refused(change: dict[str, object]) -> None:
    """A set is read whole or not at all."""
    wrong = {"keys": [key_set([published()])["keys"][0] | change]}
    for text in (json.dumps(wrong), "[]", "{", '{"keys": 3}', '{"keys": [1]}', b"\xff\xff\xff"):
        with pytest.raises(Rejected) as caught:
            read_keys(text)
        assert caught.value.code == "claim_keys_unreadable"


def test_only_an_ed25519_key_without_passphrase_is_a_claim_key() -> None:
    """Another kind is refused by name."""
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for pem in (other, b"", b"no key"):
        with pytest.raises(Rejected, match="Ed25519"):
            read_private(pem)


def test_every_problem_has_its_sentences_in_the_verdict() -> None:
    """In both languages, for people and programs."""
    found = check("", [published()], TODAY).to_json()
    assert found["problems"] == [
        {"code": "claim_empty", "text": dict(zip(("id", "en"), CLAIM_PROBLEMS["claim_empty"], strict=True))}
    ]
    assert (found["ok"], found["claim"], found["register_asked"]) == (False, None, False)
