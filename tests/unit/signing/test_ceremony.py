"""A key ceremony: everything an office needs, written once, checked, and told in a transcript."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from claim_kit import claim
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from signing_kit import card_pdf
from tools import need

from alur.audit_key import note_signer
from alur.claim_keys import claim_signer, published_keys
from alur.setting_values import SettingsError
from alur.settings import Settings, load
from alur.signers import make_signer, read_trust, trust_of
from signing import ceremony
from signing.ceremony import Plan, hold
from signing.development import DevelopmentPki
from signing.errors import CeremonyError, Rejected
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import SigningProfile, finish, prepare, sign
from signing.revocation import open_authority, renewed
from signing.timestamps import TimeStamper, local_timestamper
from signing.transcript import Transcript, serial, sha256
from signing.trust import DEVELOPMENT_ORGANISATION, is_development
from signing.verify import verify

CEREMONY_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "hold-a-key-ceremony.md"
PLAN = Plan(
    organisation="Dinas Tenaga Kerja Kota Contoh",
    seal="Segel Elektronik",
    officers=("Citra Lestari, S.Sos.", "Dedi Kurniawan, M.Si."),
    lists="http://pki.contoh.go.id",
    witnesses=("Eka Putri",),
)
FILES = {
    "offline/root.p12",
    "issuing/issuing.p12",
    "signers/seal.p12",
    "signers/officer-1.p12",
    "signers/officer-2.p12",
    "tsa/tsa-1.p12",
    "tsa/tsa-2.p12",
}


def word(file: str) -> str:
    """The passphrase of a file."""
    return f"rahasia besar {file}"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Transcript]:
    """The folder of a ceremony and its transcript."""
    folder = tmp_path_factory.mktemp("ceremony") / "keys"
    return folder, hold(PLAN, folder, word, now)


def production(folder: Path, signer: str = "signers/officer-1.p12") -> Settings:
    """A house in production that works with the ceremony's keys."""
    passphrase = folder.parent / "passphrase"
    passphrase.write_text(word(signer))
    return replace(
        load({"ALUR_DATA": str(folder.parent / "house"), "ALUR_TSA_URL": "http://tsa.contoh.go.id"}, folder.parent),
        env="production",
        signer=f"pkcs12:{folder / signer}",
        signer_passphrase=passphrase,
        trust=folder / "trust",
        claim_key=folder / "claim" / "claim.pem",
        claim_keys=folder / "claim" / "claim-keys.json",
        audit_key=folder / "audit" / "audit.pem",
    )


def stamper(folder: Path, name: str) -> TimeStamper:
    """A time stamper that works with the key of one of the ceremony's."""
    found = load_pkcs12((folder / f"tsa/{name}.p12").read_bytes(), word(f"tsa/{name}.p12").encode())
    assert found.cert is not None
    assert found.key is not None
    issuing, root = (other.certificate.public_bytes(Encoding.DER) for other in found.additional_certs)
    tsa = found.cert.certificate.public_bytes(Encoding.DER)
    key = found.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return local_timestamper(
        DevelopmentPki(
            folder=folder, pkcs12=folder, root=root, issuing=issuing, seal=b"", tsa=tsa, tsa_key=key, crls=()
        )
    )


