"""Levels: what is made while a time stamper or a revocation list is away, and what it is lifted to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from levels_kit import Outage, at_level, in_year, pending_file, sealed, while_away, without_lists
from signing_kit import card_pdf, profile, signed_by_two

from signing import phases
from signing.archive import archive, renew, stamps_until
from signing.certificates import CRL_LIFETIME
from signing.development import DevelopmentPki
from signing.errors import Rejected, Unavailable
from signing.levels import Level
from signing.phases import LISTS, TSA, finish, prepare_now
from signing.timestamps import local_timestamper
from signing.trust import Trust
from signing.verify import verify

ORDER = [Level.B_B, Level.B_T, Level.B_LT, Level.B_LTA]


def alone(pki: DevelopmentPki) -> Trust:
    """What a verifier has who knows the root and nothing else: B-LT and beyond carry the rest."""
    return Trust(roots=(pki.root,))


@pytest.mark.parametrize("level", ORDER)
def test_a_file_of_each_level_is_told_as_that_level(pki: DevelopmentPki, level: Level) -> None:
    """No more and no less; the last signature or time stamp covers the whole file."""
    verdict = verify(at_level(pki, level), pki.trust)
    assert verdict.ok, verdict.codes
    assert [s.level for s in verdict.signatures] == [level]
    assert verify(at_level(pki, level), alone(pki)).ok is level.revocation


@pytest.mark.parametrize("level", ORDER)
def test_levels_are_in_order(level: Level) -> None:
    """Each reaches itself and those before it."""
    assert [level >= other for other in ORDER] == [ORDER.index(other) <= ORDER.index(level) for other in ORDER]
    assert [level < other for other in ORDER] == [ORDER.index(other) > ORDER.index(level) for other in ORDER]


def test_while_the_time_stamper_is_away_the_file_is_signed_and_lacks_its_stamp(pki: DevelopmentPki) -> None:
    """Once it answers, the same signature is stamped in its place: one revision, B-LT by itself."""
    ready = while_away(pki, timestamper=Outage())
    cms = sealed(pki, ready)
    assert (ready.lacks, ready.level) == (TSA, Level.B_LT)
    with pytest.raises(Rejected) as caught:
        finish(ready, cms)
    assert caught.value.code == "level_pending"
    pending = verify(finish(ready, cms, pending=True), pki.trust)
    assert (pending.ok, [s.level for s in pending.signatures]) == (True, [Level.B_B])
    stamped = asyncio.run(phases.stamp(ready, cms, local_timestamper(pki)))
    lifted = verify(finish(ready, stamped), alone(pki))
    assert lifted.ok, lifted.codes
    assert [(s.level, s.coverage) for s in lifted.signatures] == [(Level.B_LT, "ENTIRE_FILE")]


def test_while_the_lists_are_out_of_date_the_file_is_signed_and_lifted_by_a_revision(pki: DevelopmentPki) -> None:
    """What is appended is covered by a time stamp of its own, so nothing in the file is uncovered."""
    ready = while_away(without_lists(pki), timestamper=local_timestamper(pki))
    assert ready.lacks == LISTS
    stamped = asyncio.run(phases.stamp(ready, sealed(pki, ready), local_timestamper(pki)))
    pdf = finish(ready, stamped)
    assert [s.level for s in verify(pdf, pki.trust).signatures] == [Level.B_T]
    assert not verify(pdf, alone(pki)).ok
    lifted = asyncio.run(archive(pdf, pki.trust, local_timestamper(pki)))
    assert lifted.startswith(pdf)
    found = verify(lifted, alone(pki))
    assert found.ok, found.codes
    assert [s.level >= Level.B_LT for s in found.signatures] == [True]


def test_with_both_away_the_file_is_signed_and_nothing_is_claimed(pki: DevelopmentPki) -> None:
    """The signature is B-B until somebody stamps it."""
    ready = while_away(without_lists(pki), timestamper=Outage())
    assert ready.lacks == LISTS
    assert [s.level for s in verify(pending_file(pki, ready), pki.trust).signatures] == [Level.B_B]


def test_lists_that_ran_out_still_refuse_whom_they_name(pki: DevelopmentPki) -> None:
    """A certificate that was revoked does not sign because the news is old."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from signing.certificates import revocation_list
    from signing.development import load_issued
    from signing.revocation import renewed

    issuing = load_issued(pki.folder, "issuing")
    serial = x509.load_der_x509_certificate(pki.seal).serial_number
    old = revocation_list(issuing, 1, datetime.now(UTC)).public_bytes(Encoding.DER)
    named = renewed(issuing, old, [serial], datetime.now(UTC), timedelta(days=1)).public_bytes(Encoding.DER)
    trust = Trust(roots=(pki.root,), intermediates=(pki.issuing,), crls=(pki.crls[0], named))
    with time_machine.travel(datetime.now(UTC) + CRL_LIFETIME + timedelta(days=1)), pytest.raises(Rejected) as caught:
        asyncio.run(prepare_now(card_pdf(), profile(pki, trust=trust)))
    assert caught.value.code == "certificate_rejected"


def test_the_archive_stamp_comes_after_both_signatures(pki: DevelopmentPki) -> None:
    """Two signatures and one document time stamp; both signatures are B-LTA by it."""
    both = signed_by_two(pki)
    kept = asyncio.run(archive(both, pki.trust, local_timestamper(pki)))
    verdict = verify(kept, alone(pki), 2)
    assert verdict.ok, verdict.codes
    assert [(s.field, s.level) for s in verdict.signatures] == [("Officer", Level.B_LTA), ("Second", Level.B_LTA)]
    assert kept.startswith(both)


def test_a_stamp_that_cannot_be_had_leaves_the_file_alone(pki: DevelopmentPki) -> None:
    """Away is told as away: authority and lists each by their name."""
    pdf = at_level(pki, Level.B_LT)
    with pytest.raises(Unavailable) as stamper:
        asyncio.run(archive(pdf, pki.trust, Outage()))
    with pytest.raises(Unavailable) as lists:
        asyncio.run(archive(pdf, without_lists(pki).trust, local_timestamper(pki)))
    assert (stamper.value.code, lists.value.code) == (TSA, LISTS)


def test_the_end_of_the_last_stamp_is_told(pki: DevelopmentPki) -> None:
    """Of signature and document time stamps alike; a file without one has none."""
    ends = [stamps_until(at_level(pki, level)) for level in ORDER]
    assert ends[0] is None
    assert len({*ends[1:]}) == 1
    assert ends[1] is not None
    assert ends[1] > in_year(2030)


def test_a_changed_archive_is_not_renewed(pki: DevelopmentPki) -> None:
    """Renewing would cover the change with a good stamp."""
    pdf = bytearray(at_level(pki, Level.B_LTA))
    pdf[pdf.index(b"/Reason") + 10] ^= 1
    with pytest.raises(Rejected) as caught:
        asyncio.run(renew(bytes(pdf), pki.trust, local_timestamper(pki)))
    assert caught.value.code == "archive_broken"
