"""The tamper matrix: what is no longer the card that was signed is refused, and every check is needed for that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signing import checks
from signing.aspects import of_file
from signing.development import DevelopmentPki, ensure_development_pki, refresh
from signing.levels import Level
from signing.verify import verify
from tests.archive_kit import archived, issuing_of, later, own_pki, renewed, revoking, with_lists, with_stamper
from tests.changes_kit import flipped, places, revisions
from tests.signing_kit import signed, signed_by_two
from tests.tamper_kit import Row, matrix, unreadable, with_forged_second

#: Every check, so that a new one is taken away as well.
CHECKS = sorted(name for name in vars(checks) if name.startswith("check_"))


@pytest.fixture(scope="module")
def rows(pki: DevelopmentPki, other_pki: DevelopmentPki, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The matrix, made once."""
    return matrix(pki, other_pki, tmp_path_factory.mktemp("matrix"))


def wrong(rows: list[Row]) -> Iterator[tuple[str, str]]:
    """What the matrix holds against the verification: name of the file, and what is wrong."""
    for row in rows:
        with later(days=row.days):
            verdict = verify(row.pdf, row.trust, row.expected)
        against = {aspect.code for aspect in of_file(verdict) if aspect.holds is False}
        if verdict.ok:
            yield row.name, "passes"
        elif not against or not against <= set(verdict.codes):
            yield row.name, f"no aspect tells of {verdict.codes}"
        elif row.code not in verdict.codes:
            yield row.name, f"{row.code} not in {verdict.codes}"
        elif row.alone and set(verdict.codes) != {row.code}:
            yield row.name, f"not {row.code} alone: {verdict.codes}"


def test_every_tampered_file_is_refused_for_its_reason(rows: list[Row]) -> None:
    """The matrix as a whole."""
    assert list(wrong(rows)) == []


def test_files_whose_structure_was_changed_are_refused(pki: DevelopmentPki) -> None:
    """Signature wrapping, universal forgery and emptied or broken files, whatever is said of them."""
    for name, pdf in unreadable(pki).items():
        assert not verify(pdf, pki.trust).ok, name


