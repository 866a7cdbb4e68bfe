"""Documents over HTTP: what is taken, how it is kept, and who may have it."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import Api, applicant, count, key, officer, refused, together
from tests.signing_kit import page_bomb, picture, plain_pdf, png_bomb
from tests.support import photo
from workflow.vault import UnreadableError

EXE = b"MZ" + bytes(200)


def stored(house: House, case: int) -> int:
    """How many documents were ever kept of a case."""
    return count(house, "SELECT count(*) FROM document WHERE case_id = :c", c=case)


def test_a_document_is_kept_and_given_back_whole(house: House) -> None:
    """What comes back is what was sent, as an attachment that no browser runs or guesses at."""
    siti = applicant(house)
    case = siti.open()
    before = siti.get(f"/cases/{case}").json["revision"]
    answer = siti.upload(case, "ktp", plain_pdf())
    assert answer.status_code == 201
    assert (answer.json["media_type"], answer.json["revision"]) == ("application/pdf", before + 1)
    got = siti.get(f"/cases/{case}/documents/ktp")
    assert got.data == plain_pdf()
    assert got.content_type == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "no-store"


def test_a_picture_has_a_safe_one_without_its_metadata(house: House) -> None:
    """The rendition is an upright JPEG that tells nothing of the phone or the place."""
    exif = Image.Exif()
    exif[0x0110] = "Secret Phone"
    siti = applicant(house)
    case = siti.open()
    assert siti.upload(case, "ktp", picture(400, 300, exif=exif)).status_code == 201
    got = siti.get(f"/cases/{case}/documents/ktp?picture=1")
    assert (got.content_type, got.headers["Content-Disposition"].partition(";")[0]) == ("image/jpeg", "inline")
    assert b"Secret Phone" not in got.data
    assert b"Secret Phone" in siti.get(f"/cases/{case}/documents/ktp").data


def test_what_lies_on_the_disk_cannot_be_read_without_the_persons_key(house: House) -> None:
    """Original and rendition are encrypted for the case and the kind; another place does not open them."""
    siti = applicant(house)
    case = siti.open()
    siti.upload(case, "photo", photo())
    with house.engine.connect() as db:
        row = db.execute(text("SELECT blob, rendition FROM document WHERE case_id = :c"), {"c": case}).one()
        wrapped = db.execute(
            text("SELECT k.wrapped FROM person_key k JOIN case_ c ON c.person = k.id WHERE c.id = :c"), {"c": case}
        ).scalar_one()
    key_ = house.vault.person(bytes(wrapped))
    for name in (row.blob, row.rendition):
        sealed = house.blobs.get(name)
        assert b"JFIF" not in sealed
        assert key_.open(sealed, f"document/{case}/photo").startswith(b"\xff\xd8\xff")
        with pytest.raises(UnreadableError):
            key_.open(sealed, f"document/{case}/ktp")


@pytest.mark.parametrize(
    ("kind", "content", "status", "code"),
    [
        ("ktp", b"", 422, "file_empty"),
        ("ktp", EXE, 415, "file_type_not_accepted"),
        ("photo", plain_pdf(), 415, "file_type_not_accepted"),
        ("ktp", b"\xff\xd8\xff" + bytes(500), 422, "file_unreadable"),
        ("ktp", b"%PDF-1.7\n" + bytes(500), 422, "file_unreadable"),
        ("ktp", b"\xff\xd8\xff" + bytes(2 * 1024 * 1024 + 1), 413, "file_too_large"),
        ("ktp", page_bomb(12, 10), 422, "pdf_bomb"),
        ("photo", png_bomb(30_000, 30_000), 422, "image_bomb"),
        ("photo", picture(400, 300), 422, "image_ratio"),
    ],
    ids=["empty", "program", "pdf-as-photo", "no-jpeg", "no-pdf", "oversize", "pdf-bomb", "image-bomb", "landscape"],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    house: House, kind: str, content: bytes, status: int, code: str
) -> None:
    """Its content decides, never its name; the sentence says what to do, and nothing is kept."""
    siti = applicant(house)
    case = siti.open()
    before = siti.get(f"/cases/{case}").headers["ETag"]
    refused(siti.upload(case, kind, content, "ktp.jpg"), status, code)
    assert stored(house, case) == 0
    assert siti.get(f"/cases/{case}").headers["ETag"] == before


def test_requests_without_a_file_or_of_another_kind_are_refused(house: House) -> None:
    """JSON instead of a form, a form without a file, a kind that the process does not have, and far too much."""
    siti = applicant(house)
    case = siti.open()
    refused(siti.post(f"/cases/{case}/documents/ktp", {"file": "x"}), 415, "unsupported_media_type")
    refused(
        siti.send("POST", f"/cases/{case}/documents/ktp", data={"other": (BytesIO(b"x"), "x")}), 422, "file_missing"
    )
    refused(siti.upload(case, "passport", photo()), 404, "unknown_document")
    refused(siti.upload(case, "ktp", bytes(7 * 1024 * 1024)), 413, "request_too_large")
    assert stored(house, case) == 0


def test_an_upload_sent_again_is_kept_once(house: House) -> None:
    """A retry makes a new form boundary, and is the same upload all the same; another file under the key is not."""
    siti, again = applicant(house), key()
    case = siti.open()
    first = siti.upload(case, "photo", photo(), Idempotency_Key=again)
    second = siti.upload(case, "photo", photo(), Idempotency_Key=again)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert stored(house, case) == 1
    other = siti.upload(case, "photo", photo(330, 440), Idempotency_Key=again)
    refused(other, 422, "idempotency_key_reused")


def test_an_upload_sent_twice_at_once_is_kept_once(house: House) -> None:
    """The second waits for the first and gets its answer."""
    siti, again = applicant(house), key()
    case = siti.open()
    photo()
    answers = together(*[lambda: Api(house, siti.name).upload(case, "photo", photo(), Idempotency_Key=again)] * 2)
    assert [a.status_code for a in answers] == [201, 201]
    assert stored(house, case) == 1


def test_a_document_may_be_replaced_and_taken_away_until_it_is_given(house: House) -> None:
    """The working copy names the newest one; taking away one that is not there is told."""
    siti = applicant(house)
    case = siti.open()
    siti.upload(case, "photo", photo())
    siti.upload(case, "photo", photo(330, 440))
    assert siti.get(f"/cases/{case}/documents/photo").data == photo(330, 440)
    assert siti.send("DELETE", f"/cases/{case}/documents/photo").status_code == 204
    refused(siti.get(f"/cases/{case}/documents/photo"), 404, "unknown_document")
    refused(siti.send("DELETE", f"/cases/{case}/documents/photo"), 404, "unknown_document")


def test_staff_see_the_submitted_document_and_not_a_later_one(house: House) -> None:
    """While the party mends its case, an auditor still sees what was submitted."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    ani = officer(house, "operator@palembang")
    ani.do(case, "return", input={"reason": "Buram.", "fields": ["ktp"]})
    assert siti.upload(case, "ktp", plain_pdf()).status_code == 201
    assert siti.get(f"/cases/{case}/documents/ktp").data == plain_pdf()
    assert officer(house, "auditor@*").get(f"/cases/{case}/documents/ktp").data == photo()
