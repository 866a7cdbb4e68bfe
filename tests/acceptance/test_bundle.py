"""One case with everything that proves what happened to it, checked where there is only `cryptography`."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from alur.commands.audit import audit
from alur.pki_folder import pki_folder
from alur.verify import HOLDS, MANIFEST, OPEN, unpack, verify
from alur.wiring import House
from signing.development import ensure_development_pki
from tests import erase_kit
from tests.audit_kit import Scene, administrator, seal
from tests.bundle_kit import Alone, bundle, failing, judged, members, resigned, states
from tests.drain_kit import CHECKLIST, by_hand, in_verification, one, quiet_house, rows
from tests.migration_kit import Mover, renamed_word
from tests.office_time_kit import disnaker_with, holiday, promise, put_in_force
from tests.support import open_filled, send, settle
from workflow.db.accesses import MayNotLookError
from workflow.db.bundled import BundleRefusedError
from workflow.db.cases import DataErasedError, UnknownCaseError
from workflow.log.note import NoteSigner


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """Python with `cryptography` and nothing else."""
    return Alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def published(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of keys that the office publishes."""
    file = tmp_path_factory.mktemp("keys") / "keys.txt"
    file.write_text("# Kantor\n\n" + scene.house.note_signer().verifier.line() + "\n")
    return file


def test_a_bundle_verifies_where_only_cryptography_is(
    full: bytes, lean: bytes, alone: Alone, published: Path, tmp_path: Path
) -> None:
    """Against published keys, in isolated mode, by a copy of the module; nothing of Alur is found there."""
    imports = [
        str(alone.python),
        "-I",
        "-c",
        "import cryptography, importlib.util as u; print(u.find_spec('workflow'))",
    ]
    assert subprocess.run(imports, capture_output=True, text=True, check=True).stdout == "None\n"
    for content in (full, lean):
        (tmp_path / "b.zip").write_bytes(content)
        code, said = alone.verify(tmp_path / "b.zip", "--keys", published)
        assert code == 0, said
        assert said.endswith("Nothing fails.\n")


def test_without_keys_the_signer_is_not_established(lean: bytes, scene: Scene, alone: Alone, tmp_path: Path) -> None:
    """What the bundle says of itself holds; the fingerprint is told, so that it can be compared."""
    (tmp_path / "b.zip").write_bytes(lean)
    code, said = alone.verify(tmp_path / "b.zip")
    assert code == 0
    assert said.endswith("Nothing fails. The signer is not established.\n")
    told = json.loads(alone.verify(tmp_path / "b.zip", "--json")[1])
    assert (told["ok"], told["signer_established"]) == (True, False)
    assert states(verify(lean, None), "signature") == [HOLDS, OPEN]
    public = scene.house.note_signer().verifier.public
    assert f"fingerprint {hashlib.sha256(public).digest().hex(':').upper()}." in said


def test_other_keys_do_not_verify(lean: bytes, alone: Alone, tmp_path: Path) -> None:
    """Nor does a file of keys without one; a file that is none is a call that is not understood."""
    (tmp_path / "b.zip").write_bytes(lean)
    other = NoteSigner(members(lean)[MANIFEST]["house"], Ed25519PrivateKey.generate()).verifier.line()
    for keys in (other, "# none\n"):
        (tmp_path / "keys.txt").write_text(keys)
        code, said = alone.verify(tmp_path / "b.zip", "--keys", tmp_path / "keys.txt")
        assert code == 1
        assert "fails            signature" in said
        assert "fails            seal" in said
    (tmp_path / "keys.txt").write_text("no key")
    assert alone.verify(tmp_path / "b.zip", "--keys", tmp_path / "keys.txt")[0] == 2
    assert alone.verify(tmp_path / "none.zip")[0] == 2


def test_a_bundle_is_a_zip_that_others_open(full: bytes, tmp_path: Path) -> None:
    """Any program that reads zips finds what is in it."""
    (tmp_path / "b.zip").write_bytes(full)
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        assert opened.testzip() is None
        assert {i.filename: opened.read(i) for i in opened.infolist()} == unpack(full)


