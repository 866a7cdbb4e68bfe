"""Claims of real cards: issued, reprinted, checked with what the house publishes."""

from __future__ import annotations

import json
import subprocess
from base64 import urlsafe_b64decode
from io import BytesIO
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image
from sqlalchemy import text
from tools import need

from alur.commands import cards as commands
from alur.wiring import House
from signing.claim_check import CLAIM_PROBLEMS, ClaimVerdict, check
from signing.claim_keys import read_keys
from signing.qr_reading import QrError, read_qr
from tests.api_kit import Api, approved, officer
from tests.claim_kit import claim, key
from tests.counter_kit import OFFICE, corrected, printed
from tests.signing_kit import picture
from workers.workshop import system_clock


def pictured(pdf: bytes, folder: Path) -> Path:
    """The first page of a PDF as it would be scanned at 150 dpi."""
    source = folder / "card.pdf"
    source.write_bytes(pdf)
    subprocess.run([need("pdftoppm"), "-r", "150", "-png", "-singlefile", source, folder / "card"], check=True)
    return folder / "card.png"


def checked(house: House, picture: Path) -> ClaimVerdict:
    """By the house's published keys, as anybody gets them."""
    keys = read_keys(Api(house).get("/keys").get_data(as_text=True))
    return check(read_qr(picture.read_bytes()), keys, system_clock().date())


