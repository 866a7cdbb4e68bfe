"""Giving a secret on the pages: once, for one card or for many, and never shown again."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from alur.wiring import House
from signing.errors import Uncertain
from signing.keyholder import Pkcs12KeyHolder
from tests.api_kit import Api, approved, refused
from tests.holders_kit import PASSPHRASE
from tests.pages_kit import Browser, officer
from tests.secret_kit import asking_house, desk_of, failed, restart
from tests.support import settle, state

WRONG = "salah-sekali-8812"
INBOX = "/inbox?role=signer"


@pytest.fixture(scope="module")
def asking(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose key asks for a passphrase."""
    with asking_house(house, tmp_path_factory.mktemp("asking")) as own:
        yield own


@pytest.fixture
def citra(asking: House) -> Browser:
    """A signer's browser."""
    desk_of(asking).look()
    return officer(asking, "signer@palembang")[1]


def sign_many(citra: Browser, cases: list[int], secret: str) -> str:
    """Choose cases in the inbox and sign them; the page of progress."""
    html = citra.get(INBOX).text
    ids = [part.split('"')[0] for part in html.split('name="task" value="')[1:]]
    form = citra.form(INBOX, "/inbox/bulk")
    form.setlist("task", [i for i in ids if int(i.split("-")[0]) in cases])
    form.setlist("do", ["sign"])
    form.setlist("secret", [secret])
    answer = citra.client.post("/inbox/bulk", data=form)
    assert secret == "" or secret not in answer.location
    return str(answer.location)


def test_many_are_signed_with_one_secret_that_no_page_repeats(asking: House, citra: Browser) -> None:
    """The inbox asks for it, and progress is told without scripts."""
    cases = [approved(asking) for _ in range(3)]
    page = citra.get(INBOX).text
    field = page[page.index('name="secret"') - 40 :][:300]
    assert 'type="password"' in field
    assert 'autocomplete="off"' in field
    assert "value=" not in field.split(">")[0]
    told = citra.get(sign_many(citra, cases, PASSPHRASE)).text
    assert "3 dari 3 selesai dikerjakan" in told
    assert "3 berhasil" in told
    assert PASSPHRASE not in told
    assert [state(asking, c) for c in cases] == ["issued"] * 3


def test_an_officer_is_told_whose_key_asks(asking: House, citra: Browser) -> None:
    """The office's, or the officer's own: each opens with another secret."""
    case = approved(asking)
    for own, words, english in (
        (False, "Sandi kunci tanda tangan kantor", "Passphrase of the office's signing key"),
        (True, "Sandi kunci tanda tangan Anda", "Passphrase of your signing key"),
    ):
        with patch("workers.secret_mail.Asks.is_own", return_value=own):
            for path in (INBOX, f"/cases/{case}"):
                citra.client.delete_cookie("language")
                assert words in citra.get(path).text
                citra.client.set_cookie("language", "en")
                assert english in citra.get(path).text
    assert sign_many(citra, [case], PASSPHRASE)


def test_without_the_secret_nothing_is_sent(asking: House, citra: Browser) -> None:
    """A sentence says so."""
    case = approved(asking)
    where = sign_many(citra, [case], "")
    assert "PIN atau sandi" in citra.get(where).text
    assert state(asking, case) == "approved"


def test_the_failed_stay_with_their_reason_and_are_tried_again_from_there(asking: House, citra: Browser) -> None:
    """The cause stands in words beside each; the page asks for the secret again."""
    cases = [approved(asking) for _ in range(2)]
    where = sign_many(citra, cases, WRONG)
    told = citra.get(where).text
    assert told.count("PIN atau sandi penanda tangan salah") == 2
    assert WRONG not in told
    again = citra.form(where, "/inbox/bulk")
    assert len(again.getlist("task")) == 2
    again.setlist("secret", [PASSPHRASE])
    citra.client.post("/inbox/bulk", data=again)
    assert [state(asking, c) for c in cases] == ["issued"] * 2