def mode_of(path: Path) -> int:
    """Who may read and write it."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0o077, 0o000])
def test_what_a_ceremony_writes_is_open_or_closed_under_any_mask(tmp_path: Path, mask: int) -> None:
    """The mask of whoever types neither closes what is handed out nor opens a key."""
    before = os.umask(mask)
    try:
        hold(PLAN, tmp_path / "keys", word, now)
    finally:
        os.umask(before)
    modes = {name: mode_of(tmp_path / "keys" / name) for name in ("trust", "trust/root.pem", "offline/root.p12")}
    assert modes == {"trust": 0o755, "trust/root.pem": 0o644, "offline/root.p12": 0o600}
    assert mode_of(tmp_path / "keys" / "offline") == 0o700


def test_serials_are_told_in_whole_bytes() -> None:
    """One that begins with a zero has all of its digits, as other programs print it."""
    assert [serial(n) for n in (0, 0xABC, 0x0A << 152, 0xFF)] == ["00", "0abc", "0a" + "00" * 19, "ff"]


def test_files_are_closed_to_others_and_open_with_their_passphrase_only(held: tuple[Path, Transcript]) -> None:
    """Folders 0700, files 0600, every PKCS#12 file encrypted; what is handed out is open."""
    folder, _ = held
    public = {folder / "claim" / "claim-keys.json", folder / "trust", *(folder / "trust").iterdir()}
    paths = {folder, *folder.rglob("*")} - public
    assert {mode_of(p) for p in paths if p.is_dir()} == {0o700}
    assert {mode_of(p) for p in paths if p.is_file()} == {0o600}
    assert {mode_of(p) for p in public if p.is_file()} == {0o644}
    assert mode_of(folder / "trust") == 0o755
    assert {p.name for p in (folder / "trust").iterdir()} == {"root.pem", "root.crl", "issuing.pem", "issuing.crl"}
    assert {str(p.relative_to(folder)) for p in folder.rglob("*.p12")} == FILES
    for file in FILES:
        Pkcs12KeyHolder(folder / file, word(file).encode())
        for wrong in (None, b"", b"rahasia besar"):
            with pytest.raises(Rejected, match="wrong passphrase"):
                Pkcs12KeyHolder(folder / file, wrong)


@pytest.mark.parametrize("signer", ["signers/seal.p12", "signers/officer-1.p12", "signers/officer-2.p12"])
@pytest.mark.parametrize("tsa", ["tsa-1", "tsa-2"])
def test_a_house_in_production_signs_and_verifies_with_them(
    held: tuple[Path, Transcript], signer: str, tsa: str
) -> None:
    """PAdES B-LT by every signer with every time stamper holds against the trust folder, and is no development card."""
    folder, _ = held
    settings = production(folder, signer)
    made, trust = make_signer(settings), trust_of(settings)()
    stamping = stamper(folder, tsa)
    profile = SigningProfile(
        certificate=made.holder.certificate,
        chain=made.holder.chain,
        level=Level.B_LT,
        trust=trust,
        timestamper=stamping,
        signing_time=now().replace(microsecond=0),
        reason="Uji coba",
    )
    ready = asyncio.run(prepare(card_pdf(), profile))
    verdict = verify(finish(ready, asyncio.run(sign(ready, made.holder, stamping))), trust)
    assert (verdict.ok, [s.level for s in verdict.signatures]) == (True, [Level.B_LT]), verdict.codes
    assert not made.development
    assert made.claims.sign(claim(issued=now().date()))


def test_the_chain_is_short_and_the_stampers_end_apart(held: tuple[Path, Transcript]) -> None:
    """Root over issuing over everybody else; one stamper outlives the other by a year."""
    folder, _ = held
    trust = read_trust(folder / "trust")
    assert (len(trust.roots), len(trust.intermediates), len(trust.crls)) == (1, 1, 2)
    assert not any(map(is_development, (*trust.roots, *trust.intermediates)))
    ends = []
    for name in ("tsa-1", "tsa-2"):
        holder = Pkcs12KeyHolder(folder / f"tsa/{name}.p12", word(f"tsa/{name}.p12").encode())
        assert holder.chain == (*trust.intermediates, *trust.roots)
        ends.append(x509.load_der_x509_certificate(holder.certificate).not_valid_after_utc)
    assert round((ends[0] - ends[1]) / timedelta(days=1)) == 365


def test_certificates_name_where_their_lists_are(held: tuple[Path, Transcript]) -> None:
    """The address that was given, for verifiers elsewhere."""
    folder, _ = held
    seal = Pkcs12KeyHolder(folder / "signers/seal.p12", word("signers/seal.p12").encode()).certificate
    points = x509.load_der_x509_certificate(seal).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name
    assert names is not None
    assert names[0].value.startswith("http://pki.contoh.go.id/")


