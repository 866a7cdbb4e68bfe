"""A time-stamping authority over HTTP: one that works, and the ways in which one fails."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import tsp
from signing_kit import card_pdf, prepared, profile

from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Unavailable
from signing.keyholder import Pkcs12KeyHolder
from signing.phases import finish, prepare, sign
from signing.timestamps import http_timestamper, local_timestamper
from signing.verify import verify


class _Authority(BaseHTTPRequestHandler):
    """Answers by path: /tsa stamps, the others fail in their own way."""

    pki: DevelopmentPki

    def do_POST(self) -> None:
        """Answer one request."""
        request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/slow":
            time.sleep(1)
        if self.path == "/broken":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        # The impatient client of /slow has gone by now.
        with suppress(BrokenPipeError):
            self.wfile.write(self._answer(request))

    def _answer(self, request: tsp.TimeStampReq) -> bytes:
        if self.path == "/garbage":
            return b"no answer"
        if self.path == "/refusing":
            return bytes(tsp.TimeStampResp({"status": {"status": "rejection"}}).dump())
        if self.path == "/other":
            request["message_imprint"]["hashed_message"] = bytes(32)
        return bytes(asyncio.run(local_timestamper(self.pki).async_request_tsa_response(request)).dump())

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


@pytest.fixture(scope="module")
def authority(pki: DevelopmentPki) -> Iterator[str]:
    """The address of a running authority."""
    _Authority.pki = pki
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_card_stamped_over_http_verifies(pki: DevelopmentPki, authority: str) -> None:
    """The whole way with an authority behind an address."""
    timestamper = http_timestamper(authority + "/tsa")
    ready = asyncio.run(prepare(card_pdf(), profile(pki, timestamper=timestamper)))
    cms = asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), timestamper))
    verdict = verify(finish(ready, cms), pki.trust)
    assert verdict.ok
    assert verdict.signatures[0].stamped_at is not None


@pytest.mark.parametrize("path", ["/broken", "/garbage", "/refusing", "/other", "/slow"])
def test_authority_that_fails_is_unavailable(pki: DevelopmentPki, authority: str, path: str) -> None:
    """Errors, nonsense, refusals, a stamp of something else and silence: no signature, try again later."""
    timestamper = http_timestamper(authority + path, timeout=0.3)
    with pytest.raises(Unavailable) as caught:
        asyncio.run(sign(prepared(pki), Pkcs12KeyHolder(pki.pkcs12), timestamper))
    assert caught.value.code == "tsa_unavailable"


def test_authority_that_is_down_is_unavailable_in_both_phases(pki: DevelopmentPki) -> None:
    """Nobody listens at the address."""
    timestamper = http_timestamper(f"http://127.0.0.1:{_closed_port()}/tsa", timeout=1)
    with pytest.raises(Unavailable):
        asyncio.run(prepare(card_pdf(), profile(pki, timestamper=timestamper)))
    with pytest.raises(Unavailable):
        asyncio.run(sign(prepared(pki), Pkcs12KeyHolder(pki.pkcs12), timestamper))
