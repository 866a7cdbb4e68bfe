"""After submitting: a stale tab and the back button lead to the case and change nothing; it may be taken back."""

from __future__ import annotations

import io

import pytest

from alur.wiring import House
from tests.pages_kit import Browser
from tests.support import photo, state


def test_a_second_tab_that_submits_again_is_led_to_the_case(house: House) -> None:
    """Another form of the same case finds it submitted: its page says so with the number, and nothing is done twice."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.fill(case)
    late = siti.form(f"/cases/{case}/check")
    siti.submit(case)
    answer = siti.client.post(f"/cases/{case}/check", data=late)
    assert answer.status_code == 303
    assert answer.location == f"/cases/{case}"
    assert f"sudah diajukan, nomor {case}" in siti.get(answer.location).text
    assert state(house, case) == "verifying"


@pytest.mark.parametrize("part", ["check", "documents", "sections/identity"])
def test_a_page_of_the_form_opened_after_submitting_leads_to_the_case(house: House, part: str) -> None:
    """The back button meets the case as it is now, in words, not an error about saving."""
    siti = Browser(house).register()
    case = siti.submitted()
    answer = siti.get(f"/cases/{case}/{part}")
    assert answer.status_code == 303
    assert answer.location == f"/cases/{case}"
    told = siti.get(answer.location).text
    assert f"sudah diajukan, nomor {case}" in told
    assert "Sedang diperiksa" in told


def test_a_form_of_a_stale_tab_sent_after_submitting_leads_to_the_case(house: House) -> None:
    """Section, upload and removal: nothing is changed, and the person reads where the application is."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.fill(case)
    section, papers = f"/cases/{case}/sections/identity", f"/cases/{case}/documents"
    sends = [(section, siti.form(section)), (f"{papers}/photo/remove", siti.form(papers, f"{papers}/photo/remove"))]
    sends.append((f"{papers}/photo", siti.form(papers, f"{papers}/photo")))
    siti.submit(case)
    for path, form in sends:
        file = {"file": (io.BytesIO(photo()), "foto.jpg")} if path.endswith("/photo") else {}
        answer = siti.client.post(path, data={**form.to_dict(), **file})
        assert (answer.status_code, answer.location) == (303, f"/cases/{case}"), path
    assert f"sudah diajukan, nomor {case}" in siti.get(f"/cases/{case}").text


def test_the_form_of_a_case_that_is_over_leads_to_its_state(house: House) -> None:
    """Who took the application back reads that it was taken back."""
    siti = Browser(house).register()
    case = siti.submitted()
    siti.send(f"/cases/{case}/do/withdraw", {})
    answer = siti.get(f"/cases/{case}/check")
    assert answer.location == f"/cases/{case}"
    assert "Ditarik kembali" in siti.get(answer.location).text


def test_autosave_after_submitting_stays_a_refusal(house: House) -> None:
    """A script is led nowhere: 409."""
    siti = Browser(house).register()
    case = siti.open_case()
    siti.fill(case)
    path = f"/cases/{case}/sections/identity"
    form = siti.form(path)
    siti.submit(case)
    headers = {"X-CSRFToken": form["csrf_token"], "If-Match": f'"{form["revision"]}"'}
    assert siti.client.put(path, json={"name": "Lain"}, headers=headers).status_code == 409


def test_a_withdrawal_is_asked_once_more_and_then_done(house: House) -> None:
    """The applicant may take an application back while the definition says so."""
    siti = Browser(house).register()
    case = siti.submitted()
    assert f"/cases/{case}/do/withdraw" in siti.get(f"/cases/{case}").text
    assert "tidak dapat dibatalkan" in siti.get(f"/cases/{case}/do/withdraw").text
    assert siti.send(f"/cases/{case}/do/withdraw", {}).status_code == 303
    assert state(house, case) == "withdrawn"
    assert siti.get(f"/cases/{case}/do/withdraw").status_code == 409
