"""The stored phases of a signature: what is signed, what may be repeated, what is refused."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from asn1crypto import cms
from pyhanko.sign.timestamps import TimeStamper
from signing_kit import card_pdf, prepared, profile

from signing import phases
from signing.certificates import CRL_LIFETIME
from signing.development import DevelopmentPki
from signing.errors import Rejected, SigningError, Unavailable
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import finish, prepare, sign
from signing.prepared import Prepared
from signing.timestamps import local_timestamper
from signing.verify import verify

ALL = [Level.B_B, Level.B_T, Level.B_LT]


class _Recorder(Pkcs12KeyHolder):
    """A key holder that remembers what it was asked to sign."""

    asked: list[tuple[bytes, str]]

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Remember and sign."""
        self.asked = [*getattr(self, "asked", []), (attributes, digest_algorithm)]
        return await super().sign_raw(attributes, digest_algorithm)


class _Forger(Pkcs12KeyHolder):
    """A key holder that signs something else."""

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Sign other bytes."""
        return await super().sign_raw(attributes + b"!", digest_algorithm)


class _Outage(TimeStamper):
    """A time-stamping authority that does not answer."""

    async def async_request_tsa_response(self, req: object) -> object:
        """Fail as a connection does."""
        raise OSError("no route to host")


def _sign(pki: DevelopmentPki, ready: Prepared) -> bytes:
    return asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), local_timestamper(pki)))


def _code(action: object) -> str:
    with pytest.raises(SigningError) as caught:
        asyncio.run(action)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize("level", ALL)
def test_file_reaches_the_level_asked_for_in_one_revision(pki: DevelopmentPki, level: Level) -> None:
    """The last and only signature covers the whole file at every level."""
    ready = prepared(pki, level)
    pdf = finish(ready, _sign(pki, ready))
    (found,) = verify(pdf, pki.trust).signatures
    assert (found.level, found.coverage, found.modification) == (level, "ENTIRE_FILE", "NONE")
    assert pdf.count(b"%%EOF") == card_pdf().count(b"%%EOF") + 1


def test_signed_file_begins_with_the_unsigned_one(pki: DevelopmentPki) -> None:
    """Signing appends; it changes nothing of what was drawn."""
    ready = prepared(pki)
    assert finish(ready, _sign(pki, ready)).startswith(card_pdf())


def test_signature_certifies_and_admits_form_filling_only(pki: DevelopmentPki) -> None:
    """DocMDP P=2 leaves room for a second signature and for nothing else."""
    document = prepared(pki).document
    assert b"/DocMDP" in document
    assert b"/P 2" in document
    assert b"/ETSI.CAdES.detached" in document


@pytest.mark.parametrize("level", ALL)
def test_key_signs_exactly_the_stored_attributes(pki: DevelopmentPki, level: Level) -> None:
    """However often a signature is repeated, the key sees the same bytes."""
    ready, holder = prepared(pki, level), _Recorder(pki.pkcs12)
    for _ in range(2):
        asyncio.run(sign(ready, holder, local_timestamper(pki)))
    assert holder.asked == [(ready.attributes, "sha256")] * 2


def test_attributes_bind_the_document_digest(pki: DevelopmentPki) -> None:
    """The signed attributes carry the digest of this file."""
    ready = prepared(pki)
    attributes = {one["type"].native: one["values"][0].native for one in cms.CMSAttributes.load(ready.attributes)}
    assert attributes["message_digest"] == ready.digest
    assert "signing_certificate_v2" in attributes
    assert "signing_time" not in attributes, "PAdES keeps the time in the file (EN 319 142-1)"


def test_claimed_time_is_the_one_given_at_preparation(pki: DevelopmentPki) -> None:
    """A signature that is repeated hours later claims the time of its preparation."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    ready = prepared(pki, signing_time=moment)
    (found,) = verify(finish(ready, _sign(pki, ready)), pki.trust).signatures
    assert found.claimed_at == moment
    assert found.stamped_at is not None
    assert found.stamped_at > moment + timedelta(hours=4)


@pytest.mark.parametrize("level", ALL)
def test_prepared_survives_its_json(pki: DevelopmentPki, level: Level) -> None:
    """What is stored between the phases comes back equal."""
    ready = prepared(pki, level)
    assert Prepared.from_json(json.loads(json.dumps(ready.to_json())), ready.document) == ready


def test_finish_repeated_gives_the_same_bytes(pki: DevelopmentPki) -> None:
    """A crash after finishing changes nothing of the published file."""
    ready = prepared(pki)
    signature = _sign(pki, ready)
    again = Prepared.from_json(json.loads(json.dumps(ready.to_json())), ready.document)
    assert finish(ready, signature) == finish(again, signature)


def test_signature_of_another_file_is_refused(pki: DevelopmentPki) -> None:
    """A CMS cannot be put into a file it was not made for."""
    ready, other = prepared(pki), prepared(pki, reason="another")
    with pytest.raises(Rejected) as caught:
        finish(ready, _sign(pki, other))
    assert caught.value.code == "cms_mismatch"


