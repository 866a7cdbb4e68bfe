"""What is not the registered card is refused by page, API and command alike; what is told of it is told in aspects."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from alur.commands.cards import cards
from alur.wiring import House
from signing.development import DevelopmentPki, ensure_development_pki
from signing.uploads import REFUSALS
from tests.api_kit import Api, applicant, refused
from tests.archive_kit import archived
from tests.changes_kit import GARBAGE, annotate, appended, flipped, padded, revisions, stretched, swap_page, unpinned
from tests.drain_kit import one, with_card
from tests.holders_kit import trust_folder
from tests.pages_kit import Browser
from tests.tamper_kit import matrix
from workflow.db.sealed_files import card_file

GENUINE = '<h1 id="verdict">Berlaku</h1>'
ASPECTS = ["ades", "modification", "coverage", "signers", "register", "status"]
NAMESPACE = {"vr": "http://uri.etsi.org/19102/v1.2.1#"}


@dataclass
class Real:
    """A registered card."""

    case: int
    code: str
    pdf: bytes
    owner: str
    pki: DevelopmentPki


@pytest.fixture(scope="module")
def real(house: House) -> Real:
    """An issued card of this house."""
    case, owner = with_card(house)
    with house.engine.connect() as db:
        pdf = card_file(db, house.vault, house.blobs, case)
    pki = ensure_development_pki(Path(house.settings.data) / "pki")
    return Real(case, one(house, "SELECT code FROM card WHERE case_id = :c", c=case), pdf, owner, pki)


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """The command line in the house's folder."""
    monkeypatch.setenv("ALUR_DATA", str(house.settings.data))
    return CliRunner()


def by_api(house: House, pdf: bytes, path: str = "/verify", **form: str) -> Any:
    """The API's answer to a file, from an address of its own."""
    api = Api(house)
    api.client.environ_base["REMOTE_ADDR"] = "127.{}.{}.{}".format(*uuid.uuid4().bytes)
    return api.send("POST", path, data={"file": (io.BytesIO(pdf), "kartu.pdf"), **form})


def by_page(house: House, pdf: bytes, **more: str) -> Any:
    """The page's answer."""
    somebody = Browser(house)
    sent = {**somebody.form("/verify").to_dict(), "file": (io.BytesIO(pdf), "kartu.pdf"), **more}
    return somebody.client.post("/verify", data=sent, content_type="multipart/form-data")


def by_command(shell: CliRunner, folder: Path, pdf: bytes, *more: str) -> Any:
    """The command's answer."""
    path = folder / "kartu.pdf"
    path.write_bytes(pdf)
    return shell.invoke(cards, ["verify", str(path), *more], catch_exceptions=False)


def tampered(real: Real) -> dict[str, bytes]:
    """Files that are no longer the card."""
    pdf, pki = real.pdf, real.pki
    return {
        "content": flipped(pdf, pdf.index(b"stream") + 40),
        "garbage": pdf + GARBAGE,
        "page swapped and archived": archived(appended(pdf, swap_page), pki),
        "note added": appended(pdf, annotate),
        "wrapped": stretched(pdf),
        "padding": padded(pdf),
        "range of nothing": unpinned(pdf),
        "archived elsewhere": archived(pdf, pki),
        **{f"cut after {n}": cut for n, cut in enumerate(revisions(pdf))},
    }


def test_a_genuine_card_is_told_so_in_every_aspect(house: House, real: Real, shell: CliRunner, tmp_path: Path) -> None:
    """Page, API and command agree."""
    told = by_api(house, real.pdf).json
    assert told["genuine"]
    assert [(a["name"], a["holds"]) for a in told["aspects"]] == [(name, True) for name in ASPECTS]
    page = by_page(house, real.pdf).text
    assert GENUINE in page
    for words in (
        "Pemeriksaan AdES",
        "Perubahan isi",
        "Cakupan tanda tangan",
        "Penanda tangan",
        "Daftar kartu",
        "Status kartu",
    ):
        assert words in page
    said = by_command(shell, tmp_path, real.pdf, "--json")
    assert said.exit_code == 0, said.output
    assert [(a["name"], a["holds"]) for a in json.loads(said.stdout)["aspects"]] == [(name, True) for name in ASPECTS]


