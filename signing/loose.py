"""What a CMS signature carries that its signature does not cover: padding, certificates, and unsigned attributes.

None of it changes what a reader shows, but a file in which it was changed is not the file that was issued, and nobody
should be told that it is unchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from asn1crypto import cms, core, parser  # type: ignore[import-untyped]
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature

_STAMP = "signature_time_stamp_token"
#: Version of a signature over content of its kind (RFC 5652, 5.1), whose signer is named by issuer and serial number.
_KINDS = {"data": "v1", "tst_info": "v3"}


def is_loose(signature: EmbeddedPdfSignature, known: Collection[bytes]) -> bool:
    """Tell whether a signature, or its time stamp, carries anything that is neither signed nor known otherwise.

    `known` are the SHA-256 of the certificates that trust and signed parts of the file name.
    """
    content = bytes(signature.pkcs7_content)
    _class, _method, _tag, header, body, end = parser.parse(content)
    length = len(header) + len(body) + len(end)
    if any(content[length:]):
        return True
    # Written anew it is the same: no length and no empty value was touched. Programs that do not know how long it will
    # be leave lengths open, against the rules of PDF; those have none to touch.
    if not end and content[:length] != cms.ContentInfo.load(content).dump(force=True):
        return True
    return any(_strays(signed, known) for signed in _signed_parts(signature.signed_data))


def _signed_parts(signed: cms.SignedData) -> Iterator[cms.SignedData]:
    """The signature, and the time stamps that it carries."""
    yield signed
    for attribute in _unsigned(signed):
        if attribute["type"].native == _STAMP:
            yield from (token["content"] for token in attribute["values"])


def _strays(signed: cms.SignedData, known: Collection[bytes]) -> bool:
    signers = signed["signer_infos"]
    # Who is named by issuer and serial number has version 1.
    if len(signers) != 1 or signers[0]["version"].native != "v1" or not isinstance(signed["crls"], core.Void):
        return True
    signer = extract_certificate_info(signed).signer_cert.sha256
    carried = () if isinstance(signed["certificates"], core.Void) else signed["certificates"]
    if any(choice.name != "certificate" or choice.chosen.sha256 not in {signer, *known} for choice in carried):
        return True
    digests = [algorithm["algorithm"].native for algorithm in signed["digest_algorithms"]]
    kind = signed["encap_content_info"]["content_type"].native
    attributes = [attribute["type"].native for attribute in _unsigned(signed)]
    return (
        digests != [signers[0]["digest_algorithm"]["algorithm"].native]
        or signed["version"].native != _KINDS.get(kind)
        or attributes not in ([], [_STAMP])
    )


def _unsigned(signed: cms.SignedData) -> list[cms.CMSAttribute]:
    attributes = signed["signer_infos"][0]["unsigned_attrs"]
    return [] if isinstance(attributes, core.Void) else list(attributes)
