"""Filling in and submitting, as a browser without scripts does it: nothing is lost, nothing is made twice."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import ports_of
from tests.pages_kit import Browser, entries, form_of
from tests.support import photo, sample_data, state
from web.app import create_app


def count(house: House, query: str, **values: Any) -> int:
    """What a query counts."""
    with house.engine.connect() as db:
        return int(db.execute(text(query), values).scalar_one())


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(house: House) -> None:
    """A page of a person leads through the sign-in to itself."""
    nobody = Browser(house)
    answer = nobody.get("/cases/new?office=lamongan")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/cases/new?office%3Dlamongan"
    values = {"title": "Siti", "name": f"s{uuid.uuid4().hex[:10]}", "password": "kuda-lumping-naik"}
    onward = nobody.send("/register", values, page="/register?next=/cases/new?office%3Dlamongan")
    assert onward.location == "/cases/new?office=lamongan"


@pytest.mark.parametrize(
    "target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(house: House, target: str) -> None:
    """`next` counts only as a path of ours."""
    values = {"title": "A", "name": f"n{uuid.uuid4().hex[:10]}", "password": "kuda-lumping", "next": target}
    answer = Browser(house).send("/register", values)
    assert answer.location == "/cases"


def test_an_application_is_filled_in_and_submitted_without_scripts(house: House) -> None:
    """Forms and links alone carry an application to the office."""
    siti = Browser(house).register()
    case = siti.open_case()
    assert "1 dari 7 bagian selesai" in siti.get(f"/cases/{case}").text
    siti.fill(case)
    assert "7 dari 7 bagian selesai" in siti.get(f"/cases/{case}").text
    answer = siti.submit(case)
    receipt = siti.get(answer.location).text
    assert "Permohonan diajukan" in receipt
    assert "GRATIS" in receipt
    assert state(house, case) == "verifying"
    assert "Sedang diperiksa" in siti.get(f"/cases/{case}").text


def test_a_form_sent_twice_submits_once(house: House) -> None:
    """Two sends of one form are one command, and both lead to the same receipt."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.fill(case)
    form = siti.form(f"/cases/{case}/check")
    first, second = (siti.client.post(f"/cases/{case}/check", data=form) for _ in range(2))
    assert first.location == second.location
    assert count(house, "SELECT count(*) FROM command WHERE case_id = :c AND actor ~ '^[0-9]'", c=case) == 1


def test_a_start_sent_twice_opens_one_case(house: House) -> None:
    """Two sends of the starting form lead to the same draft."""
    siti = Browser(house).register()
    form = siti.form("/cases/new")
    form.setlist("office", ["palembang"])
    first, second = (siti.client.post("/cases/new", data=form) for _ in range(2))
    assert first.location == second.location


def test_a_wrong_entry_comes_back_with_everything_that_was_entered(house: House) -> None:
    """The page tells what to mend, beside the field and at the top, and loses nothing."""
    siti = Browser(house).register()
    case = siti.open_case()
    path = f"/cases/{case}/sections/identity"
    values = entries(sample_data(nik="12"))["identity"]
    answer = siti.send(path, {**values, "go": "next"})
    assert answer.status_code == 422
    assert answer.text.count("NIK harus tepat 16 angka") == 2
    assert 'aria-invalid="true"' in answer.text
    sent_back = form_of(answer.text)
    assert {name: sent_back[name] for name in values} == values
    assert 'value="Siti Rahmawati"' not in siti.get(path).text


def test_save_and_continue_later_takes_an_unfinished_section(house: House) -> None:
    """What is there is kept; what is missing is asked for later."""
    siti = Browser(house).register()
    case = siti.open_case()
    answer = siti.send(f"/cases/{case}/sections/identity", {"name": "Siti R", "go": "later"})
    assert answer.location == f"/cases/{case}/fill"
    assert 'value="Siti R"' in siti.get(f"/cases/{case}/sections/identity").text
    assert "Belum lengkap" in siti.get(f"/cases/{case}").text


