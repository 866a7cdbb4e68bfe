"""A signing service of the Cloud Signature Consortium's interface, for tests: certomancer's dummy, in a thread."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.certificates import Issued, revocation_list
from signing.csc import CscPlace
from signing.remote import Service
from tests.holders_kit import PIN, Stand, closed_port


class CscService:
    """certomancer's dummy of a CSC service in a thread, with a PIN asked for and an answer lost where a test says."""

    CREDENTIAL = "alur/officer"

    def __init__(self, folder: Path) -> None:
        from certomancer.registry import CertomancerConfig
        from csc_dummy.csc_dummy_server import CSCWithCertomancer

        (folder / "keys").mkdir()
        for name in ("root", "officer"):
            key = rsa.generate_private_key(65537, 2048)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / "keys" / f"{name}.pem").write_bytes(pem)
            if name == "root":
                self._root_key = key
        (folder / "csc.yml").write_text(_CERTOMANCER)
        config = CertomancerConfig.from_file(str(folder / "csc.yml"), key_search_dir=str(folder))
        arch = config.get_pki_arch("alur")  # type: ignore[arg-type]
        self.certificate = bytes(arch.get_cert("officer").dump())  # type: ignore[arg-type]
        self.root = bytes(arch.get_cert("root").dump())  # type: ignore[arg-type]
        self.lose = False
        self.wrong = self.signed = 0
        with warnings.catch_warnings():
            # It keeps its things in the application by bare names, which newer aiohttp advises against.
            warnings.simplefilter("ignore")
            dummy = CSCWithCertomancer(config)
        dummy.register_routes()
        dummy.app.middlewares.append(self._between)
        self._app = dummy.app
        self._loop = asyncio.new_event_loop()
        self.url = ""

    def revocations(self) -> bytes:
        """The current list of its authority, which has revoked nothing."""
        root = Issued(certificate=x509.load_der_x509_certificate(self.root), key=self._root_key)
        return revocation_list(root, 1, datetime.now(UTC)).public_bytes(Encoding.DER)

    @web.middleware
    async def _between(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer tanda-masuk":
            return web.json_response({"error": "invalid_token"}, status=401)
        if request.path.endswith("/authorize") and (await request.json()).get("PIN") != PIN:
            self.wrong += 1
            said = (await request.json()).get("PIN")
            return web.json_response({"error": "invalid_pin", "error_description": f"PIN {said}"}, status=400)
        answer: web.StreamResponse = await handler(request)
        if request.path.endswith("/signHash"):
            self.signed += 1
            if self.lose and request.transport is not None:
                request.transport.close()
        return answer

    @contextmanager
    def running(self) -> Iterator[CscService]:
        """Serve until the end of the block."""
        runner = web.AppRunner(self._app)

        async def start() -> None:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/csc/v1"

        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(10)

    @contextmanager
    def losing(self) -> Iterator[None]:
        """Answers to signatures are lost."""
        self.lose = True
        try:
            yield
        finally:
            self.lose = False

    def place(self, url: str | None = None) -> CscPlace:
        """The officer's credential."""
        return CscPlace(Service(url or self.url, {"Authorization": "Bearer tanda-masuk"}), self.CREDENTIAL)


_CERTOMANCER = """
external-url-prefix: "http://localhost.invalid"
keysets:
  alur:
    path-prefix: keys
    keys: {root: {path: root.pem}, officer: {path: officer.pem}}
pki-architectures:
  alur:
    keyset: alur
    entity-defaults: {country-name: ID, organization-name: Uji}
    entities: {root: {common-name: Akar Uji}, officer: {common-name: Petugas CSC}}
    certs:
      root:
        subject: root
        subject-key: root
        issuer: root
        authority-key: root
        validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2060-01-01T00:00:00+0000"}
        profiles: [simple-ca]
      officer:
        subject: officer
        subject-key: officer
        issuer: root
        authority-key: root
        validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2060-01-01T00:00:00+0000"}
        extensions:
          - id: key_usage
            critical: true
            smart-value: {schema: key-usage, params: [digital_signature, non_repudiation]}
"""


def stand_csc(service: CscService) -> Stand:
    """A credential at the CSC service."""
    return Stand(
        place=service.place(),
        right=PIN,
        certificate=service.certificate,
        away=service.place(f"http://127.0.0.1:{closed_port()}/csc/v1"),
        losing=service.losing,
    )