def test_the_time_stamp_is_judged_by_the_authority_that_is_named(
    lean: bytes, scene: Scene, alone: Alone, tmp_path: Path
) -> None:
    """By its own certificate or that of an issuer, DER or PEM; others are refused; none named is not established."""
    pki = ensure_development_pki(pki_folder(scene.house.settings))
    (tmp_path / "b.zip").write_bytes(lean)
    for certificate, code in ((pki.tsa, 0), (pki.issuing, 0), (pki.root, 0), (pki.seal, 1)):
        pem = x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
        for form in (certificate, pem):
            (tmp_path / "tsa").write_bytes(form)
            assert alone.verify(tmp_path / "b.zip", "--tsa", tmp_path / "tsa")[0] == code
    assert states(verify(lean, None), "time stamp") == [HOLDS, OPEN]
    (tmp_path / "tsa").write_bytes(b"no certificate")
    assert alone.verify(tmp_path / "b.zip", "--tsa", tmp_path / "tsa")[0] == 2


def test_a_bundle_without_data_holds_nothing_personal(scene: Scene, lean: bytes) -> None:
    """No value that names the person, no salt, no file; and nobody's look is logged."""
    data = next(v for v in members(bundle(scene.house, scene.case, "auditor"))["data.json"] if v["kind"] == "data")
    assert data["content"]["data"]["nik"].encode() not in lean
    assert data["salt"].encode() not in lean
    told = members(lean)
    assert not {"data.json", "card.pdf"} & told.keys()
    assert not [n for n in told if n.startswith("documents/")]
    assert {d["salt"] for d in told["documents.json"]} == {None}
    before = one(scene.house, "SELECT count(*) FROM access_log")
    bundle(scene.house, scene.case)
    assert one(scene.house, "SELECT count(*) FROM access_log") == before


def test_whoever_takes_the_data_along_is_logged(scene: Scene) -> None:
    """An auditor or supervisor of the office; others get nothing."""
    bundle(scene.house, scene.other, "auditor")
    logged = rows(scene.house, "SELECT what FROM access_log WHERE case_id = :c ORDER BY id DESC LIMIT 1", c=scene.other)
    assert logged == [("bundle",)]
    with pytest.raises(MayNotLookError):
        bundle(scene.house, scene.other, "operator")


def test_moves_are_told_with_what_was_asked(scene: Scene, lean: bytes) -> None:
    """The verdicts of the events with the conditions of the definition, and the checklist as it was ticked."""
    moves = {v["do"]: v for v in members(lean)["verdicts.json"]}
    assert [(g["if"], g["from"], g["verdict"]) for g in moves["approve"]["guards"]] == [
        ("documents.complete", "event", True),
        ("checklist.complete", "event", True),
    ]
    assert moves["approve"]["checklist"] == list(CHECKLIST)


def test_office_time_is_told_with_the_calendars_that_count_it(house: House, tmp_path: Path) -> None:
    """The versions that the office counts with, those published later included, and every interval of the clock."""
    with quiet_house(house) as own:
        promise(own, tmp_path, "P3D working")
        case, _ = in_verification(own)
        put_in_force(own, disnaker_with(2, "2027-01-01", holiday("2027-01-04")))
        content = bundle(own, case)
    told = members(content)
    (clock,) = [c for c in told["clocks.json"] if c["working"]]
    assert {line["kind"] for line in clock["lines"]} > {"open", "break", "day_off"}
    assert [n for n in told if n.startswith("calendars/")] == [
        f"calendars/{clock['calendar']}@{n}.json" for n in (1, 2)
    ]
    found = judged(content, own)
    assert not failing(found)
    assert states(found, "calendars") == [HOLDS]
    there = unpack(content)
    name = next(n for n in there if n.startswith("calendars/"))
    forged = resigned({**there, name: there[name].replace(b"08:00", b"09:00", 1)}, own.note_signer())
    assert failing(judged(forged, own)) == {"calendars"}


def test_the_report_on_the_card_says_what_its_signatures_are(scene: Scene, full: bytes) -> None:
    """As of when the bundle was made."""
    report = members(full)["card-report.json"]
    assert report["state"] == "valid"
    assert report["report"]["ok"]
    assert len(report["report"]["signatures"]) == 1


