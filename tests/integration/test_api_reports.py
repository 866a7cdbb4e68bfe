"""Reports over HTTP and on a page: who may read them, and in which forms."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask import Flask
from pypdf import PdfReader

from alur.commands.reports import reports_
from alur.wiring import House
from tests.api_kit import Api, ports_of, refused
from tests.drain_kit import by_hand, quiet_house
from tests.pages_kit import officer as browser_of
from tests.reports_kit import Season
from tests.support import new_account
from web.app import create_app
from workflow.reports.period import ReportRefusedError

#: The scores of 29 answers, whose totals are those of the published survey.
TOTALS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
BEGUN = datetime(2026, 10, 5, 3, tzinfo=UTC)
NOW = BEGUN + timedelta(days=40)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def answers() -> list[list[int]]:
    """29 answers of nine elements that add up to the totals."""
    columns = [[4] * (total - 3 * 29) + [3] * (4 * 29 - total) for total in TOTALS]
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.fixture(scope="module")
def own(house: House) -> Iterator[House]:
    """A house with some applications, a complaint, and 29 answers to the survey."""
    with quiet_house(house) as found, by_hand(found) as hand:
        hand.now = BEGUN
        season = Season(found, hand, random.Random(1))
        for n in range(8):
            season.seeker(BEGUN + timedelta(hours=n))
        season.complaint(BEGUN)
        for scores in answers():
            season.survey(BEGUN + timedelta(days=1), scores, "palembang")
        season.run(NOW)
        yield found


@pytest.fixture(scope="module")
def app(own: House) -> Flask:
    """The web at the moment of the reports."""
    return create_app(ports_of(own, clock=lambda: NOW))


@pytest.fixture(scope="module")
def head(own: House, app: Flask) -> Api:
    """The head of section at Palembang."""
    return Api(own, new_account(own, "head@palembang"), app)


OCTOBER = "from=2026-10&to=2026-10"


def test_the_published_survey_gives_its_index(head: Api) -> None:
    """BA3 PLM14: n = 29 and these totals are 91.48, grade A."""
    found = head.get(f"/reports/skm?office=palembang&{OCTOBER}&lang=en").json
    index, elements = found["sections"][0], found["sections"][1]
    assert index["total"]["cells"] | {"service": ""} == {
        "service": "",
        "answers": 29,
        "index": 91.48,
        "grade": "A",
        "quality": "Very good",
    }
    assert tuple(row["cells"]["sum"] for row in elements["rows"]) == TOTALS


@pytest.mark.parametrize("role", ["supervisor", "head", "auditor"])
def test_who_answers_for_an_office_reads_its_reports(own: House, app: Flask, role: str) -> None:
    """PLM13: of that office, and of no other."""
    api = Api(own, new_account(own, f"{role}@lamongan"), app)
    assert {tuple(kind["offices"]) for kind in api.get("/reports").json} == {("lamongan",)}
    found = api.get(f"/reports/workload?{OCTOBER}").json
    assert [office["name"] for office in found["offices"]] == ["lamongan"]
    refused(api.get("/reports/workload?office=palembang"), 403, "forbidden")


@pytest.mark.parametrize("membership", ["operator@palembang", "signer@palembang", "admin@palembang", ""])
def test_nobody_else_reads_reports(own: House, app: Flask, membership: str) -> None:
    """Denied unless the role says otherwise; without signing in, too."""
    api = Api(own, new_account(own, *([membership] if membership else [])), app)
    for path in ("/reports", "/reports/promise", "/reports/yearly?format=pdf"):
        refused(api.get(path), 403, "forbidden")
    refused(Api(own, None, app).get("/reports"), 401, "not_signed_in")


def test_a_supervisor_of_every_office_counts_all_of_them_together(own: House, app: Flask) -> None:
    """Without `office`, all that the person answers for."""
    api = Api(own, new_account(own, "supervisor@*"), app)
    found = api.get(f"/reports/promise?{OCTOBER}").json
    assert [office["name"] for office in found["offices"]] == ["banda-aceh", "lamongan", "palembang"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/reports/nothing", (404, "unknown_report")),
        ("/reports/promise?from=2026-13", (422, "bad_period")),
        ("/reports/promise?from=2026-10&to=2026-09", (422, "bad_period")),
        ("/reports/promise?from=2031-01&to=2031-02", (422, "bad_period")),
        ("/reports/promise?from=2001-01&to=2026-10", (422, "bad_period")),
        ("/reports/promise?process=nothing", (404, "report_process")),
        ("/reports/promise?behind=promise", (404, "unknown_number")),
        ("/reports/promise?behind=promise/total/share", (404, "unknown_number")),
        ("/reports/promise?behind=promise/nobody/late", (404, "unknown_number")),
        ("/reports/promise?format=docx", (422, "invalid_request")),
    ],
)
def test_what_cannot_be_counted_is_refused(head: Api, path: str, told: tuple[int, str]) -> None:
    """With a code, and a sentence that says what would be right."""
    refused(head.get(path), *told)


def test_the_events_behind_a_number_are_listed(head: Api) -> None:
    """Numbers of cases and events, and nothing else of anybody."""
    found = head.get(f"/reports/skm?office=palembang&{OCTOBER}&behind=skm/total/answers").json
    assert len(found["behind"]) == 29
    assert all(set(place) == {"case", "seq"} and place["seq"] == 1 for place in found["behind"])


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("application/pdf", "application/pdf"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_accept_chooses_the_form(head: Api, accept: str, kind: str) -> None:
    """As `format` does; what there is not is 406."""
    assert head.get("/reports/skm", Accept=accept).mimetype == kind


def test_a_form_that_there_is_not_is_refused(head: Api) -> None:
    """406."""
    refused(head.get("/reports/skm", Accept="image/png"), 406, "not_acceptable")


def csv_of(api: Api, query: str) -> list[list[str]]:
    """The rows of a report as CSV."""
    answer = api.get(f"/reports/{query}&format=csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_csv_has_the_same_numbers(head: Api) -> None:
    """A point before decimals, whole numbers without marks; both languages."""
    rows = csv_of(head, f"skm?office=palembang&{OCTOBER}&lang=id")
    assert ["Jumlah", "29", "91.48", "A", "Sangat baik"] in rows
    assert rows[0] == ["Indeks kepuasan masyarakat (SKM)"]
    assert csv_of(head, f"skm?office=palembang&{OCTOBER}&lang=en")[0] == ["Index of satisfaction (SKM)"]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Cells of a workbook by sheet; numbers as numbers."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    shared = [
        "".join(t.text or "" for t in item.iter(f"{SHEET}t"))
        for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    ]
    names = [s.attrib["name"] for s in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]
    found = {}
    for n, name in enumerate(names, 1):
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{n}.xml"))
        assert not list(root.iter(f"{SHEET}f")), "a formula"
        found[name] = [[_value(cell, shared) for cell in row] for row in root.iter(f"{SHEET}row")]
        if n < len(names):
            assert next(root.iter(f"{SHEET}pane")).attrib["state"] == "frozen"
    return found


def _value(cell: ElementTree.Element, shared: list[str]) -> Any:
    value = cell.find(f"{SHEET}v")
    if value is None or value.text is None:
        return None
    return shared[int(value.text)] if cell.attrib.get("t") == "s" else float(value.text)


def test_a_workbook_has_a_sheet_a_section_and_real_numbers(head: Api) -> None:
    """The head of each sheet is frozen; how it is counted stands on the last one."""
    answer = head.get(f"/reports/skm?office=palembang&{OCTOBER}&format=xlsx&lang=id")
    found = sheets(answer.data)
    assert [name[:5] for name in found] == ["Indek", "Unsur", "Cara "]
    index = next(iter(found.values()))
    assert index[-1] == ["Jumlah", 29.0, 91.48, "A", "Sangat baik"]
    assert any("Permenpan RB 14/2017" in str(row[0]) for row in found["Cara menghitung"])


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pdf_is_tagged_and_its_charts_are_told_in_words(head: Api, language: str) -> None:
    """PDF/UA-1 and PDF/A-2a asked for, fonts embedded, A4, office and period in the head, a text for every picture."""
    answer = head.get(f"/reports/yearly?office=palembang&lang={language}&format=pdf")
    assert answer.status_code == 200, answer.text
    reader = PdfReader(io.BytesIO(answer.data))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert str(catalog["/Lang"]).startswith(language)
    metadata = catalog["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part>1<", metadata)
    assert re.search(r"pdfaid:part>2<", metadata)
    box = reader.pages[0].mediabox
    assert sorted(round(float(side)) for side in (box.width, box.height)) == [595, 842]
    words = reader.pages[0].extract_text()
    assert "Dinas Ketenagakerjaan Kota Palembang" in words if language == "id" else "Manpower Office" in words
    assert ("Januari 2026 – Desember 2026" if language == "id" else "January 2026 – December 2026") in words
    figures = [e for e in _elements(catalog["/StructTreeRoot"]) if e.get("/S") == "/Figure"]
    assert figures
    assert all(str(e.get("/Alt", "")).count(":") >= 1 for e in figures)
    fonts = [f.get_object() for p in reader.pages for f in p["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/FontFile" in str(_descriptor(f).keys()) for f in fonts)


def _elements(node: Any) -> Iterator[Any]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _elements(child)
    elif hasattr(node, "get"):
        yield node
        if "/K" in node:
            yield from _elements(node["/K"])


def _descriptor(font: Any) -> Any:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return inner["/FontDescriptor"]


def test_a_page_shows_the_promises_of_the_month_and_links_every_form(own: House, app: Flask) -> None:
    """In Indonesian first; whoever may not read reports has no way there."""
    _, browser = browser_of(own, "head@palembang")
    page = browser.client.get("/reports")
    assert page.status_code == 200
    assert "Janji layanan" in page.text
    for form in ("pdf", "xlsx", "csv", "json"):
        assert f"format={form}" in page.text
    assert 'href="/reports"' in browser.client.get("/inbox").text
    shown = browser.client.get("/reports?report=skm&from=2026-10&to=2026-10")
    assert "91,48" in shown.text
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    wrong = browser.client.get("/reports?from=2026-10&to=2026-09")
    assert wrong.status_code == 422
    assert "Periode laporan" in wrong.text
    _, other = browser_of(own, "operator@palembang")
    assert other.client.get("/reports").status_code == 403
    assert 'href="/reports"' not in other.client.get("/inbox").text


def test_the_command_line_gives_the_same_numbers(own: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As words, JSON and files; what it does not know is refused."""

    class Opened:
        def __enter__(self) -> House:
            return own

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr("alur.commands.reports.house", Opened)

    def call(*words: str) -> str:
        done = CliRunner().invoke(reports_, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    asked = ("--office", "palembang", "--from", "2026-10", "--to", "2026-10")
    assert "91,48" in call("skm", *asked)
    assert "91.48" in call("skm", *asked, "--lang", "en")
    index = json.loads(call("skm", *asked, "--json"))["sections"][0]
    assert index["total"]["cells"]["index"] == 91.48
    behind = json.loads(call("skm", *asked, "--json", "--cases", "skm/total/answers"))["behind"]
    assert len(behind) == 29
    for form, head in ((".csv", b"\xef\xbb\xbf"), (".xlsx", b"PK"), (".pdf", b"%PDF"), (".json", b"{")):
        call("skm", *asked, "--out", str(tmp_path / f"skm{form}"))
        assert (tmp_path / f"skm{form}").read_bytes().startswith(head)
    assert "promise" in call("list")
    with pytest.raises(ReportRefusedError):
        CliRunner().invoke(reports_, ("skm", "--office", "nowhere"), catch_exceptions=False)
