"""Signing many with one secret, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from alur.furnish import demo_password
from alur.wiring import House
from signing.errors import Uncertain
from signing.keyholder import Pkcs12KeyHolder
from tests.api_kit import approved, ports_of
from tests.browser.conftest import Eye, Site
from tests.browser.test_pages_path import sign_in, visitor
from tests.holders_kit import PASSPHRASE
from tests.secret_kit import asking_house, desk_of
from tests.support import state
from web.app import create_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asking(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Pages of a house whose key asks for a passphrase."""
    with asking_house(house, tmp_path_factory.mktemp("asking")) as own:
        server = make_server("127.0.0.1", 0, create_app(ports_of(own)), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Site(own, f"http://127.0.0.1:{server.server_port}", demo_password(own.settings))
        server.shutdown()
        thread.join()


def test_many_are_signed_failed_and_tried_again(browser: Browser, asking: Site, eye: Eye) -> None:
    """A wrong passphrase is told beside each case, the right one signs them; what is uncertain is settled alone."""
    cases = [approved(asking.house) for _ in range(3)]
    desk_of(asking.house).look()
    citra = visitor(browser)
    sign_in(citra, asking, "signer")
    citra.goto(f"{asking.url}/inbox?role=signer")
    citra.get_by_label("Pilih semua di halaman ini").check()
    citra.get_by_label("Sandi kunci tanda tangan kantor").fill("keliru")
    eye.look(citra, "80-sign-many")
    citra.get_by_role("button", name="Tanda tangani").click()
    expect(citra.get_by_text("PIN atau sandi penanda tangan salah").first).to_be_visible()
    eye.look(citra, "81-sign-many-wrong")
    citra.get_by_label("Sandi kunci tanda tangan kantor").fill(PASSPHRASE)
    citra.get_by_role("button", name="Coba lagi yang dipilih").click()
    expect(citra.get_by_text("3 berhasil").first).to_be_visible()
    eye.look(citra, "82-signed-many")
    assert [state(asking.house, c) for c in cases] == ["issued"] * 3

    case = approved(asking.house)
    citra.goto(f"{asking.url}/cases/{case}")
    eye.look(citra, "83-sign-one")
    citra.get_by_label("Sandi kunci tanda tangan kantor").fill(PASSPHRASE)
    with patch.object(Pkcs12KeyHolder, "sign_raw", side_effect=Uncertain("uncertain", "The answer was lost.")):
        citra.get_by_role("button", name="Tanda tangani").click()
        expect(citra.get_by_text("Mungkin sudah ditandatangani").first).to_be_visible()
    citra.goto(f"{asking.url}/incidents")
    eye.look(citra, "84-uncertain-kinds")
    citra.goto(f"{asking.url}/cases/{case}")
    eye.look(citra, "85-uncertain")
    citra.get_by_label("Apa yang Anda temukan di layanan tanda tangan?").fill("Tidak ada tanda tangan di sana.")
    citra.get_by_label("Sandi kunci tanda tangan kantor").fill(PASSPHRASE)
    citra.get_by_role("button", name="Coba lagi").click()
    expect(citra.get_by_text("Terbit").first).to_be_visible()
    assert state(asking.house, case) == "issued"
