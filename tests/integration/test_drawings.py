"""A signature drawn at the counter: inspected, sealed, named by an input, and on the card that is signed."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from alur.verify import HOLDS, unpack
from alur.wiring import House
from tests.api_kit import Api
from tests.audit_kit import audited
from tests.away_kit import file_of
from tests.bundle_kit import bundle, failing, judged, members, resigned, states
from tests.counter_kit import OFFICE, act, at_the_counter, handed_over, printed
from tests.drain_kit import one, rows, whole
from tests.pages_kit import officer
from tests.support import new_account, settle, state
from workflow.canonical import canonical_bytes


def drawn(kind: str = "PNG", size: tuple[int, int] = (840, 320)) -> bytes:
    """Some strokes on white."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).line([(40, 200), (200, 60), (400, 260), (800, 40)], fill="#10233f", width=6)
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def keep(house: House, case: int, content: bytes, by: str = "operator") -> Any:
    """Send a drawing."""
    return Api(house, by).send("POST", f"/cases/{case}/drawings", data={"file": (BytesIO(content), "x.png")})


def pictures(pdf: bytes) -> int:
    """How many pictures the card's page shows."""
    return len(PdfReader(BytesIO(pdf)).pages[0].images)


def test_what_the_seeker_drew_is_on_the_card_before_anybody_signs_it(quiet: House) -> None:
    """The print stays as it was; the drawing is sealed, on the file's face, and covered by its signature."""
    case = printed(quiet)
    answer = keep(quiet, case, drawn())
    assert answer.status_code == 201, answer.json
    act(quiet, case, "seeker_signs", given={"how": "screen", "drawing": answer.json["drawing"]})
    act(quiet, case, "sign", by="signer")
    act(quiet, case, "handover")
    assert state(quiet, case) == "issued"
    pdf = file_of(quiet, case)
    assert pictures(pdf) == 2
    assert b"Tanda tangan" in pdf or "Tanda tangan" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    row = rows(quiet, "SELECT * FROM document WHERE case_id = :c AND kind = 'drawing'", c=case)[0]
    assert drawn() not in quiet.blobs.get(row.blob)
    assert row.rendition
    whole(quiet, case)
    assert audited(quiet, case)[0] == []


def test_the_dossier_shows_what_was_drawn(quiet: House) -> None:
    """Behind a page with its facts, under the name of the input that took it."""
    case = printed(quiet)
    digest = keep(quiet, case, drawn()).json["drawing"]
    act(quiet, case, "seeker_signs", given={"how": "screen", "drawing": digest})
    answer = Api(quiet, "operator").get(f"/cases/{case}/dossier.pdf")
    assert answer.status_code == 200, answer.json
    found = PdfReader(BytesIO(answer.data))
    last = [item for item in found.outline if not isinstance(item, list)][-1]
    assert last.title == "Tanda tangan pencari kerja"
    at = found.get_destination_page_number(last)
    assert hashlib.sha256(drawn()).hexdigest() in "".join(found.pages[at].extract_text().split())
    assert len(found.pages[at + 1].images) == 1


def test_what_was_drawn_is_in_the_evidence_and_checked_there(quiet: House) -> None:
    """With data only: by the input that names it; another picture in its place, or one that nothing names, fails."""
    case = printed(quiet)
    digest = keep(quiet, case, drawn()).json["drawing"]
    unused = keep(quiet, case, drawn(size=(600, 300)))
    assert unused.status_code == 201
    act(quiet, case, "seeker_signs", given={"how": "screen", "drawing": digest})
    full = bundle(quiet, case, new_account(quiet, f"auditor@{OFFICE}"))
    (line,) = members(full)["drawings.json"]
    assert (line["digest"], line["input"], line["size"]) == (digest, "drawing", len(drawn()))
    there = unpack(full)
    assert there[line["file"]] == drawn()
    found = judged(full, quiet)
    assert failing(found) == set()
    assert states(found, "drawings") == [HOLDS]
    assert not [name for name in unpack(bundle(quiet, case)) if name.startswith("drawings")]
    signer = quiet.note_signer()
    for forged in (
        {**there, line["file"]: drawn(size=(600, 300))},
        {**there, "drawings/9-drawing": drawn()},
        {**there, "drawings.json": canonical_bytes([{**line, "input": "how"}])},
        {name: body for name, body in there.items() if name != "drawings.json"},
    ):
        assert failing(judged(resigned(forged, signer), quiet)) == {"drawings"}


