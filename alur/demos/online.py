"""AK-1 online: from a draft to a card that its holder downloads and an employer checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alur.client import Client
from alur.demos.stage import WAIT, Stage, claim, do, tell_history, until, upload, verify

PERSON: dict[str, Any] = {
    "kind": "new",
    "nik": "1671015708010003",
    "name": "Siti Rahmawati",
    "birth_place": "Palembang",
    "birth_date": "2001-08-17",
    "sex": "female",
    "marital_status": "single",
    "religion": "islam",
    "address": "Jl. Merdeka No. 12, RT 03/RW 01, Kel. 19 Ilir",
    "kecamatan": "Bukit Kecil",
    "phone": "0812 3456 7890",
    "education": "s1",
    "school": "Universitas Contoh",
    "major": "Akuntansi",
    "graduation_year": 2023,
    "skills": ["Pembukuan (2022)", "Spreadsheet (2021)"],
    "experience": ["Kasir, Toko Musi (2023–2025)"],
    "employed": False,
    "notices": True,
}


def play(stage: Stage, folder: Path) -> dict[str, Any]:
    """What the demo's report says of the case; writes its card into `folder`."""
    siti, operator, signer = (stage.people[name] for name in ("siti", "operator", "signer"))
    report, case = stage.report, _apply(stage, stage.people["siti"])
    here = f"/api/v1/cases/{case}"
    with report.step("operator claims the task and returns it: the name differs on the diploma"):
        claim(operator, here)
        given = {"reason": "Nama pada ijazah berbeda dengan KTP; mohon diperiksa.", "fields": ["name"]}
        do(operator, here, {"do": "return", "input": given}, "correction")
    with report.step("applicant mends the name and sends it again"):
        seen = siti.call("GET", here).revision
        siti.call("PUT", f"{here}/data", body=PERSON | {"name": "Siti Nur Rahmawati"}, If_Match=seen)
        do(siti, here, {"do": "resubmit"}, "verifying")
    with report.step("operator checks identity, photo and diploma, and approves"):
        claim(operator, here)
        do(operator, here, {"do": "approve", "checklist": ["identity", "photo", "diploma"]}, "approved")
    with report.step("signer signs; the card is drawn, signed PAdES B-LT, verified and published"):
        claim(signer, here)
        signer.call("POST", f"{here}/transitions", body={"do": "sign"}, Prefer=WAIT)
        until(siti, here, "issued")
    with report.step("applicant downloads the card"):
        pdf = siti.call("GET", f"{here}/card.pdf").body
        (folder / "card.pdf").write_bytes(pdf)
    code = siti.call("GET", here).json()["card"]["code"]
    with report.step("an employer follows the QR and uploads the file"):
        verify(stage, code, pdf)
    return {"case": case, "verify_code": code, "history_head": tell_history(siti, here)}


def _apply(stage: Stage, siti: Client) -> int:
    with stage.report.step("applicant opens an application and fills in the form"):
        opened = siti.call("POST", "/api/v1/cases", body={"process": "ak1-online", "office": "palembang"}, expect=201)
        case = int(opened.json()["id"])
        here = f"/api/v1/cases/{case}"
        siti.call("PUT", f"{here}/data", body=PERSON, If_Match=opened.revision)
    with stage.report.step("uploads a photo with EXIF, a scanned KTP and a diploma"):
        upload(siti, here, PERSON["name"], PERSON["nik"])
    with stage.report.step("submits; intake checks run"):
        siti.call("POST", f"{here}/transitions", body={"do": "submit"}, Prefer=WAIT)
        until(siti, here, "verifying")
    return case