@pytest.mark.parametrize("planted", CHECKS)
def test_the_matrix_fails_without_a_check(rows: list[Row], planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever check is taken away, a file passes that must not, or is told wrongly; asked of its own files."""
    before = [row for row in rows if _belongs(row, planted)]
    assert before, f"no file needs {planted}"

    def passes(*_args: Any, **_named: Any) -> Iterator[str]:
        return iter(())

    monkeypatch.setattr(checks, planted, passes)
    found = dict(wrong(before))
    assert found.keys() == {row.name for row in before}
    if planted not in TWICE:
        assert "passes" in found.values()


#: Checks of what another finds as well, by other means: without one of them the file is still refused.
TWICE = {"check_content", "check_stamp", "check_gaps"}

#: Codes by check.
CODES = {
    "check_number": {"signature_missing", "signature_unexpected"},
    "check_content": {"content_changed", "signature_forged"},
    "check_signer": {"signer_not_trusted", "certificate_expired", "certificate_revoked"},
    "check_stamp": {"timestamp_invalid"},
    "check_changes": {"modified_after_signing"},
    "check_ades": {"ades_not_passed"},
    "check_archive": {"archive_stamp_invalid"},
    "check_coverage": {"not_whole_file"},
    "check_gaps": {"signature_wrapped"},
    "check_loose": {"signature_loose"},
    "check_layers": {"hidden_layers"},
}


def _belongs(row: Row, check: str) -> bool:
    return row.code in CODES[check]


def test_what_is_found_twice_passes_once_both_are_away(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """pyHanko's integrity and AdES watch over each other: a file with a changed page passes without both."""
    for planted in ("check_content", "check_ades", "check_stamp", "check_gaps", "check_coverage", "check_changes"):
        monkeypatch.setattr(checks, planted, lambda *_args, **_named: iter(()))
    passing = {name for name, why in wrong(rows) if why == "passes"}
    assert {"content", "signature value", "stamped by a stranger", "wrapped in its room"} <= passing


def test_flipped_bytes_are_refused(pki: DevelopmentPki) -> None:
    """Spread over the whole file, its signature and the room that it leaves included."""
    assert flips_that_pass(signed(pki), pki, 1, 24) == []


@pytest.mark.long
def test_two_hundred_flipped_bytes_are_refused(pki: DevelopmentPki) -> None:
    """In a card of one signature, of two, and in an archived one."""
    card, two = signed(pki), signed_by_two(pki)
    for pdf, expected in ((card, 1), (two, 2), (archived(card, pki, bare=True), 1)):
        assert flips_that_pass(pdf, pki, expected, 200) == []


def flips_that_pass(pdf: bytes, pki: DevelopmentPki, expected: int, count: int) -> list[int]:
    """Places at which a changed bit is not noticed."""
    return [at for at in places(pdf, count) if verify(flipped(pdf, at), pki.trust, expected).ok]


def test_signatures_are_told_one_by_one(pki: DevelopmentPki) -> None:
    """A second signature that was changed says nothing about the first: every expected one is required."""
    verdict = verify(with_forged_second(pki), pki.trust, 2)
    assert "signature_forged" in verdict.codes
    assert [s.integrity for s in verdict.signatures] == [True, False]
    assert {problem.field for problem in verdict.problems if problem.field} == {"Second"}


def test_an_archived_card_holds_and_is_told_as_such(pki: DevelopmentPki) -> None:
    """A document time stamp after one or two signatures, and its renewals, are known additions."""
    for pdf, expected in ((signed(pki), 1), (signed_by_two(pki), 2)):
        once = archived(pdf, pki)
        for file, stamps in ((once, 1), (renewed(once, pki), 2), (archived(pdf, pki, bare=True), 1)):
            verdict = verify(file, pki.trust, expected)
            assert verdict.codes == ()
            assert {s.level for s in verdict.signatures} == {Level.B_LTA}
            assert verdict.signatures[-1].modification == "LTA_UPDATES"
            assert [s.integrity for s in verdict.stamps] == [True] * stamps
            assert [a.code for a in of_file(verdict)] == [
                "passed",
                "archived",
                "archive_covers",
                "trusted",
            ]


def test_an_archived_card_outlives_the_certificates_of_its_signer(tmp_path: Any) -> None:
    """At B-LTA it holds when the lists that it carries ran out and the signer's certificate expired."""
    pki = ensure_development_pki(tmp_path / "keys")
    card = archived(signed(pki), pki)
    with later(days=5 * 365):
        assert verify(card, refresh(pki).trust).codes == ()


def test_a_renewed_archive_outlives_its_time_stampers(tmp_path: Any) -> None:
    """Each document time stamp is judged as of the next; without its renewal the archive ends with its authority."""
    first, authorities = own_pki(tmp_path / "pki")
    first = with_stamper(first, authorities[0], 2)
    card = archived(signed(first), first)
    with later(days=600):
        second = with_stamper(with_lists(first, *authorities), authorities[0], 20)
        kept = renewed(card, second)
        assert verify(kept, second.trust).codes == ()
    with later(days=5 * 365):
        today = with_lists(second, *authorities).trust
        assert verify(kept, today).codes == ()
        assert [s.integrity for s in verify(kept, today).stamps] == [True, True]
        assert "archive_stamp_invalid" in verify(card, today).codes


def test_a_signer_revoked_after_the_stamp_holds_at_lt_and_lta(tmp_path: Any) -> None:
    """Only what is stamped can show that it is older than the revocation."""
    pki = ensure_development_pki(tmp_path / "keys")
    lt, bare = signed(pki), signed(pki, Level.B_B)
    lta = archived(lt, pki)
    with later(days=2):
        trust = revoking(pki, issuing_of(pki), pki.seal, datetime.now(UTC) - timedelta(days=1))
        assert verify(lt, trust).codes == ()
        assert verify(lta, trust).codes == ()
        assert "certificate_revoked" in verify(bare, trust).codes


def test_an_archived_card_cut_back_is_the_earlier_card(pki: DevelopmentPki) -> None:
    """Rolled back it holds by itself, at the lower level: the register alone can tell, by its SHA-256."""
    lt = signed(pki)
    cut = revisions(archived(lt, pki, bare=True))[-1]
    assert cut == lt
    assert [s.level for s in verify(cut, pki.trust).signatures] == [Level.B_LT]