def test_the_transcript_tells_every_file_and_certificate_and_no_secret(held: tuple[Path, Transcript]) -> None:
    """Fingerprints, serials, validity and times, as text and as JSON; what it says of a file is true."""
    folder, told = held
    kept = json.loads((folder / "transcript.json").read_text())
    assert kept == json.loads(told.to_json())
    words = (folder / "transcript.txt").read_text()
    assert words == told.to_text()
    for entry in told.entries:
        if entry.file_sha256 is not None:
            assert entry.file is not None
            assert sha256((folder / entry.file).read_bytes()) == entry.file_sha256
        assert datetime.fromisoformat(entry.at).tzinfo is not None
    assert {e.file for e in told.entries if e.serial} == FILES
    seal = next(e for e in told.entries if e.file == "signers/seal.p12")
    holder = Pkcs12KeyHolder(folder / "signers/seal.p12", word("signers/seal.p12").encode())
    certificate = x509.load_der_x509_certificate(holder.certificate)
    assert seal.fingerprint == certificate.fingerprint(hashes.SHA256()).hex()
    assert seal.serial == serial(certificate.serial_number)
    assert {len(e.serial) % 2 for e in told.entries if e.serial} == {0}
    assert "Witness: Eka Putri" in words
    assert "rahasia" not in words + told.to_json()
    assert "PRIVATE" not in words + told.to_json()
    written = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert {e.file for e in told.entries if e.file_sha256} == written - {"transcript.json", "transcript.txt"}


def test_fingerprints_are_told_as_the_commands_of_the_page_print_them(
    held: tuple[Path, Transcript], tmp_path: Path
) -> None:
    """With which whoever watches compares them on a second machine: of certificates, bare keys and files."""
    folder, _ = held
    need("openssl")
    words, page = (folder / "transcript.txt").read_text(), CEREMONY_PAGE.read_text()
    (tmp_path / "word").write_text(word("signers/seal.p12"))
    commands = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[0].splitlines()
    assert len(commands) == 4
    for command in commands:
        line = command.replace("-in signers/seal.p12", f"-in signers/seal.p12 -passin file:{tmp_path / 'word'}")
        done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, timeout=20, check=True)
        printed = re.findall(r"\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b|\b[0-9a-f]{64}\b", done.stdout)
        assert printed, command
        for digest in printed:
            assert digest in words, command


def test_a_ceremony_overwrites_nothing(held: tuple[Path, Transcript], tmp_path: Path) -> None:
    """Neither a ceremony of before nor anything else; an empty folder will do, and is closed."""
    folder, _ = held
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for taken in (folder, folder / "transcript.txt"):
        with pytest.raises(CeremonyError) as caught:
            hold(PLAN, taken, word, now)
        assert caught.value.code == "ceremony_folder"
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    hold(PLAN, empty, word, now)
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700


def test_a_rehearsal_makes_keys_that_production_refuses(tmp_path: Path) -> None:
    """Should anybody keep them: signer, trust and claim keys are development ones."""
    folder = tmp_path / "keys"
    told = hold(replace(PLAN, rehearsal=True), folder, word, now)
    assert told.rehearsal
    assert "REHEARSAL" in told.to_text()
    settings = production(folder)
    with pytest.raises(Rejected) as caught:
        make_signer(settings)
    assert caught.value.code == "development_root"
    with pytest.raises(Rejected) as caught:
        trust_of(settings)()
    assert caught.value.code == "development_root"
    for asked in (claim_signer, note_signer, lambda given: published_keys(given)()):
        with pytest.raises(SettingsError) as refused:
            asked(settings)
        assert refused.value.code == "development_key"


@pytest.mark.parametrize(
    "change",
    [{"organisation": ""}, {"seal": "S" * 65}, {"officers": ("A\nB",)}, {"organisation": DEVELOPMENT_ORGANISATION}],
)
def test_a_name_that_no_certificate_can_bear_is_refused_before_anything_is_made(change: dict[str, object]) -> None:
    """And nobody makes real keys under the name of development ones."""
    with pytest.raises(CeremonyError) as caught:
        replace(PLAN, **change)
    assert caught.value.code == "ceremony_name"


