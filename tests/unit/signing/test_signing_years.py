"""Files of 2026 in later years: what was renewed in time passes, the rest is told as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
import time_machine
from levels_kit import Years, at_level, in_year

from signing.archive import archive, renew, stamps_until
from signing.chains import context_of
from signing.levels import Level
from signing.timestamps import distrusted, local_timestamper
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing_kit import signed_by_two


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    """Keys that end one after the other."""
    return Years(tmp_path_factory.mktemp("years"))


@pytest.fixture(scope="module")
def files(years: Years) -> Mapping[str, bytes]:
    """Cards signed in 2026 at every level; two of the archived ones were renewed in 2028, one again in 2034."""
    with time_machine.travel(in_year(2026)):
        pki = years.pki(in_year(2026), years.first)
        made = {level.value: at_level(pki, level) for level in Level}
        both = asyncio.run(archive(signed_by_two(pki), pki.trust, local_timestamper(pki)))
    with time_machine.travel(in_year(2028)):
        pki = years.pki(in_year(2028), years.second)
        made["renewed"] = asyncio.run(renew(made["B-LTA"], pki.trust, local_timestamper(pki)))
        made["both renewed"] = asyncio.run(renew(both, pki.trust, local_timestamper(pki), 2))
    return made


def seen_in(years: Years, year: int, pdf: bytes, signers: int = 1) -> Verdict:
    """The verdict of somebody who checks in `year`, with the lists of that year."""
    with time_machine.travel(in_year(year)):
        return verify(pdf, years.pki(in_year(year), years.second).trust, signers)


def test_a_time_stamper_that_has_ended_is_told_so(years: Years) -> None:
    """By its end, and not as one whose root is missing."""
    with time_machine.travel(in_year(2030)):
        pki = years.pki(in_year(2030), years.first)
        told = asyncio.run(distrusted(local_timestamper(pki), context_of(pki.trust)))
    assert told is not None
    assert told.code == "timestamper_rejected"
    assert "expired" in str(told)


def test_every_level_holds_while_its_certificates_do(years: Years, files: Mapping[str, bytes]) -> None:
    """In 2028 nothing has ended yet."""
    assert {
        name: seen_in(years, 2028, pdf, 2 if "both" in name else 1).ok for name, pdf in files.items()
    } == dict.fromkeys(files, True)


@pytest.mark.parametrize("year", [2030, 2031])
def test_after_the_end_of_the_first_stamper_only_what_was_renewed_passes(
    years: Years, files: Mapping[str, bytes], year: int
) -> None:
    """The rest is reported as it is: an end that nothing proves to lie after the signature."""
    told = {name: seen_in(years, year, pdf, 2 if "both" in name else 1) for name, pdf in files.items()}
    assert {name: verdict.ok for name, verdict in told.items()} == {
        "B-B": False,
        "B-T": False,
        "B-LT": False,
        "B-LTA": False,
        "renewed": True,
        "both renewed": True,
    }
    assert told["B-B"].codes == ("certificate_expired", "ades_not_passed")
    for stamped, why in (
        ("B-T", "timestamp_invalid"),
        ("B-LT", "timestamp_invalid"),
        ("B-LTA", "archive_stamp_invalid"),
    ):
        assert sorted(told[stamped].codes) == sorted(["ades_not_passed", why])
        assert [s.ades for s in told[stamped].signatures] == ["INDETERMINATE"]
    assert [(s.level, s.ades) for s in told["renewed"].signatures] == [(Level.B_LTA, "PASSED")]


def test_a_renewed_file_is_the_old_one_and_more(years: Years, files: Mapping[str, bytes]) -> None:
    """What a holder kept is its beginning; its protection ends with the second stamper."""
    assert files["renewed"].startswith(files["B-LTA"])
    ends = [stamps_until(files[name]) for name in ("B-LTA", "renewed")]
    assert [end.year for end in ends if end] == [2029, 2035]


def test_renewed_a_second_time_it_passes_after_two_ends(years: Years, files: Mapping[str, bytes]) -> None:
    """Link by link: each stamp held when the next one was made."""
    from signing.certificates import time_stamper

    third = time_stamper("Penanda waktu 3", in_year(2034), 9, years.issuing)
    with time_machine.travel(in_year(2034)):
        pki = years.pki(in_year(2034), third)
        again = asyncio.run(renew(files["renewed"], pki.trust, local_timestamper(pki)))
    assert seen_in(years, 2037, again).ok
    assert not seen_in(years, 2037, files["renewed"]).ok


def test_a_chain_with_a_changed_link_proves_nothing(years: Years, files: Mapping[str, bytes]) -> None:
    """One byte of the first document time stamp: neither this nor what it covers is relied on."""
    pdf = bytearray(files["renewed"])
    place = pdf.index(b"/DocTimeStamp")
    token = pdf.index(b"/Contents <", place - 40_000 if place > 40_000 else 0)
    pdf[token + 2000] ^= 1
    assert not seen_in(years, 2031, bytes(pdf)).ok