def test_a_stale_tab_is_told_and_keeps_its_entries(house: House) -> None:
    """A form that was opened before another save is answered 412 with its entries, and its next send is taken."""
    siti = Browser(house).register()
    case = siti.open_case()
    path = f"/cases/{case}/sections/request"
    old = siti.form(path)
    old.setlist("kind", ["change"])
    siti.send(f"/cases/{case}/sections/education", {"school": "SMA 1", "go": "later"})
    answer = siti.client.post(path, data=old)
    assert answer.status_code == 412
    assert "berubah di tempat lain" in answer.text
    again = form_of(answer.text)
    assert again["kind"] == "change"
    assert siti.client.post(path, data=again).status_code == 303
    assert 'value="SMA 1"' in siti.get(f"/cases/{case}/sections/education").text


def autosave(siti: Browser, case: int, section: str, values: dict[str, str], revision: str | None = None) -> Any:
    """What the script sends while a person types."""
    path = f"/cases/{case}/sections/{section}"
    form = siti.form(path)
    headers = {"X-CSRFToken": form["csrf_token"], "If-Match": f'"{revision or form["revision"]}"'}
    return siti.client.put(path, json=values, headers=headers)


def test_autosave_keeps_what_is_right_and_says_when(house: House) -> None:
    """A wrong entry stays in the browser, the others are saved."""
    siti = Browser(house).register()
    case = siti.open_case()
    answer = autosave(siti, case, "identity", {"nik": "12", "name": "Siti R"})
    assert answer.json["words"].startswith("tersimpan ")
    assert answer.json["complete"] is False
    page = siti.get(f"/cases/{case}/sections/identity").text
    assert 'value="Siti R"' in page
    assert 'value="12"' not in page


def test_autosave_of_a_stale_tab_is_refused_in_words(house: House) -> None:
    """412, a sentence, and nothing saved."""
    siti = Browser(house).register()
    case = siti.open_case()
    autosave(siti, case, "identity", {"name": "Siti R"})
    answer = autosave(siti, case, "identity", {"name": "Lain"}, revision="0")
    assert answer.status_code == 412
    assert "berubah di tempat lain" in answer.json["words"]
    assert 'value="Siti R"' in siti.get(f"/cases/{case}/sections/identity").text


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": 1}', b"\xff"])
def test_a_malformed_autosave_changes_nothing(house: House, body: bytes) -> None:
    """400 with a page, whatever was sent."""
    siti = Browser(house).register()
    case = siti.open_case()
    form = siti.form(f"/cases/{case}/sections/identity")
    headers = {"X-CSRFToken": form["csrf_token"], "Content-Type": "application/json"}
    answer = siti.client.put(f"/cases/{case}/sections/identity", data=body, headers=headers)
    assert answer.status_code == 400
    assert count(house, "SELECT saves FROM case_ WHERE id = :c", c=case) == 0


def test_a_form_without_our_token_changes_nothing(house: House) -> None:
    """A forged form is answered 403, in words."""
    siti = Browser(house).register()
    case = siti.open_case()
    answer = siti.client.post(f"/cases/{case}/sections/request", data={"kind": "new", "go": "next"})
    assert answer.status_code == 403
    assert "terlalu lama terbuka" in answer.text
    assert count(house, "SELECT saves FROM case_ WHERE id = :c", c=case) == 0


