"""A complaint by somebody without account: filed, rated, answered, accepted."""

from __future__ import annotations

from alur.demos.stage import Stage, claim, do, until

STORY = "Loket penuh pada hari Senin pagi dan nomor antrean tidak dipanggil berurutan."


def play(stage: Stage) -> None:
    """File one complaint at the online desk and see it through."""
    anybody, operator = stage.anybody(), stage.people["operator"]
    with stage.report.step("complaint: filed without an account, through the web"):
        data = {"subject": "procedure", "story": STORY, "contact": "rina@example.org"}
        body = {"office": "lamongan", "data": data}
        filed = anybody.call("POST", "/api/v1/complaints", body=body, expect=201).json()
        here = f"/api/v1/cases/{filed['case']}"
        until(operator, here, "received")
    with stage.report.step("complaint: rated and answered by the officer"):
        claim(operator, here)
        do(operator, here, {"do": "rate_minor"}, "minor")
        claim(operator, here)
        given = {"reason": "Mulai pekan depan antrean dipanggil oleh mesin, dua loket dibuka pada Senin pagi."}
        do(operator, here, {"do": "answer", "input": given}, "answered")
    with stage.report.step("complaint: the answer is read with the receipt, and accepted"):
        anybody.call("POST", f"/api/v1/receipts/{filed['receipt']}/accept", body={"input": {}}, expect=202)
        until(operator, here, "closed")