def test_level_is_never_lowered_in_silence(pki: DevelopmentPki) -> None:
    """A signature without its time stamp stays pending, and can be stamped later without the key."""
    ready, holder = prepared(pki), _Recorder(pki.pkcs12)
    sealed = asyncio.run(phases.seal(ready, holder))
    with pytest.raises(Rejected) as caught:
        finish(ready, sealed)
    assert caught.value.code == "level_pending"
    stamped = asyncio.run(phases.stamp(ready, sealed, local_timestamper(pki)))
    assert verify(finish(ready, stamped), pki.trust).ok
    assert len(holder.asked) == 1


def test_other_certificate_than_prepared_for_is_refused(pki: DevelopmentPki, other_pki: DevelopmentPki) -> None:
    """A key change between the phases is found before the key is used."""
    holder = Pkcs12KeyHolder(other_pki.pkcs12)
    assert _code(sign(prepared(pki), holder, local_timestamper(pki))) == "certificate_changed"


def test_signature_over_something_else_is_refused(pki: DevelopmentPki) -> None:
    """What a key holder returns is checked against the prepared attributes."""
    ready = prepared(pki, Level.B_B)
    assert _code(sign(ready, _Forger(pki.pkcs12), None)) == "signature_wrong"


def test_outage_of_the_time_stamper_is_unavailable_in_both_phases(pki: DevelopmentPki) -> None:
    """No time stamp, no signature: the step is tried again."""
    holder = Pkcs12KeyHolder(pki.pkcs12)
    with pytest.raises(Unavailable) as preparing:
        asyncio.run(prepare(card_pdf(), profile(pki, timestamper=_Outage())))
    with pytest.raises(Unavailable) as signing:
        asyncio.run(sign(prepared(pki), holder, _Outage()))
    assert preparing.value.code == signing.value.code == "tsa_unavailable"


def test_level_without_its_time_stamper_is_refused(pki: DevelopmentPki) -> None:
    """B-T and beyond need a time stamper, at preparation and at signing."""
    holder = Pkcs12KeyHolder(pki.pkcs12)
    assert _code(prepare(card_pdf(), profile(pki, timestamper=None))) == "timestamper_missing"
    assert _code(sign(prepared(pki), holder, None)) == "timestamper_missing"


def test_certificate_without_current_revocation_list_waits_for_one(pki: DevelopmentPki) -> None:
    """Nothing is B-LT whose revocation cannot be established; a list that is late is no refusal."""
    stale = profile(pki)
    with time_machine.travel(datetime.now(UTC) + CRL_LIFETIME + timedelta(days=1)):
        assert _code(prepare(card_pdf(), stale)) == "crl_outdated"


def test_certificate_of_an_unknown_root_is_refused(pki: DevelopmentPki, other_pki: DevelopmentPki) -> None:
    """B-LT embeds a chain up to a trusted root, or does not come to be."""
    assert _code(prepare(card_pdf(), profile(pki, trust=other_pki.trust))) == "certificate_rejected"


def test_time_stamper_of_an_unknown_root_is_refused(pki: DevelopmentPki, other_pki: DevelopmentPki) -> None:
    """A time stamp that verifiers could not trust is found out before signing."""
    strange = profile(pki, timestamper=local_timestamper(other_pki))
    named = r"time stamper .*Penanda Waktu.* is not trusted.*Akar Pengembangan.*into the trust folder"
    with pytest.raises(Rejected, match=named) as told:
        asyncio.run(prepare(card_pdf(), strange))
    assert told.value.code == "timestamper_rejected"


def test_of_signer_and_time_stamper_the_one_that_is_not_trusted_is_told(
    pki: DevelopmentPki, other_pki: DevelopmentPki
) -> None:
    """A signer of an unknown root is not mistaken for the time stamper, whose root is there."""
    strange = profile(pki, trust=other_pki.trust, timestamper=local_timestamper(other_pki))
    with pytest.raises(Rejected, match="The signer's certificate is not valid") as told:
        asyncio.run(prepare(card_pdf(), strange))
    assert told.value.code == "certificate_rejected"


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF"])
def test_file_that_is_no_pdf_is_refused(pki: DevelopmentPki, content: bytes) -> None:
    """What cannot be read cannot be signed."""
    assert _code(prepare(content, profile(pki))) == "pdf_not_signable"


def test_certified_file_is_not_certified_again(pki: DevelopmentPki) -> None:
    """Neither the same field nor another one certifies a file a second time."""
    ready = prepared(pki)
    pdf = finish(ready, _sign(pki, ready))
    assert _code(prepare(pdf, profile(pki))) == "pdf_not_signable"
    assert _code(prepare(pdf, profile(pki, field="Another"))) == "pdf_not_signable"


def test_signature_too_large_for_its_room_is_refused(pki: DevelopmentPki) -> None:
    """A signature is never cut short."""
    ready = prepared(pki)
    start, _ = ready.region
    with pytest.raises(Rejected) as caught:
        finish(dataclasses.replace(ready, region=(start, start + 100)), _sign(pki, ready))
    assert caught.value.code == "cms_too_large"
