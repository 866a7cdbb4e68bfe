"""A card with two signatures: both are needed, the last covers everything, the first stays what it was."""

from __future__ import annotations

import asyncio

import pytest
from signing_kit import countersigned, first_of_two, prepared, profile, signed, signed_by_two

from signing.development import DevelopmentPki
from signing.errors import Rejected
from signing.levels import Level
from signing.phases import prepare
from signing.verify import verify


@pytest.fixture(scope="module")
def both(pki: DevelopmentPki) -> bytes:
    """A card with two signatures."""
    return signed_by_two(pki)


def test_both_signatures_hold_at_b_lt_and_the_last_covers_the_whole_file(pki: DevelopmentPki, both: bytes) -> None:
    """The first covers its revision; what follows it fills a field and nothing else."""
    verdict = verify(both, pki.trust, 2)
    assert verdict.ok, verdict.codes
    first, second = verdict.signatures
    assert (first.field, first.level, first.coverage) == ("Officer", Level.B_LT, "ENTIRE_REVISION")
    assert first.modification in ("LTA_UPDATES", "FORM_FILLING")
    assert (second.field, second.level, second.coverage) == ("Second", Level.B_LT, "ENTIRE_FILE")
    assert (second.modification, second.integrity, first.integrity) == ("NONE", True, True)


def test_the_second_signature_appends_and_changes_nothing(pki: DevelopmentPki) -> None:
    """The file that was signed first is the beginning of the one that is signed by both."""
    first = first_of_two(pki)
    assert countersigned(pki, first).startswith(first)


def test_a_card_that_lacks_its_second_signature_is_not_complete(pki: DevelopmentPki) -> None:
    """Neither an empty field nor a rollback to the first revision passes for two signatures."""
    assert verify(first_of_two(pki), pki.trust, 2).codes == ("signature_missing",)
    assert verify(signed(pki), pki.trust, 2).codes == ("signature_missing",)


def test_two_signatures_are_one_too_many_for_an_ordinary_card(pki: DevelopmentPki, both: bytes) -> None:
    """Whoever signs a second time is noticed."""
    assert verify(both, pki.trust).codes == ("signature_unexpected",)


def test_a_file_without_the_empty_field_takes_no_second_signature(pki: DevelopmentPki) -> None:
    """Only the place that the first signer left may be filled."""
    with pytest.raises(Rejected) as caught:
        asyncio.run(prepare(signed(pki), profile(pki, field="Second", certify=False)))
    assert caught.value.code == "pdf_not_signable"


@pytest.mark.parametrize(
    ("mark", "last"), [(b"stream", False), (b"/Reason", False), (b"/Reason", True), (b"/Prev", True)]
)
def test_a_changed_byte_anywhere_is_found(pki: DevelopmentPki, both: bytes, mark: bytes, last: bool) -> None:
    """Also in the part that only the second signature covers."""
    changed = bytearray(both)
    changed[(both.rindex if last else both.index)(mark) + len(mark) + 2] ^= 1
    assert not verify(bytes(changed), pki.trust, 2).ok


def test_what_is_appended_after_the_last_signature_is_found(pki: DevelopmentPki, both: bytes) -> None:
    """Trailing bytes are covered by nobody."""
    assert "not_whole_file" in verify(both + b"\n% more", pki.trust, 2).codes


def test_only_the_first_signature_certifies(pki: DevelopmentPki, both: bytes) -> None:
    """One certification with DocMDP P=2, so that the second may be filled in and nothing else."""
    assert prepared(pki, further=("Second",)).document.count(b"/DocMDP") >= 1
    assert both.count(b"/TransformMethod /DocMDP") == 1
