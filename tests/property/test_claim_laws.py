"""No change to a claim goes unseen."""

from __future__ import annotations

import base64
import string
from datetime import date

from claim_kit import TODAY, claim, key, link, published
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.claim_check import check
from signing.claim_facts import CardClaim

SIGNED = key().sign(claim())
RAW = base64.urlsafe_b64decode(SIGNED + "==")
LETTERS = string.ascii_letters + string.digits + "-_"
words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
claims = st.builds(
    CardClaim,
    number=words,
    initials=words,
    issued=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    expires=st.dates(TODAY, date(2200, 1, 1)),
    office=words,
    code=st.one_of(words, st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16)),
)


def fails(text: str) -> bool:
    """The claim does not hold, and nothing of what it says is told."""
    found = check(text, [published()], TODAY)
    return not found.ok and found.claim is None


@given(claims)
def test_whatever_is_signed_is_read_back(said: CardClaim) -> None:
    """Every claim of every card survives its QR."""
    assert check(key().sign(said), [published()], TODAY).claim == said


def test_every_flipped_bit_fails() -> None:
    """All of them, one by one."""
    for place in range(len(RAW) * 8):
        changed = bytearray(RAW)
        changed[place // 8] ^= 1 << place % 8
        assert fails(base64.urlsafe_b64encode(changed).rstrip(b"=").decode()), place


@given(st.integers(0, len(SIGNED) - 1), st.sampled_from(LETTERS))
def test_every_exchanged_letter_fails(place: int, letter: str) -> None:
    """The last letter's spare bits, too."""
    changed = SIGNED[:place] + letter + SIGNED[place + 1 :]
    assert changed == SIGNED or fails(changed)


@given(st.integers(0, len(SIGNED) - 1))
def test_every_truncated_claim_fails(kept: int) -> None:
    """A QR that was cut off, or a link that a program shortened."""
    assert fails(SIGNED[:kept])
    assert fails(link(claim(), SIGNED[:kept]))


@given(st.text(LETTERS + "=", min_size=1, max_size=8))
def test_every_lengthened_claim_fails(more: str) -> None:
    """Nothing may stand behind it."""
    assert fails(SIGNED + more)


@given(st.integers(2, 255), claims)
def test_every_foreign_key_fails(seed: int, said: CardClaim) -> None:
    """Whoever signs with a key of their own."""
    assert fails(key(seed).sign(said))


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b).decode())))
def test_no_text_makes_the_check_raise(text: str) -> None:
    """Whatever a QR reads as, there is a verdict."""
    assert fails(text)