@pytest.fixture(scope="module")
def issued(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """An issued card as staff sees it, and a picture of it."""
    case, staff = approved(house), officer(house, "operator@palembang")
    assert officer(house, "signer@palembang").do(case, "sign", wait=30).json["state"] == "issued"
    pdf = staff.get(f"/cases/{case}/card.pdf").data
    return staff.get(f"/cases/{case}").json["card"], pictured(pdf, tmp_path_factory.mktemp("issued"))


def test_the_claim_of_an_issued_card_says_what_the_register_says(
    house: House, issued: tuple[dict[str, str], Path]
) -> None:
    """Read from the paper, checked with the keys that the house publishes, without asking the register."""
    card, picture = issued
    found = checked(house, picture)
    assert (found.ok, found.development) == (True, True)
    assert found.claim is not None
    assert (found.claim.number, found.claim.code) == (card["number"], card["code"])
    assert (found.claim.issued.isoformat(), found.claim.expires.isoformat()) == (card["issued_on"], card["expires_on"])
    assert (found.claim.office, found.claim.initials) == ("palembang", "SR")


def test_a_link_with_and_without_its_claim_leads_to_the_same_answer(
    house: House, issued: tuple[dict[str, str], Path]
) -> None:
    """What stands behind the hash is no part of the address: cards made before are verified in the same way."""
    card, picture = issued
    link = read_qr(picture.read_bytes())
    address, _, claimed = link.partition("#")
    assert len(claimed) > 100
    assert address == f"{house.settings.public_url}/verify/{card['code']}"
    assert Api(house).get(f"/verify/{card['code']}").json["state"] == "valid"


def test_a_reprint_has_a_claim_of_its_own(quiet: House, tmp_path: Path) -> None:
    """Each is genuine by itself; that the first is void stands in the register."""
    case, ani = printed(quiet), officer(quiet, f"operator@{OFFICE}")
    before = checked(quiet, pictured(ani.get(f"/cases/{case}/print.pdf").data, tmp_path)).claim
    corrected(quiet, case)
    after = checked(quiet, pictured(ani.get(f"/cases/{case}/print.pdf").data, tmp_path)).claim
    assert before is not None
    assert after is not None
    assert (before.number, before.office) == (after.number, OFFICE)
    with quiet.engine.connect() as db:
        of_prints = text("SELECT code FROM print WHERE case_id = :c ORDER BY n")
        assert [before.code, after.code] == list(db.execute(of_prints, {"c": case}).scalars())
    assert Api(quiet).get(f"/verify/{before.code}").json["state"] == "void"


def asked(*words: str | Path) -> Result:
    """`alur cards verify-qr …`."""
    return CliRunner().invoke(commands.cards, ["verify-qr", *map(str, words)], catch_exceptions=False)


def test_the_command_checks_a_picture_and_a_link_offline(
    house: House, issued: tuple[dict[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the published keys in a file and nothing else: no house, no service, no database."""
    monkeypatch.chdir(tmp_path)
    for name in ("ALUR_DATA", "ALUR_DATABASE_URL", "ALUR_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    card, picture = issued
    keys = tmp_path / "keys.json"
    keys.write_bytes(Api(house).get("/keys").data)
    for what in (picture, read_qr(picture.read_bytes())):
        done = asked(what, "--keys", keys)
        assert done.exit_code == 0, done.output
        assert card["number"] in done.output
        assert "DEV – TIDAK SAH" in done.output
        assert "the register alone" in done.output
        assert done.output.endswith("THE CLAIM HOLDS\n")
    told = json.loads(asked(picture, "--keys", keys, "--json").output)
    assert (told["ok"], told["claim"]["code"], told["register_asked"]) == (True, card["code"], False)
    assert not (tmp_path / "var").exists()


def test_the_command_ends_with_one_for_what_does_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign key and a card without a claim; without any key it asks for one and makes none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALUR_DATA", raising=False)
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}')
    for what, code, last in (
        (key().sign(claim()), "claim_key_unknown", "THE CLAIM DOES NOT HOLD"),
        ("https://x.id/verify/A", "claim_missing", "NOTHING WAS CHECKED"),
        ("PLG-AK1-2026-000123", "claim_not_given", "NOTHING WAS CHECKED"),
        ("", "claim_empty", "NOTHING WAS CHECKED"),
    ):
        done = asked(what, "--keys", keys)
        assert (done.exit_code, done.output) == (1, f"{CLAIM_PROBLEMS[code][1]}\n{last}\n")
        told = json.loads(asked(what, "--keys", keys, "--json").output)
        assert ([p["code"] for p in told["problems"]], told["checked"]) == ([code], last != "NOTHING WAS CHECKED")
    assert asked(key().sign(claim())).exit_code == 2
    assert asked(tmp_path / "nowhere.png", "--keys", keys).exit_code == 2
    assert not (tmp_path / "var").exists()


def test_a_picture_without_a_card_or_with_two_is_told(issued: tuple[dict[str, str], Path]) -> None:
    """Nobody should think that the other card was checked."""
    one = Image.open(issued[1])
    two = Image.new("RGB", (one.width * 2, one.height), "white")
    two.paste(one, (0, 0))
    two.paste(Image.open(BytesIO(_another())), (one.width, 0))
    out = BytesIO()
    two.save(out, "PNG")
    for content, code in ((picture(), "qr_missing"), (out.getvalue(), "qr_several")):
        with pytest.raises(QrError) as caught:
            read_qr(content)
        assert caught.value.code == code


def _another() -> bytes:
    out = BytesIO()
    segno.make_qr("https://a.id/verify/B#C", error="m").save(out, kind="png", scale=5)
    return out.getvalue()


def test_the_page_shows_what_to_compare_and_tells_signature_from_claim(
    house: House, issued: tuple[dict[str, str], Path]
) -> None:
    """Everything that stands on the paper, and in both languages which of the two is the certified signature."""
    card, _ = issued
    anybody = Api(house).client
    page = anybody.get(f"/verify/{card['code']}").text
    for words in (card["number"], card["code"], "S··· R······", "Palembang", "PAdES B-LT"):
        assert words in page, words
    assert "Hanya ada di berkas PDF" in page
    assert "Bukan tanda tangan elektronik tersertifikasi" in page
    english = anybody.get(f"/verify/{card['code']}", headers={"Accept-Language": "en"}).text
    assert "It is in the PDF only" in english
    assert "No certified electronic signature" in english
    assert "Hanya ada di berkas PDF" not in anybody.get("/verify/UNKNOWN").text


def test_the_code_is_shown_to_whoever_asked_by_it(house: House, issued: tuple[dict[str, str], Path]) -> None:
    """By number it is left out: a print signed at the counter bears a code of its own, which would not compare."""
    card, _ = issued
    anybody = Api(house).client
    assert "Kode di bawah QR" in anybody.get(f"/verify/{card['code'].lower()}").text
    page = anybody.get(f"/verify/{card['number']}").text
    assert card["number"] in page
    assert card["code"] not in page


def test_the_published_keys_tell_no_secret(house: House) -> None:
    """The public half, for everybody, without signing in."""
    answer = Api(house).get("/keys")
    assert answer.status_code == 200
    (told,) = answer.json["keys"]
    assert set(told) == {"kty", "crv", "alg", "use", "kid", "x", "from", "until", "development"}
    private = load_pem_private_key((house.settings.keys_folder / "claim_key").read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)
    public = urlsafe_b64decode(told["x"] + "=")
    assert (public, len(public)) == (private.public_key().public_bytes_raw(), 32)
