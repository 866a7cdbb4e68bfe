"""A fake of a BSrE-style signing service, for tests only: it signs with the development PKI, over plain HTTP on this
machine, and fails in the ways in which such a service can fail. It is no client of, and no stand-in for, a real one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import keys, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext

from signing.cms import store_of

TOTP_SECONDS = 30
NIK = "1671010101800001"
LOGIN = "alur:kata-sandi-aplikasi"


@dataclass
class Person:
    """A signer whom the service knows."""

    certificate: bytes
    key: bytes
    passphrase: str
    #: Shared with the person's authenticator.
    seed: bytes = b"12345678901234567890"

    def code(self, at: float | None = None) -> str:
        """The one-time code of RFC 6238 at a moment, now unless given."""
        step = struct.pack(">Q", int((time.time() if at is None else at) // TOTP_SECONDS))
        mac = hmac.new(self.seed, step, hashlib.sha1).digest()
        start = mac[-1] & 15
        return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


@dataclass
class FakeBsre:
    """The service: its people by NIK, how it behaves, and what it made."""

    people: dict[str, Person]
    chain: list[bytes]
    #: What a person's certificate was not: signs in the mode `wrong_signer`.
    stranger: Person | None = None
    #: "ok", or one of: lost, garbage, wrong_signer, two, changed, prepended, damaged, unsigned, busy.
    mode: str = "ok"
    #: A time stamper and a context let it sign at B-LT; without, it signs at B-B.
    timestamper: TimeStamper | None = None
    context: Any = None
    #: Signatures that were made, whether or not their answers arrived.
    made: int = 0
    #: Requests that gave a wrong passphrase or code.
    wrong: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)
    #: Is called between signing and answering.
    before_answer: Any = None

    def sign(self, pdf: bytes, person: Person) -> bytes:
        """A PDF with one more signature, as the service appends it."""
        self.made += 1
        name = f"sig_{len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) + 1}"
        signer = SimpleSigner(
            signing_cert=x509.Certificate.load(person.certificate),
            signing_key=keys.PrivateKeyInfo.load(person.key),
            cert_registry=store_of(self.chain),
        )
        whole = self.context is not None
        meta = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=whole,
            validation_context=self.context() if whole else None,
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        made = PdfSigner(meta, signer=signer, timestamper=self.timestamper, new_field_spec=SigFieldSpec(name))
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        out = asyncio.run(made.async_sign_pdf(writer, bytes_reserved=16384))
        return bytes(out.getvalue())

    def returned(self, pdf: bytes, person: Person) -> bytes:
        """The file that goes back, right or wrong as the mode says."""
        if self.mode == "wrong_signer":
            assert self.stranger is not None
            return self.sign(pdf, self.stranger)
        if self.mode == "changed":
            return self.sign(pdf.replace(b"Kartu", b"Karto", 1) if b"Kartu" in pdf else pdf[:-1] + b" ", person)
        if self.mode == "unsigned":
            return pdf + b"\n% nothing\n"
        signed = self.sign(pdf, person)
        if self.mode == "two":
            return self.sign(signed, person)
        if self.mode == "prepended":
            return b"%" + signed
        if self.mode == "damaged":
            made = PdfFileReader(io.BytesIO(signed)).embedded_signatures[-1].signer_info["signature"].native.hex()
            other = made[:-2] + f"{int(made[-2:], 16) ^ 1:02x}"
            return signed.replace(made.encode(), other.encode()).replace(made.upper().encode(), other.upper().encode())
        return signed


class _Handler(BaseHTTPRequestHandler):
    service: FakeBsre

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        service = self.service
        service.seen.append({k: v for k, v in body.items() if k != "file"} | {"path": self.path})
        given = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ") or b"").decode()
        if given != LOGIN:
            return self._say(401, {"error": "unauthorized"})
        if service.mode == "busy":
            return self._say(429, {"error": "too many requests"})
        person = service.people.get(body.get("nik", ""))
        if self.path != "/api/v2/sign/pdf" or person is None:
            return self._say(400, {"status_code": 2011, "error": "user tidak terdaftar"})
        if not (body.get("passphrase") == person.passphrase or body.get("totp") in self._codes(person)):
            service.wrong += 1
            # As careless as such answers are: it repeats what it was sent.
            said = body.get("passphrase") or body.get("totp")
            return self._say(400, {"status_code": 2031, "error": f"Passphrase {said} salah"})
        files = [service.returned(base64.b64decode(f), person) for f in body["file"]]
        if service.before_answer is not None:
            service.before_answer()
        if service.mode == "lost":
            # Signed; and the connection is gone before the answer.
            self.close_connection = True
            self.connection.close()
            return None
        if service.mode == "garbage":
            return self._say(200, {"file": ["§"]})
        return self._say(200, {"time": 812, "file": [base64.b64encode(f).decode() for f in files]})

    def _codes(self, person: Person) -> tuple[str, str]:
        return person.code(), person.code(time.time() - TOTP_SECONDS)

    def _say(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@contextmanager
def serving(service: FakeBsre) -> Iterator[str]:
    """The address of the running fake."""
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def context_of(pki: Any) -> ValidationContext:
    """What a service needs to sign at B-LT with the development PKI."""
    return ValidationContext(
        trust_roots=[x509.Certificate.load(pki.root)],
        other_certs=[x509.Certificate.load(pki.issuing)],
        crls=list(pki.trust.crls),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
