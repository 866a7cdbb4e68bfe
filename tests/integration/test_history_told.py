"""A history for those who work on the case: acts by role, and what was said with them."""

from __future__ import annotations

from alur.wiring import House
from tests.api_kit import Api, applicant
from tests.api_kit import officer as clerk
from tests.counter_kit import act, at_the_counter
from tests.dossier_kit import dossier
from tests.drain_kit import rows
from tests.pages_kit import officer

SAID = "Pasfoto kabur di sudut kiri."


def test_what_an_officer_did_for_the_applicant_is_the_officers_act(quiet: House) -> None:
    """The history's role is the officer's own, and says for whom; the dossier names roles alone."""
    case = at_the_counter(quiet)
    act(quiet, case, "return", given={"reason": SAID, "fields": ["photo"]})
    act(quiet, case, "resubmit", submits=True)
    name, ani = officer(quiet, "operator@lamongan", title="Ani Wulandari")
    api = Api(quiet, name)
    api.post(f"/tasks/{api.get(f'/cases/{case}').json['task']['id']}/claim")
    act(quiet, case, "print", by=name, checklist=("identity", "photo", "diploma"))
    act(quiet, case, "seeker_signs", by=name, given={"how": "paper"})

    told = [e for e in api.get(f"/cases/{case}/history").json["entries"] if e["do"] or e["type"] == "task_claimed"]
    done = [(e["do"] or e["type"], e["role"], e["for_party"]) for e in told if e["who"] != "sistem"]
    assert done == [
        ("submit", "Petugas loket", True),
        ("return", "Petugas loket", False),
        ("resubmit", "Petugas loket", True),
        ("task_claimed", "Petugas loket", False),
        ("print", "Petugas loket", False),
        ("seeker_signs", "Petugas loket", True),
    ]
    words = dossier(api, case)
    assert "Diajukan Petugas loket (atas nama pemohon)" in words
    assert "Tugas diambil Petugas loket" in words
    history = words.partition("Riwayat")[2]
    assert "Ani Wulandari" not in history
    assert "Pencari kerja (" not in history
    page = ani.get(f"/cases/{case}").text.partition(">Riwayat<")[2]
    assert "Diajukan" in page
    assert "(atas nama pemohon)" in page


def test_reasons_stand_under_their_line_for_staff_and_in_the_dossier(quiet: House) -> None:
    """Also after later moves, with the places by their titles; reading them is a look, and the history's events still
    hold nothing of them."""
    case = at_the_counter(quiet)
    act(quiet, case, "return", given={"reason": SAID, "fields": ["photo"], "cause": "photo"})
    act(quiet, case, "resubmit", submits=True)
    name, ani = officer(quiet, "operator@lamongan")
    page = ani.get(f"/cases/{case}").text
    assert page.count(SAID) == 1
    assert f"Alasan: {SAID}" in page.partition(">Riwayat<")[2]
    assert "Pasfoto tidak jelas" in page
    words = dossier(Api(quiet, name), case)
    assert f"Alasan: {SAID}" in words
    assert "Pasfoto berwarna 3×4" in words
    (entry,) = [e for e in Api(quiet, name).get(f"/cases/{case}/history").json["entries"] if e["do"] == "return"]
    assert [(s["name"], s["text"]) for s in entry["said"]] == [
        ("reason", SAID),
        ("fields", "Pasfoto berwarna 3×4"),
        ("cause", "Pasfoto tidak jelas"),
    ]
    assert SAID not in str(entry["body"])
    looks = rows(quiet, "SELECT what FROM access_log WHERE case_id = :c", c=case)
    assert "input" in {row.what for row in looks}


def test_the_party_is_told_no_more_of_reasons_than_the_definition_says(house: House) -> None:
    """Its history names acts only; the reason stands where its page shows it, for the last move."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    clerk(house, "operator@palembang").do(case, "return", input={"reason": SAID, "fields": ["ktp"]})
    entries = siti.get(f"/cases/{case}/history").json["entries"]
    assert {len(e["said"]) for e in entries} == {0}
    assert SAID not in siti.get(f"/cases/{case}/history").get_data(as_text=True)


def test_who_may_not_see_the_case_reads_no_reasons(house: House) -> None:
    """The case itself is none to them."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    clerk(house, "operator@palembang").do(case, "return", input={"reason": SAID, "fields": ["ktp"]})
    assert clerk(house, "operator@lamongan").get(f"/cases/{case}/history").status_code == 404