def test_on_paper_the_card_leaves_room_for_the_pen(quiet: House) -> None:
    """Nothing is drawn where nothing was given."""
    case = printed(quiet)
    handed_over(quiet, case)
    assert pictures(file_of(quiet, case)) == 1


def test_after_a_correction_the_last_word_counts(quiet: House) -> None:
    """A drawing of before is not on a card that was signed on paper afterwards."""
    case = printed(quiet)
    digest = keep(quiet, case, drawn()).json["drawing"]
    act(quiet, case, "seeker_signs", given={"how": "screen", "drawing": digest})
    act(quiet, case, "object", by="signer", given={"reason": "Nama keliru."})
    act(quiet, case, "amend", submits=True)
    act(quiet, case, "reprint", checklist=("amended",))
    handed_over(quiet, case)
    assert pictures(file_of(quiet, case)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 nothing", "file_type_not_accepted"),
        (b"\x89PNG\r\n\x1a\nbroken", "file_unreadable"),
        (drawn("PNG", (3000, 3000)) + bytes(1_000_000), "file_too_large"),
    ],
)
def test_a_drawing_is_inspected_like_an_upload(quiet: House, content: bytes, code: str) -> None:
    """What is refused as an upload is refused as a drawing, with the same words."""
    case = printed(quiet)
    answer = keep(quiet, case, content)
    assert (answer.status_code >= 400, answer.json["code"]) == (True, code), answer.json


def test_a_drawing_is_taken_only_where_one_is_asked_for(quiet: House) -> None:
    """Not before the print, and not from somebody who may not act."""
    early, ready = at_the_counter(quiet), printed(quiet)
    assert keep(quiet, early, drawn()).status_code in (403, 409)
    assert keep(quiet, ready, drawn(), by=new_account(quiet, "operator@palembang")).status_code in (403, 404)
    assert rows(quiet, "SELECT 1 FROM document WHERE case_id IN (:a, :b) AND kind = 'drawing'", a=early, b=ready) == []


def test_a_digest_that_names_no_drawing_draws_nothing(quiet: House) -> None:
    """The input has the form of a digest; a picture of another case is not found by it."""
    other = printed(quiet)
    digest = keep(quiet, other, drawn()).json["drawing"]
    case = printed(quiet)
    act(quiet, case, "seeker_signs", given={"how": "screen", "drawing": digest})
    act(quiet, case, "sign", by="signer")
    act(quiet, case, "handover")
    assert (state(quiet, case), pictures(file_of(quiet, case))) == ("issued", 1)


def test_the_counters_page_takes_a_photo_where_nothing_can_be_drawn(quiet: House) -> None:
    """Without JavaScript it is a file like any other, in the same form."""
    case = printed(quiet)
    _, counter = officer(quiet, "operator@lamongan")
    assert "data-drawing" in counter.get(f"/cases/{case}").text
    action = f"/cases/{case}/act/seeker_signs"
    values = {"seeker_signs.how": "screen", "seeker_signs.drawing": (BytesIO(drawn("JPEG")), "ttd.jpg")}
    assert counter.send(action, values, page=f"/cases/{case}", action=action).status_code == 303
    settle(quiet)
    assert state(quiet, case) == "seeker_signed"
    assert one(quiet, "SELECT count(*) FROM document WHERE case_id = :c AND kind = 'drawing'", c=case) == 1