def test_while_cards_are_signed_the_page_renews_itself_without_scripts(asking: House, citra: Browser) -> None:
    """And asks for no secret meanwhile: what is being typed would be lost."""
    case = approved(asking)
    with patch("web.pages.bulk.transitions.ring"), patch("web.pages.bulk.PATIENCE", 0):
        where = sign_many(citra, [case], PASSPHRASE)
    told = citra.get(where).text
    assert '<noscript><meta http-equiv="refresh"' in told
    assert 'name="secret"' not in told
    settle(asking)
    done = citra.get(where).text
    assert "refresh" not in done
    assert "1 berhasil" in done


def test_all_that_match_are_chosen_beyond_the_page(asking: House, citra: Browser) -> None:
    """One press signs what the inbox finds, on other pages too."""
    cases = [approved(asking) for _ in range(3)]
    with patch("web.pages.inbox.PAGE", 2):
        page = citra.get(INBOX).text
    assert "Semua yang cocok, juga di halaman lain" in page
    form = citra.form(INBOX, "/inbox/bulk")
    for name, value in {"do": "sign", "every": "1", "secret": PASSPHRASE}.items():
        form.setlist(name, [value])
    citra.client.post("/inbox/bulk", data=form)
    assert [state(asking, c) for c in cases] == ["issued"] * 3


def test_one_card_is_signed_on_its_own_page(asking: House, citra: Browser) -> None:
    """Refused, the page comes back with the reason and an empty field."""
    case = approved(asking)
    path = f"/cases/{case}/act/sign"
    missing = citra.send(path, {"sign.secret": ""}, page=f"/cases/{case}", action=path)
    assert missing.status_code == 422
    assert "PIN atau sandi" in missing.text
    wrong = citra.send(path, {"sign.secret": WRONG}, page=f"/cases/{case}", action=path)
    assert WRONG not in wrong.text
    assert failed(asking, case) == "secret_wrong"
    retry = next(a for a in citra.get(f"/cases/{case}").text.split('action="')[1:] if "/retry" in a).split('"')[0]
    empty = citra.send(retry, {}, page=f"/cases/{case}", action=retry)
    assert empty.status_code == 422
    assert "Isikan PIN atau sandi" in empty.text
    citra.send(retry, {"retry.secret": PASSPHRASE}, page=f"/cases/{case}", action=retry)
    assert state(asking, case) == "issued"


def test_a_wrong_secret_is_told_with_its_cause_and_one_way_to_try_again(asking: House, citra: Browser) -> None:
    """The case page says what was wrong, both in answer and in the history with whose step it was; signing anew leads
    to the retry, which tells the same way."""
    case = approved(asking)
    path = f"/cases/{case}/act/sign"
    told = citra.send(path, {"sign.secret": WRONG}, page=f"/cases/{case}", action=path)
    assert told.status_code == 409
    assert "PIN atau sandi penanda tangan salah" in told.text
    assert "Petugas sudah diberi tahu" not in told.text
    assert "tidak ada yang berubah" not in told.text, "the history has it, and an incident is open"
    page = citra.get(f"/cases/{case}").text
    assert f'action="{path}"' not in page
    assert 'href="#incident"' in page
    line = next(part for part in page.split("<li>") if "penanda tangan salah" in part and "diminta oleh" in part)
    assert "sistem" not in line
    retry = next(a for a in page.split('action="')[1:] if "/retry" in a).split('"')[0]
    again = citra.send(retry, {"retry.secret": WRONG}, page=f"/cases/{case}", action=retry)
    assert again.status_code == 409
    assert "PIN atau sandi penanda tangan salah" in again.text
    retry = next(a for a in again.text.split('action="')[1:] if "/retry" in a).split('"')[0]
    citra.send(retry, {"retry.secret": PASSPHRASE}, page=f"/cases/{case}", action=retry)
    assert state(asking, case) == "issued"