def test_what_no_checkpoint_seals_is_said(house: House) -> None:
    """A case that was never sealed, one that went on after its seal, and a house without any checkpoint."""
    with quiet_house(house) as own:
        case, siti = in_verification(own)
        found = judged(bundle(own, case), own)
        assert not failing(found)
        assert states(found, "seal") == [OPEN]
        assert "checkpoint.txt" not in members(bundle(own, case))
        seal(own)
        later, _ = in_verification(own)
        assert states(judged(bundle(own, later), own), "seal") == [OPEN]
        send(own, case, "withdraw", siti)
        settle(own)
        assert states(judged(bundle(own, case), own), "seal") == [HOLDS, OPEN]
        told = members(bundle(own, case))[MANIFEST]
        assert 0 < told["sealed"] < one(own, "SELECT seq FROM case_ WHERE id = :c", c=case)


def test_an_erased_case_still_verifies_and_says_so(house: House, tmp_path: Path) -> None:
    """Its data cannot be taken along any more; digests, history and seal stay."""
    with quiet_house(house) as quiet:
        own = erase_kit.of_its_own(quiet, tmp_path)
        case = erase_kit.revoked(own, erase_kit.party(own))
        seal(own)
        before = bundle(own, case)
        assert not [needle for needle in erase_kit.NEEDLES if needle.encode() in before]
        own.eraser().by_right(case, "1", datetime.now(UTC), None)
        content = bundle(own, case)
        found = judged(content, own)
        assert not failing(found)
        assert states(found, "erasure") == [HOLDS]
        assert members(content)[MANIFEST]["erased"]
        report = members(content)["card-report.json"]
        assert (report["report"], report["state"]) == (None, "revoked")
        for needle in erase_kit.NEEDLES:
            assert needle.encode() not in content
        with pytest.raises(DataErasedError):
            bundle(own, case, "auditor")


def test_a_case_that_changed_its_definition_is_told_with_both(house: House, tmp_path: Path) -> None:
    """Verdicts before by the old one, those after by the new one."""
    with quiet_house(house) as own, by_hand(own) as hand:
        case, _ = in_verification(own)
        moving = Mover(own, hand, renamed_word(tmp_path, "verifying", "checking"))
        moving.begin(canary={"cases": 0})
        moving.run()
        send(own, case, "approve", "operator", checklist=CHECKLIST)
        settle(own)
        seal(own)
        content = bundle(own, case)
        found = judged(content, own)
        assert not failing(found), found
        told = members(content)
        assert len([n for n in told if n.startswith("definitions/")]) == 2
        assert {g["definition"] for v in told["verdicts.json"] for g in v["guards"] if v["do"] == "approve"} == {
            moving.new.hash
        }


def test_a_history_that_does_not_verify_makes_no_bundle(scene: Scene) -> None:
    """It would prove nothing; nor does a draft, which has no history, nor a case that is not there."""
    draft = open_filled(scene.house, None, by="operator")
    with pytest.raises(BundleRefusedError, match="never submitted"):
        bundle(scene.house, draft)
    with pytest.raises(UnknownCaseError):
        bundle(scene.house, 999_999)
    with administrator(scene.house) as db:
        db.execute(f"UPDATE event SET actor = '9' || actor WHERE case_id = {scene.counter} AND seq = 2")
    try:
        with pytest.raises(BundleRefusedError, match="does not verify"):
            bundle(scene.house, scene.counter)
    finally:
        with administrator(scene.house) as db:
            db.execute(f"UPDATE event SET actor = substr(actor, 2) WHERE case_id = {scene.counter} AND seq = 2")


def test_the_command_writes_a_bundle(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`alur audit bundle CASE --out F.zip`, with `--with-data` for whoever may look."""

    class Opened:
        def __enter__(self) -> House:
            return scene.house

        def __exit__(self, *_: object) -> None:
            """The house stays open for the other tests."""

    monkeypatch.setattr("alur.commands.bundle.house", Opened)
    out = tmp_path / "bukti.zip"
    ran = CliRunner().invoke(audit, ["bundle", str(scene.case), "--out", str(out), "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output)["size"] == out.stat().st_size
    assert not failing(judged(out.read_bytes(), scene.house))
    ran = CliRunner().invoke(audit, ["bundle", str(scene.case), "--out", str(out), "--with-data", "auditor"])
    assert "alur-verify" in ran.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "data.json" in unpack(out.read_bytes())
