"""The stored phases of a PAdES signature, so that a crash never signs a card twice.

`prepare` needs no key and is stored; `sign` asks the key holder for exactly what was stored, and its CMS is
stored; `finish` puts the CMS into the file and gives the same bytes however often it is repeated.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.general import SigningError as PyHankoError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    PreSignValidationStatus,
    SigDSSPlacementPreference,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathError, ValidationError

from signing import cms
from signing.chains import context_of
from signing.errors import Rejected, Unavailable
from signing.keyholder import KeyHolder
from signing.levels import Level
from signing.prepared import Prepared
from signing.revocation import is_listed
from signing.timestamps import distrusted
from signing.trust import Trust

#: Bytes of hexadecimal reserved for the CMS: enough for a time stamp with its chain (8192 is not).
RESERVED = 16384
DIGEST = "sha256"
#: Codes of what may be away for a while: who stamps, and revocation lists that are current.
TSA, LISTS = "tsa_unavailable", "crl_outdated"

# It warns at every B-LT signature that nothing may be fetched, which is the intention here.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


@dataclass(frozen=True, kw_only=True)
class SigningProfile:
    """How a file is to be signed, and by whose certificate."""

    #: The signer's certificate, DER.
    certificate: bytes
    #: Certificates that issued it, DER.
    chain: tuple[bytes, ...]
    #: Level to reach. At B-LTA the file is prepared for B-LT; `archive` adds the rest once all have signed it.
    level: Level
    #: Roots, intermediates and current revocation lists to be embedded at B-LT.
    trust: Trust
    #: Time stamper that will stamp the signature; None at B-B only. Its chain is embedded at B-LT.
    timestamper: TimeStamper | None
    #: Time that the signature claims, aware; it stands in the signed part of the file.
    signing_time: datetime
    #: Signature field: new in the file where it certifies, else the empty one that stands there; new as well where a
    #: signer of whole files signed before, who leaves none and certifies nothing.
    field: str = "Officer"
    #: Empty fields to be made beside it, for signatures that follow; later the file is certified against that.
    further: tuple[str, ...] = ()
    #: The first signature certifies the file (DocMDP P=2); the ones that follow approve it.
    certify: bool = True
    #: Name of the signer as the signature panel shows it; None takes the certificate's.
    name: str | None = None
    #: Reason, as the signature panel shows it.
    reason: str | None = None
    #: Place, as the signature panel shows it.
    location: str | None = None
    #: What is prepared without, since it is away: `TSA` or `LISTS`.
    lacks: str | None = None


async def prepare_now(pdf: bytes, profile: SigningProfile) -> Prepared:
    """Do as `prepare` does, but without what is away just now: `lacks` says what, and the file is to be lifted to its
    level later. Raises Rejected as `prepare` does; a certificate that is known to be revoked is refused all the same.
    """
    try:
        return await prepare(pdf, profile)
    except Unavailable as error:
        if error.code == TSA:
            return await _without_stamper(pdf, profile)
        return await prepare(pdf, replace(profile, lacks=LISTS))


async def _without_stamper(pdf: bytes, profile: SigningProfile) -> Prepared:
    try:
        return await prepare(pdf, replace(profile, lacks=TSA))
    except Unavailable:
        return await prepare(pdf, replace(profile, lacks=LISTS))


async def prepare(pdf: bytes, profile: SigningProfile) -> Prepared:
    """Return `pdf` made ready for one PAdES signature, in one revision that covers the whole file: the first certifies
    it (DocMDP P=2), another fills a field that the first left empty.

    Raises Rejected `timestamper_missing`, `certificate_rejected` (the signer's: not valid, revoked, not trusted),
    `timestamper_rejected` (the same of the time stamper's) or `pdf_not_signable`;
    Unavailable `tsa_unavailable` when B-LT needs the time stamper's chain and it does not answer, `crl_outdated` when
    no revocation list is current.
    """
    if profile.level.stamped and profile.timestamper is None:
        raise _no_timestamper()
    if profile.lacks == LISTS and is_listed(profile.certificate, profile.trust.crls):
        raise Rejected("certificate_rejected", "The signer's certificate was revoked, as a list of before says.")
    signer = cms.keyless(profile.certificate, profile.chain)
    writer, session = _session(pdf, profile, signer)
    info = await _validated(writer, session)
    document = io.BytesIO()
    ready = session.prepare_tbs_document(validation_info=info, bytes_reserved=RESERVED)
    digest, _ = ready.digest_tbs_document(output=document)
    attributes = await cms.attributes_of(profile.certificate, profile.chain, digest.document_digest, DIGEST)
    return Prepared(
        document=document.getvalue(),
        digest=digest.document_digest,
        digest_algorithm=DIGEST,
        region=(digest.reserved_region_start, digest.reserved_region_end),
        attributes=attributes,
        certificate=profile.certificate,
        chain=profile.chain,
        level=profile.level.signing,
        lacks=profile.lacks,
    )


async def sign(prepared: Prepared, holder: KeyHolder, timestamper: TimeStamper | None) -> bytes:
    """Return the DER CMS over exactly the prepared attributes, time-stamped where the level asks for it.

    Raises Rejected `certificate_changed` when the holder has another certificate than the one prepared for,
    `signature_wrong`, `timestamper_missing`; whatever the holder raises; and Unavailable `tsa_unavailable`.
    Where asking the key twice matters, `seal` and `stamp` are the two halves, and the CMS between them can be
    stored.
    """
    if prepared.level.stamped and timestamper is None:
        raise _no_timestamper()
    signed = await seal(prepared, holder)
    return await stamp(prepared, signed, timestamper) if timestamper and prepared.level.stamped else signed


async def seal(prepared: Prepared, holder: KeyHolder) -> bytes:
    """Return the DER CMS over exactly the prepared attributes, without a time stamp."""
    if holder.certificate != prepared.certificate:
        raise Rejected(
            "certificate_changed",
            "The key holder's certificate is not the one that the file was prepared for.",
        )
    return await cms.wrap(prepared, await holder.sign_raw(prepared.attributes, prepared.digest_algorithm))


async def stamp(prepared: Prepared, signed: bytes, timestamper: TimeStamper) -> bytes:
    """Return the DER CMS `signed` with a time stamp; what it stamped before is replaced."""
    return await cms.stamp(signed, prepared.digest_algorithm, timestamper)


def finish(prepared: Prepared, signed: bytes, *, pending: bool = False) -> bytes:
    """Return the signed PDF; the same arguments give the same bytes. `pending` admits a CMS that awaits its stamp. Of a
    signer of whole files, `signed` is what it appended.

    Raises Rejected `cms_mismatch` when the CMS signs other attributes than those prepared, `level_pending`
    when it lacks the time stamp of the level (the level is never lowered in silence), `cms_too_large` when
    the room does not hold it.
    """
    if prepared.whole:
        return prepared.document + signed
    if cms.signed_attributes(signed) != prepared.attributes:
        raise Rejected("cms_mismatch", "The signature was made over other attributes than those of this file.")
    if not pending and prepared.level.stamped and not cms.is_stamped(signed):
        raise Rejected("level_pending", f"The signature has no time stamp yet, which {prepared.level.value} asks for.")
    start, end = prepared.region
    room = PreparedByteRangeDigest(
        document_digest=prepared.digest, reserved_region_start=start, reserved_region_end=end
    )
    output = io.BytesIO(prepared.document)
    try:
        room.fill_with_cms(output, signed)
    except PyHankoError as error:
        raise Rejected("cms_too_large", f"The signature does not fit into its room: {error}") from error
    return output.getvalue()


def _is_free(file: PdfFileReader, field: str) -> bool:
    """Whether a field of that name can still be made: nobody certified the file without it."""
    certified = "/DocMDP" in file.root.get("/Perms", {})
    return not certified and field not in {name for name, _, _ in enumerate_sig_fields(file)}


def _session(pdf: bytes, profile: SigningProfile, signer: Signer) -> tuple[IncrementalPdfFileWriter, PdfSigningSession]:
    stamper = profile.timestamper if profile.lacks is None else None
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        for name in profile.further:
            append_signature_field(writer, SigFieldSpec(name))
        new = profile.certify or _is_free(writer.prev, profile.field)
        field = SigFieldSpec(profile.field) if new else None
        pdf_signer = PdfSigner(_metadata(profile), signer=signer, timestamper=stamper, new_field_spec=field)
        session = pdf_signer.init_signing_session(writer, existing_fields_only=not new)
    except (PdfError, PyHankoError) as error:
        raise Rejected("pdf_not_signable", f"The file cannot be signed: {error}") from error
    session.system_time = profile.signing_time
    return writer, session


async def _validated(writer: IncrementalPdfFileWriter, session: PdfSigningSession) -> PreSignValidationStatus | None:
    try:
        return await session.perform_presign_validation(writer)
    except (PyHankoError, PathError, ValidationError) as error:
        if isinstance(error, InsufficientRevinfoError) or isinstance(error.__cause__, InsufficientRevinfoError):
            raise Unavailable(LISTS, f"No revocation list is current: {error.__cause__ or error}") from error
        raise await _not_valid(session, error) from error
    except OSError as error:
        message = f"The time-stamping authority does not answer: {error}"
        raise Unavailable(TSA, message) from error


async def _not_valid(session: PdfSigningSession, error: Exception) -> Rejected:
    """Whose certificate it is that is not valid: the signer's is looked at first, and its failure comes wrapped."""
    stamper, context = session.timestamper, session.pdf_signer.signature_meta.validation_context
    if stamper is not None and context is not None and not isinstance(error, PyHankoError):
        rejected = await distrusted(stamper, context)
        if rejected is not None:
            return rejected
    return Rejected("certificate_rejected", f"The signer's certificate is not valid: {error.__cause__ or error}")


def _metadata(profile: SigningProfile) -> PdfSignatureMetadata:
    embed = profile.level.revocation and profile.lacks != LISTS
    return PdfSignatureMetadata(
        field_name=profile.field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=profile.certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        name=profile.name,
        reason=profile.reason,
        location=profile.location,
        embed_validation_info=embed,
        validation_context=_context(profile) if profile.level.revocation else None,
        # Any other placement appends a revision, and the signature would no longer cover the whole file.
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )


def _context(profile: SigningProfile) -> ValidationContext:
    return context_of(profile.trust, profile.chain, lenient=profile.lacks == LISTS)


def _no_timestamper() -> Rejected:
    return Rejected("timestamper_missing", "This level needs a time stamper, and none is set.")
