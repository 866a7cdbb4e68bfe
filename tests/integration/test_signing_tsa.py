"""A time-stamping authority over HTTP: one that works, and the ways in which one fails."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import pytest
from asn1crypto import tsp
from signing_kit import card_pdf, prepared, profile

from alur.setting_values import SettingsError
from alur.settings import load
from signing.cms import token_of
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Rejected, Unavailable
from signing.keyholder import Pkcs12KeyHolder
from signing.phases import finish, prepare, sign
from signing.stampers import REST, SeveralTimeStampers
from signing.timestamps import http_timestamper, local_timestamper
from signing.trust import Trust
from signing.verify import verify
from tests.away_kit import Counting
from tests.levels_kit import Outage

#: The moment of the tests' clock, in seconds.
MOMENT = [0.0]


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


def several(*urls: str) -> SeveralTimeStampers:
    """Authorities that are asked in this order, with a clock that a test moves."""
    return SeveralTimeStampers([http_timestamper(url, timeout=1) for url in urls], lambda: MOMENT[0])


@pytest.mark.parametrize("path", ["", "/broken", "/garbage", "/refusing", "/other"])
def test_while_the_first_authority_is_away_the_next_one_stamps(pki: DevelopmentPki, authority: str, path: str) -> None:
    """Nobody listens, or nothing of use comes back: the card is at its level all the same."""
    first = authority + path if path else f"http://127.0.0.1:{_closed_port()}/tsa"
    timestamper = several(first, authority + "/tsa")
    ready = asyncio.run(prepare(card_pdf(), profile(pki, timestamper=timestamper)))
    cms = asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), timestamper))
    assert verify(finish(ready, cms), Trust(roots=pki.trust.roots)).ok


def test_an_authority_that_was_away_is_asked_first_again_after_a_minute(pki: DevelopmentPki, authority: str) -> None:
    """Until then nobody waits for it; where all are away that is told."""
    first, second = (Counting(local_timestamper(pki)) for _ in range(2))
    timestamper = SeveralTimeStampers([first, second], lambda: MOMENT[0])
    asked = lambda: (first.asked, second.asked)  # noqa: E731

    def stamp() -> None:
        asyncio.run(token_of(bytes(32), "sha256", timestamper))

    stamp()
    assert asked() == (1, 0)
    with patch.object(first, "other", Outage()):
        stamp()
        stamp()
        assert asked() == (2, 2)
        MOMENT[0] += REST + 1
        stamp()
        assert asked() == (3, 3)
        with patch.object(second, "other", Outage()), pytest.raises(Unavailable) as told:
            stamp()
    assert told.value.code == "tsa_unavailable"
    MOMENT[0] += REST + 1
    before = asked()
    stamp()
    assert asked() == (before[0] + 1, before[1])


def test_an_authority_that_is_not_trusted_is_left_out(pki: DevelopmentPki, tmp_path: Path, authority: str) -> None:
    """Its stamp would not hold; where none is trusted the card is refused with the reason."""
    stranger = local_timestamper(ensure_development_pki(tmp_path / "other"))
    both = SeveralTimeStampers([stranger, local_timestamper(pki)])
    ready = asyncio.run(prepare(card_pdf(), profile(pki, timestamper=both)))
    cms = asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), both))
    assert verify(finish(ready, cms), Trust(roots=pki.trust.roots)).ok
    with pytest.raises(Rejected) as told:
        asyncio.run(prepare(card_pdf(), profile(pki, timestamper=SeveralTimeStampers([stranger]))))
    assert told.value.code == "timestamper_rejected"


def test_the_setting_takes_one_address_or_several(tmp_path: Path) -> None:
    """With commas or spaces between; each is looked at."""
    for text in ("http://a/tsa https://b/tsa", "http://a/tsa, https://b/tsa", "http://a/tsa,https://b/tsa"):
        assert load({"ALUR_TSA_URL": text}, tmp_path).tsa_urls == ("http://a/tsa", "https://b/tsa")
    assert load({}, tmp_path).tsa_urls == ()
    for wrong in ("http://a/tsa ftp://b/tsa", ","):
        with pytest.raises(SettingsError, match="ALUR_TSA_URL"):
            load({"ALUR_TSA_URL": wrong}, tmp_path)