def test_who_asked_for_a_signature_alone_gives_the_secret_again(asking: House, citra: Browser) -> None:
    """Whoever gives the secret signs: four eyes and the role are judged when a signature is asked for, and a colleague
    who knows the office's passphrase signs in their own name, by the transition, or not at all."""
    case = approved(asking)
    path = f"/cases/{case}/act/sign"
    citra.send(path, {"sign.secret": WRONG}, page=f"/cases/{case}", action=path)
    assert failed(asking, case) == "secret_wrong"
    row = next(part for part in citra.get(INBOX).text.split("<tr ") if f'href="/cases/{case}"' in part)
    assert "Gangguan" in row
    retry = next(a for a in citra.get(f"/cases/{case}").text.split('action="')[1:] if "/retry" in a).split('"')[0]
    for role in ("operator@palembang", "signer@palembang"):
        name, other = officer(asking, role)
        page = other.get(f"/cases/{case}").text
        assert "Tanda tangan ini diminta petugas lain" in page
        assert f'action="{retry}"' not in page
        answer = Api(asking, name).post(retry, {"secret": PASSPHRASE}, **{"Idempotency-Key": name})
        refused(answer, 403, "secret_not_yours")
        assert 'type="password"' not in other.get("/incidents").text
    assert failed(asking, case) == "secret_wrong"
    citra.send(retry, {"retry.secret": PASSPHRASE}, page=f"/cases/{case}", action=retry)
    assert state(asking, case) == "issued"


def test_what_a_lost_worker_left_is_signed_from_the_page_of_incidents(asking: House, citra: Browser) -> None:
    """All of the kind with one secret; what to do stands there in words."""
    cases = [approved(asking) for _ in range(2)]
    with patch("web.pages.bulk.transitions.ring"), patch("web.pages.bulk.PATIENCE", 0):
        sign_many(citra, cases, PASSPHRASE)
    restart(asking)
    settle(asking)
    assert [failed(asking, c) for c in cases] == ["needs_signer"] * 2
    page = citra.get("/incidents").text
    assert "Penanda tangan memberikannya lagi" in page
    assert 'type="password"' in page
    empty = citra.send("/incidents/retry", {}, page="/incidents", action="/incidents/retry")
    assert "PIN atau sandi" in citra.get(empty.location).text
    done = citra.send("/incidents/retry", {"secret": PASSPHRASE}, page="/incidents", action="/incidents/retry")
    assert "2 berhasil" in citra.get(done.location).text
    assert [state(asking, c) for c in cases] == ["issued"] * 2


def test_what_may_have_been_signed_is_settled_one_by_one_with_a_reason(asking: House, citra: Browser) -> None:
    """No button tries all of them again, signing anew is refused, and a retry asks what was found."""
    case = approved(asking)
    with patch.object(Pkcs12KeyHolder, "sign_raw", side_effect=Uncertain("uncertain", "The answer was lost.")):
        sign_many(citra, [case], PASSPHRASE)
    assert failed(asking, case) == "uncertain"
    assert "Diselesaikan satu per satu" in citra.get("/incidents?code=uncertain").text
    page = citra.get(f"/cases/{case}").text
    assert "mungkin sudah dikerjakan" in page
    assert f'action="/cases/{case}/act/sign"' not in page
    retry = next(a for a in page.split('action="')[1:] if "/retry" in a).split('"')[0]
    citra.send(retry, {"retry.secret": PASSPHRASE}, page=f"/cases/{case}", action=retry)
    assert failed(asking, case) == "uncertain"
    given = {"retry.secret": PASSPHRASE, "retry.reason": "Tidak ada tanda tangan di sana."}
    citra.send(retry, given, page=f"/cases/{case}", action=retry)
    assert state(asking, case) == "issued"


def test_a_key_that_asks_nobody_shows_no_field(house: House) -> None:
    """With the development key the pages are as they were."""
    case = approved(house)
    _, signer = officer(house, "signer@palembang")
    assert 'type="password"' not in signer.get(INBOX).text
    assert 'type="password"' not in signer.get(f"/cases/{case}").text
