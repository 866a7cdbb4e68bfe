"""Aspects of a verification: each problem belongs to one, and each says something in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.aspects import (
    ADES,
    COVERAGE,
    MODIFICATION,
    REGISTER,
    SIGNERS,
    STATUS,
    TITLES,
    Aspect,
    of_file,
    of_register,
    unasked,
)
from signing.development import DevelopmentPki
from signing.sayings import SAYINGS
from signing.verdict import PROBLEMS, Problem, Verdict
from signing.verify import verify
from tests.changes_kit import GARBAGE, flipped, padded
from tests.signing_kit import signed
from tests.tamper_kit import with_forged_second

FILE = (ADES, MODIFICATION, COVERAGE, SIGNERS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_belongs_to_one_aspect(code: str) -> None:
    """A verdict with any problem has exactly one aspect that does not hold."""
    found = of_file(Verdict(problems=(Problem(code=code),)))
    assert {aspect.name for aspect in found} == set(FILE)
    assert [aspect.code for aspect in found if aspect.holds is False] == [code]


def test_a_file_without_signatures_holds_in_no_aspect() -> None:
    """Nothing found is not the same as nothing wrong."""
    assert {(a.holds, a.code) for a in of_file(Verdict())} == {(None, "no_signature")}


def test_the_register_tells_file_and_status_apart() -> None:
    """The very file of a revoked card is registered; another file of a valid one is not."""
    told = {
        (True, "valid"): ((True, "same_file"), (True, "valid")),
        (True, "revoked"): ((True, "same_file"), (False, "revoked")),
        (False, "valid"): ((False, "other_file"), (True, "valid")),
        (None, "unknown"): ((False, "no_such_file"), (None, "unknown")),
    }
    for given, wanted in told.items():
        file, status = of_register(*given)
        assert (file.name, status.name) == (REGISTER, STATUS)
        assert ((file.holds, file.code), (status.holds, status.code)) == wanted
    assert of_register(False, "valid", earlier=True)[0] == Aspect(name=REGISTER, holds=True, code="earlier_file")
    assert [aspect.holds for aspect in unasked()] == [None, None]


def told(pdf: bytes, pki: DevelopmentPki, expected: int = 1) -> list[tuple[str, bool | None, str]]:
    """Aspect, whether it holds, and what it says of a file."""
    return [(a.name, a.holds, a.code) for a in of_file(verify(pdf, pki.trust, expected))]


def test_bytes_behind_a_card_are_neither_covered_nor_judged(pki: DevelopmentPki) -> None:
    """Nothing that was signed was changed, and of the rest nobody says that it was not; so with padding."""
    card = signed(pki)
    for pdf, code in ((card + GARBAGE, "not_whole_file"), (padded(card), "signature_loose")):
        assert told(pdf, pki) == [
            (ADES, True, "passed"),
            (MODIFICATION, None, "within_signed"),
            (COVERAGE, False, code),
            (SIGNERS, True, "trusted"),
        ]


def test_a_changed_byte_leaves_neither_coverage_nor_signer(pki: DevelopmentPki) -> None:
    """What a signature spans assures nothing once it does not fit, and nobody is established to have signed it."""
    card = signed(pki)
    assert told(flipped(card, card.index(b"stream") + 40), pki) == [
        (ADES, False, "ades_not_passed"),
        (MODIFICATION, False, "content_changed"),
        (COVERAGE, None, "covers_nothing"),
        (SIGNERS, None, "signers_unknown"),
    ]


def test_a_forged_signature_tells_nothing_of_changes(pki: DevelopmentPki) -> None:
    """Signers speak against it; what it covers and what was changed since is not known."""
    assert told(with_forged_second(pki), pki, 2)[1:] == [
        (MODIFICATION, None, "changes_unknown"),
        (COVERAGE, None, "covers_nothing"),
        (SIGNERS, False, "signature_forged"),
    ]


def test_what_cannot_be_read_is_looked_at_in_no_aspect(pki: DevelopmentPki) -> None:
    """A text file: each aspect says why it tells nothing, and the coverage that nothing is covered."""
    assert told(b"Nomor kartu: 12", pki) == [
        (ADES, None, "unreadable"),
        (MODIFICATION, None, "unreadable"),
        (COVERAGE, False, "document_unreadable"),
        (SIGNERS, None, "unreadable"),
    ]
    assert [a.code for a in unasked("no_register")] == ["no_register", "no_register"]


def test_every_saying_is_documented() -> None:
    """Each stands on the page of codes."""
    codes = (Path(__file__).parents[3] / "docs" / "reference" / "codes.md").read_text()
    assert [code for code in SAYINGS if f"| `{code}` |" not in codes] == []


def test_everything_is_said_in_both_languages() -> None:
    """Names and sentences."""
    for words in (*TITLES.values(), *SAYINGS.values()):
        assert len(set(words)) == 2
        assert all(words)
    body = of_register(True, "valid")[0].to_json()
    assert body["title"] == {"id": "Daftar kartu", "en": "Register"}
    assert body["text"]["en"] == "Exactly the file of the registered card."
