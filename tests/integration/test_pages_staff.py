"""The officers' pages: what waits, what may be done, why the rest may not, and nothing lost on a refusal."""

from __future__ import annotations

from sqlalchemy import text
from werkzeug.test import TestResponse

from alur.wiring import House
from tests.pages_kit import Browser, form_of, officer
from tests.support import sample_data, state

TICKED = {"approve.checklist": ["identity", "photo", "diploma"]}


def act(browser: Browser, case: int, do: str, **values: object) -> TestResponse:
    """Perform a transition through the form on the officer's page."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return browser.send(f"/cases/{case}/act/{do}", named, page=f"/cases/{case}", action=f"/cases/{case}/act/{do}")


def approved(house: House, by: Browser, office: str = "palembang") -> int:
    """A case that waits for its signer."""
    case = Browser(house).register().submitted(office=office)
    answer = by.send(f"/cases/{case}/act/approve", TICKED, page=f"/cases/{case}", action=f"/cases/{case}/act/approve")
    assert answer.status_code == 303, answer.text
    return case


def test_the_inbox_is_for_officers(house: House) -> None:
    """An applicant is told, with a way on."""
    answer = Browser(house).register().get("/inbox")
    assert answer.status_code == 403
    assert "Ke permohonan saya" in answer.text


def test_an_officer_sees_the_queue_of_their_offices_alone(house: House) -> None:
    """A case of Palembang is in Palembang's queue, and is not there for Lamongan."""
    case = Browser(house).register().submitted()
    _, palembang = officer(house, "operator@palembang")
    _, lamongan = officer(house, "operator@lamongan")
    assert f"/cases/{case}" in palembang.get(f"/inbox?q={case}").text
    assert f"/cases/{case}" not in lamongan.get(f"/inbox?q={case}").text
    assert lamongan.get(f"/cases/{case}").status_code == 404


def test_an_empty_queue_says_what_to_do(house: House) -> None:
    """An officer without work reads why, and that the page may stay open."""
    _, idle = officer(house, "head@palembang")
    assert "Semua sudah dikerjakan" in idle.get("/inbox").text


def test_a_search_finds_a_person_by_nik_and_a_case_that_waits_for_nobody(house: House) -> None:
    """The NIK leads to the task; a case that is over is found by its number, beside the queue."""
    data = sample_data()
    siti = Browser(house).register()
    case = siti.submitted(data)
    _, operator = officer(house, "operator@palembang")
    assert f'href="/cases/{case}"' in operator.get(f"/inbox?q={data['nik']}").text
    siti.send(f"/cases/{case}/do/withdraw", {})
    found = operator.get(f"/inbox?q={case}").text
    assert "Tidak sedang menunggu Anda" in found
    assert "Ditarik kembali" in found


def test_take_the_next_one_claims_the_first_free_task(house: House) -> None:
    """Pulling opens a case that is then held; a second officer gets another one and reads who holds the first."""
    Browser(house).register().submitted()
    Browser(house).register().submitted()
    _, ani = officer(house, "operator@palembang", title="Ani Wulandari")
    _, budi = officer(house, "operator@palembang", title="Budi Santoso")
    first = ani.send("/inbox/next", {}, page="/inbox", action="/inbox/next").location
    second = budi.send("/inbox/next", {}, page="/inbox", action="/inbox/next").location
    assert first != second
    assert "Anda memegang tugas ini" in ani.get(first).text
    seen = budi.get(first).text
    assert "Sedang dipegang Ani Wulandari" in seen
    assert "Tugas ini sedang dipegang petugas lain" in seen


def test_a_refused_approval_tells_why_and_keeps_what_was_ticked(house: House) -> None:
    """The checklist is not finished: the case stays, the reason stands beside the button, the ticks remain."""
    case = Browser(house).register().submitted()
    _, operator = officer(house, "operator@palembang")
    answer = act(operator, case, "approve", approve__checklist=["identity", "photo"])
    assert answer.status_code == 409
    assert "Daftar periksa belum selesai" in answer.text
    again = form_of(answer.text, f"/cases/{case}/act/approve")
    assert again.getlist("approve.checklist") == ["identity", "photo"]
    assert state(house, case) == "verifying"


def test_a_return_without_a_reason_keeps_the_fields_that_were_chosen(house: House) -> None:
    """What is missing is named at its field."""
    case = Browser(house).register().submitted()
    _, operator = officer(house, "operator@palembang")
    answer = act(operator, case, "return", return__fields=["school", "photo"])
    assert answer.status_code == 409
    assert 'id="e-return.reason"' in answer.text
    assert form_of(answer.text, f"/cases/{case}/act/return").getlist("return.fields") == ["school", "photo"]


def test_a_returned_application_opens_exactly_the_fields_to_mend(house: House) -> None:
    """The applicant reads the note and meets the marked fields alone; once mended it can be submitted again."""
    siti = Browser(house).register()
    case = siti.submitted()
    _, operator = officer(house, "operator@palembang")
    usual = "Ada angka NIK yang salah."
    said = {"return__reason": "Lihat KTP.", "return__reason__usual": usual, "return__fields": ["nik"]}
    answer = act(operator, case, "return", **said)
    assert answer.status_code == 303
    seen = siti.get(f"/cases/{case}").text
    assert usual in seen
    assert "Lihat KTP." in seen
    page = f"/cases/{case}/sections/identity?mend=1"
    assert set(siti.form(page)) >= {"nik"}
    assert "name" not in siti.form(page)
    assert "Perlu diperbaiki" in seen
    siti.send(page, {"nik": sample_data()["nik"], "go": "next"})
    assert "Sudah diubah" in siti.get(f"/cases/{case}").text
    assert siti.submit(case).status_code == 303
    assert state(house, case) == "verifying"