@pytest.mark.parametrize(
    "file", ["signers/seal.p12", "trust/root.crl", "trust/issuing.pem", "claim/claim.pem", "claim/claim-keys.json"]
)
def test_a_ceremony_whose_files_do_not_fit_is_not_finished(
    tmp_path: Path, held: tuple[Path, Transcript], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """A medium that keeps something else than was written: the file is named, and there is no transcript."""
    foreign = (held[0] / file).read_bytes()

    def bad(path: Path, content: bytes) -> None:
        path.write_bytes(foreign if str(path).endswith(file) else content)

    for write in ("write_private", "write_public"):
        monkeypatch.setattr(ceremony, write, bad)
    with pytest.raises(CeremonyError) as caught:
        hold(PLAN, tmp_path / "keys", lambda f: word(f) + "!", now)
    assert caught.value.code == "ceremony_broken"
    assert not (tmp_path / "keys" / "transcript.txt").exists()


def renew(held: tuple[Path, Transcript], listed: Path, *serials: int, days: int = 30) -> x509.CertificateRevocationList:
    """Renew the list of the issuing authority in `listed`."""
    file = "issuing/issuing.p12"
    made = renewed(
        open_authority(held[0] / file, word(file)), listed.read_bytes(), serials, now(), timedelta(days=days)
    )
    listed.write_bytes(made.public_bytes(Encoding.DER))
    return made


def test_a_list_is_renewed_with_what_it_revokes(held: tuple[Path, Transcript], tmp_path: Path) -> None:
    """The next number, a new end, and nothing is forgotten or told twice."""
    listed = tmp_path / "issuing.crl"
    listed.write_bytes((held[0] / "trust" / "issuing.crl").read_bytes())
    first = renew(held, listed, 7, 8, 7)
    again = renew(held, listed, 8, 9, days=90)
    assert [e.serial_number for e in first] == [7, 8]
    assert [e.serial_number for e in again] == [7, 8, 9]
    assert [e.revocation_date_utc for e in again][:2] == [e.revocation_date_utc for e in first]
    assert again.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert again.next_update_utc is not None
    assert (again.next_update_utc - now()).days == 89


def test_a_revoked_signer_signs_no_card_any_more(held: tuple[Path, Transcript], tmp_path: Path) -> None:
    """The list in the trust folder is what signing and verifying ask."""
    trusted = tmp_path / "trust"
    shutil.copytree(held[0] / "trust", trusted)
    made = make_signer(production(held[0]))
    renew(held, trusted / "issuing.crl", x509.load_der_x509_certificate(made.holder.certificate).serial_number)
    profile = SigningProfile(
        certificate=made.holder.certificate,
        chain=made.holder.chain,
        level=Level.B_LT,
        trust=read_trust(trusted),
        timestamper=stamper(held[0], "tsa-1"),
        signing_time=now().replace(microsecond=0),
        reason="Uji coba",
    )
    with pytest.raises(Rejected) as caught:
        asyncio.run(prepare(card_pdf(), profile))
    assert caught.value.code == "certificate_rejected"


@pytest.mark.parametrize("file", ["signers/seal.p12", "offline/root.p12", "nowhere.p12"])
def test_only_the_authority_of_a_list_renews_it(held: tuple[Path, Transcript], file: str) -> None:
    """A signer is none, a wrong passphrase opens none, and the root's key signs no list of the issuing authority."""
    current = (held[0] / "trust" / "issuing.crl").read_bytes()
    with pytest.raises(CeremonyError):
        renewed(open_authority(held[0] / file, word(file)), current, [], now(), timedelta(days=1))
    with pytest.raises(CeremonyError, match="wrong passphrase"):
        open_authority(held[0] / "issuing/issuing.p12", "wrong")
    opened = open_authority(held[0] / "issuing/issuing.p12", word("issuing/issuing.p12"))
    with pytest.raises(CeremonyError, match="no revocation list"):
        renewed(opened, b"list", [], now(), timedelta(days=1))
