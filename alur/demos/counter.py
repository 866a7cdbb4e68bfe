"""AK-1 at the counter: entered by an officer, printed, corrected, printed anew, signed by two, handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alur.client import Client, SurpriseError
from alur.demos.stage import WAIT, Stage, claim, do, tell_history, until, upload, verify

PERSON: dict[str, Any] = {
    "kind": "new",
    "nik": "3524126203990001",
    "name": "Rina Wahyuni",
    "birth_place": "Lamongan",
    "birth_date": "1999-03-22",
    "sex": "female",
    "marital_status": "single",
    "religion": "islam",
    "address": "Jl. Veteran No. 8, RT 02/RW 03, Kel. Banjarmendalan",
    "kecamatan": "Lamongan",
    "education": "smk",
    "school": "SMK Negeri 1 Lamongan",
    "major": "Tata Busana",
    "graduation_year": 2017,
    "skills": ["Menjahit (2017)"],
    "employed": False,
}


def play(stage: Stage, folder: Path) -> None:
    """Carry one case through the seven steps; writes its prints and its card into `folder`."""
    operator, signer, report = stage.people["operator"], stage.people["signer"], stage.report
    here = f"/api/v1/cases/{_enter(stage, operator)}"
    with report.step("counter: officer checks the papers and prints the card"):
        claim(operator, here)
        do(operator, here, {"do": "print", "checklist": ["identity", "photo", "diploma"]}, "printed")
        first = _printed(operator, here, folder / "print-1.pdf")
    with report.step("counter: the seeker finds a mistake on the print; it is corrected"):
        claim(operator, here)
        given = {"reason": "Nomor rumah keliru pada cetakan.", "fields": ["address"]}
        do(operator, here, {"do": "correct", "input": given}, "amending")
        mended = PERSON | {"address": "Jl. Veteran No. 18, RT 02/RW 03, Kel. Banjarmendalan"}
        operator.call("PUT", f"{here}/data", body=mended, If_Match=operator.call("GET", here).revision)
        do(operator, here, {"do": "amend"}, "amended")
    with report.step("counter: printed anew under the same number; the first print is void"):
        claim(operator, here)
        do(operator, here, {"do": "reprint", "checklist": ["amended"]}, "printed")
        second = _printed(operator, here, folder / "print-2.pdf")
        _told(stage, {first: "void", second: "unknown"})
    with report.step("counter: the seeker signs on paper, the placement officer signs PAdES B-LT"):
        do(operator, here, {"do": "seeker_signs", "input": {"how": "paper"}}, "seeker_signed")
        claim(signer, here)
        do(signer, here, {"do": "sign"}, "signed")
    with report.step("counter: the card is verified and handed over; an employer checks it"):
        claim(operator, here)
        do(operator, here, {"do": "handover"}, "issued")
        pdf = operator.call("GET", f"{here}/card.pdf").body
        (folder / "counter-card.pdf").write_bytes(pdf)
        verify(stage, operator.call("GET", here).json()["card"]["code"], pdf)
        _told(stage, {first: "void", second: "valid"})
    tell_history(operator, here)


def _enter(stage: Stage, operator: Client) -> int:
    with stage.report.step("counter: officer enters a person without account, and the papers"):
        body = {"process": "ak1-counter", "office": "lamongan"}
        opened = operator.call("POST", "/api/v1/cases", body=body, expect=201)
        case = int(opened.json()["id"])
        here = f"/api/v1/cases/{case}"
        operator.call("PUT", f"{here}/data", body=PERSON, If_Match=opened.revision)
        upload(operator, here, PERSON["name"], PERSON["nik"])
    with stage.report.step("counter: submitted; fifteen minutes run"):
        operator.call("POST", f"{here}/transitions", body={"do": "submit"}, Prefer=WAIT)
        until(operator, here, "checking")
    return case


def _printed(operator: Client, here: str, file: Path) -> str:
    """Download the print that counts; its code."""
    file.write_bytes(operator.call("GET", f"{here}/print.pdf").body)
    return str(operator.call("GET", here).json()["printed"]["code"])


def _told(stage: Stage, expected: dict[str, str]) -> None:
    """Scan prints as anybody may; `SurpriseError` when one is told to be something else."""
    for code, state in expected.items():
        found = stage.anybody().call("GET", f"/api/v1/verify/{code}").json()["state"]
        if found != state:
            raise SurpriseError(f"A print is told to be {found} instead of {state}.")