def test_an_action_that_is_refused_says_why_beside_its_button(house: House) -> None:
    """Four eyes: who approved reads on the page why somebody else must sign."""
    _, both = officer(house, "operator@palembang", "signer@palembang")
    case = approved(house, both)
    page = both.get(f"/cases/{case}").text
    assert "disabled" in page
    assert "harus oleh orang lain" in page


def test_a_page_that_was_decided_meanwhile_tells_by_whom(house: House) -> None:
    """Two press approve: the second reads who was first and when."""
    case = Browser(house).register().submitted()
    _, ani = officer(house, "operator@palembang", title="Ani Wulandari")
    _, budi = officer(house, "operator@palembang", title="Budi Santoso")
    path = f"/cases/{case}/act/approve"
    late = budi.form(f"/cases/{case}", path)
    ani.send(path, TICKED, page=f"/cases/{case}", action=path)
    answer = budi.client.post(path, data=late)
    assert answer.status_code == 409
    assert "oleh Ani Wulandari pada" in answer.text


def test_signing_in_bulk_gives_each_case_its_own_outcome(house: House) -> None:
    """Two cards are signed, one case has moved on meanwhile: it stays with its reason, the others are done."""
    _, operator = officer(house, "operator@lamongan")
    cases = [approved(house, operator, "lamongan") for _ in range(3)]
    _, signer = officer(house, "signer@lamongan")
    page = "/inbox?role=signer"
    form = signer.form(page, "/inbox/bulk")
    html = signer.get(page).text
    ids = [part.split('"')[0] for part in html.split('name="task" value="')[1:]]
    wanted = [i for i in ids if int(i.split("-")[0]) in cases]
    assert len(wanted) == 3
    signer.send(f"/cases/{cases[0]}/act/sign", {}, page=f"/cases/{cases[0]}", action=f"/cases/{cases[0]}/act/sign")
    form.setlist("task", wanted)
    form.setlist("do", ["sign"])
    answer = signer.client.post("/inbox/bulk", data=form)
    told = signer.get(answer.location).text
    assert told.count("Selesai</span>") == 2
    assert "Tidak dikirim" in told
    assert "sekarang berstatus Terbit" in told
    assert {state(house, c) for c in cases} == {"issued"}


def test_who_has_one_queue_that_is_worked_in_bulk_chooses_there_at_once(house: House) -> None:
    """The signer's only tab is the selected one: its boxes and its button need no further click."""
    _, operator = officer(house, "operator@palembang")
    case = approved(house, operator)
    _, signer = officer(house, "signer@palembang")
    page = signer.get(f"/inbox?q={case}").text
    assert f'name="task" value="{case}-' in page
    assert form_of(page, "/inbox/bulk")["role"] == "signer"


def test_the_tab_of_all_queues_offers_nothing_in_bulk(house: House) -> None:
    """Who has several queues chooses one of them first."""
    _, both = officer(house, "operator@palembang", "signer@palembang")
    _, operator = officer(house, "operator@palembang")
    approved(house, operator)
    assert 'name="task"' not in both.get("/inbox").text
    assert 'name="task"' in both.get("/inbox?role=signer").text


def test_bulk_without_a_choice_asks_to_choose(house: House) -> None:
    """Nothing chosen, nothing done, and a sentence."""
    _, operator = officer(house, "operator@palembang")
    approved(house, operator)
    _, signer = officer(house, "signer@palembang")
    form = signer.form("/inbox?role=signer", "/inbox/bulk")
    form.setlist("do", ["sign"])
    answer = signer.client.post("/inbox/bulk", data=form)
    assert "Pilih dahulu" in signer.get(answer.location).text


def test_an_officer_enters_for_a_person(house: House) -> None:
    """BA1, PLM10: at the counter an officer fills in and submits; the history names the officer."""
    _, operator = officer(house, "operator@palembang", title="Ani Wulandari")
    case = operator.open_case(assisted="1")
    operator.fill(case)
    assert operator.submit(case).status_code == 303
    assert state(house, case) == "verifying"
    assert "Diajukan <span" in operator.get(f"/cases/{case}").text
    assert "Ani Wulandari" in operator.get(f"/cases/{case}").text


def test_looking_at_a_persons_data_is_recorded(house: House) -> None:
    """The officer's page leaves a row in the access log, the applicant's own does not."""
    siti = Browser(house).register()
    case = siti.submitted()
    siti.get(f"/cases/{case}")
    _, operator = officer(house, "operator@palembang")
    query = text("SELECT count(*) FROM access_log WHERE case_id = :c")
    with house.engine.connect() as db:
        assert db.execute(query, {"c": case}).scalar() == 0
    operator.get(f"/cases/{case}")
    with house.engine.connect() as db:
        assert db.execute(query, {"c": case}).scalar() == 1