def test_what_a_person_enters_is_shown_as_text(house: House) -> None:
    """Markup in an entry is told, never obeyed."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.send(f"/cases/{case}/sections/identity", {"name": '"><script>x</script>', "go": "later"})
    for page in (f"/cases/{case}/sections/identity", f"/cases/{case}/check"):
        shown = siti.get(page).text
        assert "<script>x" not in shown
        assert "&lt;script&gt;x" in shown


def test_somebody_elses_case_is_not_there(house: House) -> None:
    """404 for every page of it, as for one that does not exist."""
    case = Browser(house).register().open_case()
    other = Browser(house).register()
    for path in ("", "/check", "/sections/request", "/documents", "/documents/photo", "/card", "/card.pdf", "/fill"):
        assert other.get(f"/cases/{case}{path}").status_code == 404, path
    assert other.get("/cases/99999999999999999999").status_code == 404


def bmp() -> bytes:
    """A picture of a type that nobody asked for."""
    out = io.BytesIO()
    Image.new("RGB", (90, 120)).save(out, "BMP")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "Berkas kosong"),
        (bmp(), 415, "Jenis berkas ini tidak diterima"),
        (photo(400, 300), 422, "Perbandingan lebar dan tinggi"),
        (photo()[:2000], 422, "Berkas rusak atau tidak lengkap"),
        (photo() + b"\0" * 3_000_000, 413, "Berkas terlalu besar"),
    ],
    ids=["empty", "disguised", "ratio", "cut off", "too large"],
)
def test_a_refused_file_says_why_beside_its_field(house: House, content: bytes, status: int, words: str) -> None:
    """The page comes back with the reason, and no document is kept."""
    siti = Browser(house).register()
    case = siti.open_case()
    answer = siti.upload(case, "photo", content)
    assert answer.status_code == status
    assert answer.text.count(words) >= 2
    assert count(house, "SELECT count(*) FROM document WHERE case_id = :c", c=case) == 0


def test_who_chose_no_file_is_asked_to_choose_one(house: House) -> None:
    """The button alone, as a browser sends it: a part without a name and without content."""
    siti = Browser(house).register()
    page = f"/cases/{siti.open_case()}/documents"
    sent = {**siti.form(page, f"{page}/photo").to_dict(), "file": (io.BytesIO(b""), "")}
    answer = siti.client.post(f"{page}/photo", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.text.count("Pilih berkas dahulu") >= 2


def test_a_document_is_served_locked_in(house: House) -> None:
    """What a person uploaded runs nothing, is not guessed at, and is not kept by the browser."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.upload(case, "photo", photo())
    for query in ("", "?original=1"):
        answer = siti.get(f"/cases/{case}/documents/photo{query}")
        assert answer.content_type == "image/jpeg"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    saved = siti.get(f"/cases/{case}/documents/photo?original=1&save=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.data == photo()


def test_a_document_taken_away_twice_is_no_error(house: House) -> None:
    """The second click finds nothing left to do."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.upload(case, "photo", photo())
    page = f"/cases/{case}/documents"
    form = siti.form(page, f"{page}/photo/remove")
    for _ in range(2):
        assert siti.client.post(f"{page}/photo/remove", data=form).status_code == 303
    assert "Wajib, belum ada" in siti.get(page).text


def test_an_incomplete_application_is_refused_with_the_way_to_each_entry(house: House) -> None:
    """Submitting too early names what is missing, as links, and leaves the draft."""
    siti = Browser(house).register()
    case = siti.open_case()
    answer = siti.submit(case)
    assert answer.status_code == 409
    assert f'href="/cases/{case}/sections/identity#f-nik"' in answer.text
    assert state(house, case) == "draft"


def test_a_submission_is_accepted_and_waits_while_no_worker_answers(house: House) -> None:
    """PLM5: who submits while the queue is away reads that it was received and waits."""
    app = create_app(ports_of(house, ring=lambda: False, await_outcome=lambda _case, look, _seconds: look()))
    siti = Browser(house, app).register()
    case = siti.open_case()
    siti.fill(case)
    answer = siti.submit(case)
    receipt = siti.get(answer.location)
    assert "Permohonan diterima dan menunggu" in receipt.text
    assert f'data-live="/cases/{case}/sent/' in receipt.text
    assert count(house, "SELECT count(*) FROM command WHERE case_id = :c AND status = 'pending'", c=case) == 1


def test_an_outage_of_the_queue_is_told_on_every_page(house: House) -> None:
    """PLM16: while Redis is away a banner says that what is sent is kept, and need not be sent again."""
    app = create_app(ports_of(house, redis_url="unix:///nowhere/valkey.sock"))
    assert "Antrean sedang terganggu" in Browser(house, app).register().get("/cases").text
    assert "Antrean sedang terganggu" not in Browser(house).register().get("/cases").text


def test_the_autosave_body_is_json(house: House) -> None:
    """Scripts get JSON from the autosave, never a page."""
    siti = Browser(house).register()
    case = siti.open_case()
    assert json.loads(autosave(siti, case, "request", {"kind": "new"}).data)["revision"] == 1