@pytest.mark.parametrize(
    "names", [("page swapped and archived", "archived elsewhere"), pytest.param((), marks=pytest.mark.long, id="all")]
)
def test_what_is_not_the_card_is_refused_everywhere(
    house: House, real: Real, shell: CliRunner, tmp_path: Path, names: tuple[str, ...]
) -> None:
    """By what the file itself tells, or by the register alone, which knows the one file that was issued."""
    for name, pdf in tampered(real).items():
        if names and name not in names:
            continue
        told = by_api(house, pdf, code=real.code).json
        assert told["genuine"] is False, name
        assert any(a["holds"] is False for a in told["aspects"]), name
        assert GENUINE not in by_page(house, pdf).text, name
        assert by_command(shell, tmp_path, pdf).exit_code == 1, name


def test_an_archived_copy_that_is_not_registered_differs_in_the_register_alone(house: House, real: Real) -> None:
    """Its signatures hold; it is not the file that was issued."""
    told = by_api(house, archived(real.pdf, real.pki), code=real.code).json
    assert [a["name"] for a in told["aspects"] if a["holds"] is False] == ["register"]
    assert told["verdict"]["stamps"][0]["integrity"]


@pytest.mark.long
def test_the_whole_matrix_is_refused_everywhere(
    house: House, shell: CliRunner, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every row, with the trust of this house; each is unknown to its register besides."""
    pki = ensure_development_pki(Path(house.settings.data) / "pki")
    other = ensure_development_pki(tmp_path_factory.mktemp("other") / "keys")
    for row in matrix(pki, other, tmp_path_factory.mktemp("matrix")):
        told = by_api(house, row.pdf)
        if row.pdf.startswith(b"%PDF-"):
            assert told.json["genuine"] is False, row.name
            assert GENUINE not in by_page(house, row.pdf).text, row.name
        else:
            assert told.status_code == 415
        assert by_command(shell, tmp_path, row.pdf).exit_code == 1, row.name


def test_the_command_asks_no_register_when_told_so(real: Real, shell: CliRunner, tmp_path: Path) -> None:
    """Offline the file speaks for itself, and the last word says that nothing else did: the file of a card that was
    revoked meanwhile is the same."""
    said = by_command(shell, tmp_path, real.pdf, "--offline")
    assert said.exit_code == 0
    assert said.output.count("[yes]") == 4
    assert said.output.count("The register was not asked") == 2
    assert said.output.splitlines()[-1].startswith("VALID BY THE FILE ALONE; the register was not asked")
    told = [json.loads(by_command(shell, tmp_path, real.pdf, "--json", *more).stdout) for more in ((), ("--offline",))]
    assert [one["register_asked"] for one in told] == [True, False]


def test_where_there_is_no_register_the_last_word_is_by_the_file_alone(real: Real, tmp_path: Path) -> None:
    """Somebody who has the folder of trust only."""
    folder = trust_folder(tmp_path / "trust", real.pki)
    (folder / "root.crl").write_bytes((real.pki.folder / "root.crl").read_bytes())
    (folder / "issuing.crl").write_bytes((real.pki.folder / "issuing.crl").read_bytes())
    bare = CliRunner(env={"ALUR_DATA": str(tmp_path / "none"), "ALUR_TRUST": str(folder), "ALUR_DATABASE_URL": None})
    said = by_command(bare, tmp_path, real.pdf)
    assert said.output.splitlines()[-1].startswith("VALID BY THE FILE ALONE; the register was not asked")
    assert not json.loads(by_command(bare, tmp_path, real.pdf, "--json").stdout)["register_asked"]


def test_the_command_says_words_and_keeps_constants_for_programs(real: Real, shell: CliRunner, tmp_path: Path) -> None:
    """For a card, one with bytes behind it, one with a changed byte and a text: no name with an underscore."""
    changed = flipped(real.pdf, real.pdf.index(b"stream") + 40)
    for pdf in (real.pdf, real.pdf + GARBAGE, changed, b"Nomor kartu: 12"):
        said = by_command(shell, tmp_path, pdf)
        assert said.exit_code == (0 if pdf == real.pdf else 1)
        assert not re.search(r"[A-Za-z]_[A-Za-z]|PASSED|NONE|OTHER", said.output), said.output
    told = json.loads(by_command(shell, tmp_path, changed, "--json").stdout)
    assert told["signatures"][0]["coverage"] == "ENTIRE_FILE"
    assert {p["code"] for p in told["problems"]} == {"content_changed", "ades_not_passed"}


def test_what_is_no_pdf_is_told_in_the_same_words_everywhere(house: House, shell: CliRunner, tmp_path: Path) -> None:
    """A text and an empty file: page, API and command say what is wanted, and none of them tells aspects in words."""
    for content, code, status in ((b"Nomor kartu: 12", "file_not_pdf", 415), (b"", "file_empty", 422)):
        told = by_api(house, content)
        text = REFUSALS[code]
        assert (told.status_code, told.json["code"], told.json["detail"]) == (status, code, text[0])
        assert text[0] in by_page(house, content).text
        said = by_command(shell, tmp_path, content)
        assert (said.exit_code, said.output) == (1, f"{text[1]}\nNOT VALID\n")
        assert json.loads(by_command(shell, tmp_path, content, "--json").stdout)["refused"]["code"] == code


def indications(xml: bytes) -> list[str]:
    """The main indications of a report."""
    return [str(e.text).rsplit(":", 1)[1] for e in etree.fromstring(xml).iterfind(".//vr:MainIndication", NAMESPACE)]


def test_the_report_is_given_by_page_api_and_command(
    house: House, real: Real, shell: CliRunner, tmp_path: Path
) -> None:
    """ETSI TS 119 102-2, one part a signature; passed for the card, never for what is refused."""
    path = tmp_path / "report.xml"
    assert by_command(shell, tmp_path, real.pdf, "--report", str(path)).exit_code == 0
    page = by_page(house, real.pdf, **{"as": "report"})
    assert page.headers["Content-Disposition"].startswith("attachment")
    for xml in (path.read_bytes(), page.data, by_api(house, real.pdf, "/verify/report").data):
        assert indications(xml) == ["total-passed"]
    for pdf in (real.pdf + GARBAGE, appended(real.pdf, swap_page)):
        assert indications(by_api(house, pdf, "/verify/report").data) == ["indeterminate"]
    changed = flipped(real.pdf, real.pdf.index(b"stream") + 40)
    assert indications(by_api(house, changed, "/verify/report").data) == ["total-failed"]


def test_a_report_that_cannot_be_written_leaves_the_verdict(real: Real, shell: CliRunner, tmp_path: Path) -> None:
    """No such folder, and a folder in its place: verdict and JSON come first, then why, and an exit code of its own."""
    for place in (tmp_path / "nowhere" / "report.xml", tmp_path):
        said = by_command(shell, tmp_path, real.pdf, "--report", str(place))
        assert said.exit_code == 3
        assert said.stdout.endswith("\nVALID\n")
        assert said.stderr.startswith(f"alur: The report was not written: {place}: ")
        told = by_command(shell, tmp_path, real.pdf, "--json", "--report", str(place))
        assert (told.exit_code, json.loads(told.stdout)["ok"]) == (3, True)
        bad = by_command(shell, tmp_path, real.pdf + GARBAGE, "--report", str(place))
        assert (bad.exit_code, bad.stdout.endswith("\nNOT VALID\n")) == (1, True)
    text = by_command(shell, tmp_path, b"Nomor kartu: 12", "--report", str(tmp_path / "report.xml"))
    assert (text.exit_code, text.stdout.endswith("\nNOT VALID\n")) == (1, True)
    assert text.stderr == "alur: The file bears no signature that could be read, so there is no report on it.\n"


def test_there_is_no_report_without_a_signature(house: House, real: Real) -> None:
    """It is said in a sentence, by API and page."""
    unsigned = revisions(real.pdf)[0]
    refused(by_api(house, unsigned, "/verify/report"), 422, "nothing_to_report")
    page = by_page(house, unsigned, **{"as": "report"})
    assert (page.status_code, "tidak memuat tanda tangan yang dapat dibaca" in page.text) == (422, True)


def test_the_report_on_a_card_by_its_code_is_for_whoever_may_have_the_file(house: House, real: Real) -> None:
    """Its holder; not anybody, and not somebody else."""
    mine = Api(house, real.owner).get(f"/verify/{real.code}/report")
    assert indications(mine.data) == ["total-passed"]
    refused(Api(house).get(f"/verify/{real.code}/report"), 401, "not_signed_in")
    refused(applicant(house).get(f"/verify/{real.code}/report"), 404, "no_card")


def test_answers_about_cards_are_kept_by_nobody(house: House, real: Real) -> None:
    """The page, the API and the address of a QR: a card may be revoked the next second."""
    for answer in (
        Api(house).get(f"/verify/{real.code}"),
        Browser(house).get(f"/verify/{real.code}"),
        Browser(house).get("/verify"),
        by_api(house, real.pdf),
        by_page(house, real.pdf),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
