"""What the command line says of a file: words for every constant."""

from __future__ import annotations

from dataclasses import replace

from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from alur.card_words import ADES, CHANGES, COVERS, file_lines
from signing.aspects import of_file
from signing.levels import Level
from signing.verdict import Problem, SignatureFinding, Verdict

FINDING = SignatureFinding(
    field="Signature1",
    signer="Citra Lestari",
    certificate_sha256="00",
    development=False,
    claimed_at=None,
    stamped_at=None,
    level=Level.B_LT,
    integrity=True,
    ades="PASSED",
    ades_detail="OK",
    modification="NONE",
    coverage="ENTIRE_FILE",
)


def lines(*problems: Problem, integrity: bool = True) -> list[str]:
    """The lines about one signature with these problems."""
    verdict = Verdict(signatures=(replace(FINDING, integrity=integrity),), problems=problems)
    return list(file_lines(verdict, of_file(verdict)))


def test_every_constant_has_its_words() -> None:
    """Whatever the library names."""
    assert ADES.keys() == {found.name for found in AdESStatus}
    assert COVERS.keys() == {found.name for found in SignatureCoverageLevel}
    assert CHANGES.keys() == {found.name for found in ModificationLevel} | {"UNKNOWN"}


def test_a_sound_signature_tells_what_it_covers() -> None:
    """And what follows it."""
    said = "  signed by Citra Lestari (PAdES B-LT): passes AdES; covers the whole file; no later revision"
    assert lines()[-1] == said


def test_a_signature_is_told_with_what_speaks_against_it() -> None:
    """Instead of what it would cover; nothing is said twice, and it is not said to be its signer's."""
    changed = Problem(code="content_changed", field="Signature1")
    *_aspects, signature = lines(changed, Problem(code="ades_not_passed", field="Signature1"), integrity=False)
    assert signature == (
        "  claims to be signed by Citra Lestari (PAdES B-LT): The content is not what was signed; "
        "The signature does not pass the AdES validation (ETSI EN 319 102-1)"
    )


def test_a_sound_signature_below_a_later_change_is_still_its_signers() -> None:
    """What was added behind it says nothing about who signed."""
    behind = Problem(code="not_whole_file", field="Signature1")
    assert lines(behind, integrity=False)[-1].startswith("  signed by Citra Lestari")


def test_what_no_aspect_tells_is_told_at_the_end() -> None:
    """In a sentence: its code stands in the JSON."""
    said = lines(Problem(code="not_whole_file"), Problem(code="signature_loose"))
    assert said[-1] == "A signature carries data that nobody signed."
    assert not [line for line in said if "_" in line]
