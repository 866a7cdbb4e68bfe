"""The officers' pages for working together: tasks handed on, deputies, relatives, emergency access and its review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alur.wiring import House
from tests.drain_kit import engine_write, one, whole
from tests.pages_kit import Browser, officer
from tests.support import account_id, sample_data, state

TICKED = {"approve.checklist": ["identity", "photo", "diploma"]}


def waiting(house: House, data: dict[str, object] | None = None) -> int:
    """A case that waits for its signer."""
    case = Browser(house).register().submitted(data)
    _, operator = officer(house, "operator@palembang")
    path = f"/cases/{case}/act/approve"
    assert operator.send(path, TICKED, page=f"/cases/{case}", action=path).status_code == 303
    return case


def task(house: House, case: int) -> str:
    """Id of the open task."""
    return f"{case}-{one(house, 'SELECT seq FROM task WHERE case_id = :c AND status = :s', c=case, s='open')}"


def test_the_holder_hands_a_task_on_from_the_page_of_the_case(quiet: House) -> None:
    """Only to colleagues who may have it; the page tells them apart by name, and the next holder finds it."""
    case = waiting(quiet)
    _, budi = officer(quiet, "signer@palembang", title="Budi Santoso")
    name, citra = officer(quiet, "signer@palembang", title="Citra Lestari")
    unfit, _ = officer(quiet, "operator@palembang")
    path = f"/tasks/{task(quiet, case)}"
    budi.send(f"{path}/claim", {}, page=f"/cases/{case}", action=f"{path}/claim")
    page = budi.get(f"/cases/{case}").text
    assert f'value="{name}"' in page
    assert f'value="{unfit}"' not in page
    said = {"to": name, "delegate_reason": "Saya rapat."}
    answer = budi.send(f"{path}/delegate", said, page=f"/cases/{case}", action=f"{path}/delegate")
    assert answer.status_code == 303
    assert "Tugas sudah dilimpahkan." in budi.get(answer.location).text
    assert "Anda memegang tugas ini" in citra.get(f"/cases/{case}").text
    assert "Sedang dipegang Citra Lestari" in budi.get(f"/cases/{case}").text
    assert "Tugas dilimpahkan" in citra.get(f"/cases/{case}").text
    whole(quiet, case)


def test_a_supervisor_assigns_and_puts_forward(quiet: House) -> None:
    """On the page of the case; the inbox shows whose it is and how urgent."""
    case = waiting(quiet)
    name, budi = officer(quiet, "signer@palembang", title="Budi Santoso")
    _, leader = officer(quiet, "supervisor@palembang")
    path = f"/tasks/{task(quiet, case)}"
    given = leader.send(f"{path}/assign", {"assign_to": name}, page=f"/cases/{case}", action=f"{path}/assign")
    assert given.location.endswith(f"/cases/{case}")
    values = {"priority": "urgent", "priority_reason": "Wawancara besok."}
    leader.send(f"{path}/priority", values, page=f"/cases/{case}", action=f"{path}/priority")
    seen = budi.get(f"/inbox?q={case}").text
    assert "Mendesak" in seen
    assert "Wawancara" not in leader.get(f"/cases/{case}").text
    assert "Anda memegang tugas ini" in budi.get(f"/cases/{case}").text
    empty = leader.send(f"{path}/priority", {"priority": "low"}, page=f"/cases/{case}", action=f"{path}/priority")
    assert "Tulis alasannya." in leader.get(empty.location).text
    whole(quiet, case)


def test_who_declares_a_conflict_of_interest_is_asked_for_nothing_more(quiet: House) -> None:
    """The task goes back, and the page says why the buttons are closed."""
    case = waiting(quiet)
    _, budi = officer(quiet, "signer@palembang")
    path = f"/tasks/{task(quiet, case)}/recuse"
    answer = budi.send(path, {"recuse_reason": "Sepupu saya."}, page=f"/cases/{case}", action=path)
    assert answer.location.endswith("/inbox")
    page = budi.get(f"/cases/{case}").text
    assert "Anda menyatakan benturan kepentingan" in page
    assert "Ambil tugas ini" not in page
    assert f"/cases/{case}" not in budi.get(f"/inbox?q={case}").text.partition("Tidak sedang menunggu Anda")[0]


def test_a_deputy_is_named_and_ended_on_a_page(quiet: House) -> None:
    """The deputy reads for whom it acts, in the case and in the inbox; ended, the role is gone."""
    case = waiting(quiet)
    _, signer = officer(quiet, "signer@palembang", title="Citra Lestari")
    name, budi = officer(quiet, "operator@palembang", title="Budi Santoso")
    here = datetime.now(UTC) + timedelta(hours=7)
    window = {
        "begins": f"{here - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "ends": f"{here + timedelta(days=2):%Y-%m-%dT%H:%M}",
    }
    answer = signer.send("/deputies", {"place": "signer@palembang", "deputy": name, **window}, action="/deputies")
    assert answer.status_code == 303, answer.text
    assert "Budi Santoso menggantikan Citra Lestari" in signer.get("/deputies").text
    assert "Anda menggantikan Citra Lestari sebagai Penanda tangan." in budi.get(f"/cases/{case}").text
    path = f"/tasks/{task(quiet, case)}/claim"
    budi.send(path, {}, page=f"/cases/{case}", action=path)
    assert "menggantikan Citra Lestari" in signer.get(f"/inbox?role=signer&q={case}").text
    id_ = one(quiet, "SELECT max(id) FROM deputy WHERE absent <> deputy")
    ended = signer.send(f"/deputies/{id_}/end", {}, page="/deputies", action=f"/deputies/{id_}/end")
    assert "Penggantian sudah diakhiri." in signer.get(ended.location).text
    assert "Anda menggantikan" not in budi.get(f"/cases/{case}").text
    whole(quiet, case)


def test_a_form_that_is_not_right_keeps_what_was_entered(quiet: House) -> None:
    """Each mistake stands at its field."""
    _, signer = officer(quiet, "signer@palembang")
    name, _ = officer(quiet, "operator@palembang")
    missing = signer.send("/deputies", {"deputy": name}, action="/deputies")
    assert missing.status_code == 422
    assert 'id="e-place"' in missing.text
    assert 'id="e-ends"' in missing.text
    assert f'<option value="{name}" selected>' in missing.text
    values = {"place": "signer@palembang", "deputy": name, "begins": "2020-01-02T08:00", "ends": "2020-01-01T08:00"}
    late = signer.send("/deputies", values, action="/deputies")
    assert 'id="e-ends"' in late.text
    assert "2020-01-02T08:00" in late.text


def test_a_declared_nik_is_shown_to_nobody_and_closes_its_cases(quiet: House) -> None:
    """The page tells that one was declared, and when."""
    data = sample_data()
    case = waiting(quiet, data)
    _, budi = officer(quiet, "signer@palembang")
    sent = {"nik": data["nik"], "relation": "relative"}
    answer = budi.send("/deputies/relatives", sent, page="/deputies", action="/deputies/relatives")
    assert answer.status_code == 303, answer.text
    page = budi.get("/deputies").text
    assert "Milik kerabat" in page
    assert data["nik"] not in page
    assert "milik kerabat Anda" in budi.get(f"/cases/{case}").text
    wrong = budi.send("/deputies/relatives", {"nik": "12"}, page="/deputies", action="/deputies/relatives")
    assert 'id="e-relation"' in wrong.text


def test_an_emergency_opens_a_case_and_is_reviewed(quiet: House) -> None:
    """From the form to the signature; the reviewer reads the reason, and who broke it cannot judge it."""
    case = waiting(quiet)
    _, far = officer(quiet, "operator@lamongan", "supervisor@lamongan", title="Fajar Nugroho")
    _, leader = officer(quiet, "supervisor@palembang", title="Eka Putri")
    assert far.get(f"/cases/{case}").status_code == 404
    values = {"case": str(case), "role": "signer", "reason": "Penanda tangan sakit, kartu dipakai besok."}
    answer = far.send("/emergency", values, action="/emergency")
    assert answer.location.endswith(f"/cases/{case}")
    page = far.get(answer.location).text
    assert "Akses darurat: Anda berperan Penanda tangan sampai" in page
    path = f"/cases/{case}/act/sign"
    far.send(path, {}, page=f"/cases/{case}", action=path)
    assert state(quiet, case) == "issued"
    waits = leader.get("/reviews").text
    assert "kartu dipakai besok" in waits
    assert "Fajar Nugroho" in waits
    glass = one(quiet, "SELECT max(id) FROM glass WHERE case_id = :c", c=case)
    empty = leader.send(f"/reviews/{glass}", {"verdict": "justified"}, page="/reviews", action=f"/reviews/{glass}")
    assert f'id="e-remark-{glass}"' in empty.text
    said = {"verdict": "justified", f"remark-{glass}": "Mendesak, sudah dicek."}
    done = leader.send(f"/reviews/{glass}", said, page="/reviews", action=f"/reviews/{glass}")
    after = leader.get(done.location).text
    assert "Dapat dibenarkan" in after.partition("Sudah dinilai")[2]
    whole(quiet, case)


def test_an_emergency_form_says_what_is_wrong(quiet: House) -> None:
    """Number, role and reason, each at its field; nothing is opened."""
    case = waiting(quiet)
    _, far = officer(quiet, "operator@lamongan")
    for values, field in (
        ({"case": "abc", "role": "signer", "reason": "x"}, "case"),
        ({"case": "99999999", "role": "signer", "reason": "x"}, "case"),
        ({"case": str(case), "reason": "x"}, "role"),
        ({"case": str(case), "role": "signer", "reason": " "}, "reason"),
    ):
        answer = far.send("/emergency", values, action="/emergency")
        assert answer.status_code == 422
        assert f'id="e-{field}"' in answer.text
    assert far.get(f"/cases/{case}").status_code == 404
    assert one(quiet, "SELECT count(*) FROM glass WHERE case_id = :c", c=case) == 0


def test_overdue_reviews_stand_out(quiet: House) -> None:
    """The chip says how late it is; who broke it is told that somebody else must review."""
    case = waiting(quiet)
    name, both = officer(quiet, "supervisor@palembang")
    values = {"case": str(case), "role": "signer", "reason": "Mendesak."}
    both.send("/emergency", values, action="/emergency")
    engine_write(
        quiet,
        "UPDATE glass SET review_by = now() - interval '1 day' WHERE account = :a",
        a=account_id(quiet, name),
    )
    page = both.get("/reviews").text
    assert "terlambat" in page
    assert "Anda sendiri yang membukanya" in page


def test_applicants_have_none_of_this(quiet: House) -> None:
    """Neither deputies nor emergency access nor reviews."""
    siti = Browser(quiet).register()
    for path in ("/deputies", "/emergency", "/reviews"):
        assert siti.get(path).status_code == 403


def test_the_pages_speak_english_too(quiet: House) -> None:
    """No Indonesian is left where English was asked for."""
    _, leader = officer(quiet, "supervisor@palembang", "signer@palembang")
    case = waiting(quiet)
    for path, words in (
        ("/deputies", "Name a deputy"),
        ("/emergency", "Emergency access"),
        ("/reviews", "Reviews of emergency access"),
        (f"/cases/{case}", "Declare a conflict of interest"),
    ):
        leader.client.set_cookie("language", "en")
        page = leader.get(path).text
        assert words in page
        assert "Pengganti" not in page
