"""`alur keys` as people type it."""

from __future__ import annotations

import json
import re
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from claim_kit import claim, key, published
from click.testing import CliRunner, Result

from alur.commands.keys import keys
from signing.claim_check import check
from signing.claim_keys import key_set, read_keys, read_private
from signing.keyholder import Pkcs12KeyHolder
from signing.trust import DEVELOPMENT_ORGANISATION

WHO = ("--organisation", "Dinas Contoh", "--officer", "Citra", "--lists", "http://pki.contoh.go.id/")


def asked(*words: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(keys, [*map(str, words)], input=given)


def test_generated_passphrases_are_told_once_and_written_nowhere(tmp_path: Path) -> None:
    """On the terminal beside the transcript; each opens its own file."""
    done = asked("ceremony", "--out", tmp_path / "keys", *WHO)
    assert done.exit_code == 0, done.output
    told = dict(re.findall(r"passphrase of (\S+): (\S+)", done.stderr))
    assert len(told) == len(set(told.values())) == 6
    for file, passphrase in told.items():
        Pkcs12KeyHolder(tmp_path / "keys" / file, passphrase.encode())
    for path in (p for p in (tmp_path / "keys").rglob("*") if p.is_file()):
        assert not any(passphrase.encode() in path.read_bytes() for passphrase in told.values())
    assert "passphrase" not in done.stdout
    assert "Key ceremony of Dinas Contoh" in done.stdout


def test_passphrases_may_be_chosen_and_not_be_short(tmp_path: Path) -> None:
    """Asked twice; one of less than twelve characters is asked for again."""
    typed = "kurang\nkurang\n" + "cukup panjang!\n" * 12
    done = asked("ceremony", "--out", tmp_path / "keys", "--passphrases", "ask", *WHO, given=typed)
    assert done.exit_code == 0, done.output
    assert "At least 12 characters" in done.stderr
    Pkcs12KeyHolder(tmp_path / "keys" / "signers" / "seal.p12", b"cukup panjang!")


def test_a_rehearsal_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole transcript under the development name, and no file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = asked("ceremony", "--rehearse", "--json", *WHO)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rehearsal"], told["organisation"]) == (True, DEVELOPMENT_ORGANISATION)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [(), ("--rehearse", "--out", "keys"), ("--out", "keys", "--lists", "pki.id")])
def test_a_call_that_is_not_clear_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Neither a folder nor a rehearsal, both of them, or no address."""
    monkeypatch.chdir(tmp_path)
    assert asked("ceremony", *WHO, *words).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_next_claim_key_stands_beside_the_one_of_before(tmp_path: Path) -> None:
    """Cards of both are checked with the one file; nothing is overwritten."""
    listed, out = tmp_path / "claim-keys.json", tmp_path / "claim-2.pem"
    listed.write_text(json.dumps(key_set([published()])))
    done = asked("claim", "--out", out, "--keys", listed, "--from", "2027-12-01")
    assert done.exit_code == 0, done.output
    old, new = read_keys(listed.read_text())
    assert old == published()
    assert (new.first, new.last) == (date(2027, 12, 1), date(2027, 12, 1) + timedelta(days=730))
    later = claim(issued=date(2028, 1, 1), expires=date(2030, 1, 1))
    both = (old, new)
    assert check(read_private(out.read_bytes()).sign(later), both, date(2028, 2, 1)).ok
    assert check(key().sign(claim()), both, date(2028, 2, 1)).ok
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert stat.S_IMODE(listed.stat().st_mode) == 0o644
    before = listed.read_bytes(), out.read_bytes()
    assert asked("claim", "--out", out, "--keys", listed).exit_code == 2
    backwards = ("--from", "2027-12-01", "--until", "2027-11-30")
    assert asked("claim", "--out", tmp_path / "c.pem", "--keys", listed, *backwards).exit_code == 2
    assert (listed.read_bytes(), out.read_bytes()) == before
    assert not (tmp_path / "c.pem").exists()


def test_the_published_keys_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page of keys tells."""
    listed = tmp_path / "claim-keys.json"
    listed.write_text(json.dumps(key_set([published()])))
    monkeypatch.setenv("ALUR_CLAIM_KEYS", str(listed))
    assert read_keys(asked("show").stdout) == (published(),)


def test_a_list_is_renewed_with_a_passphrase_asked_or_from_a_file(tmp_path: Path) -> None:
    """The passphrase that the ceremony told; what is no serial number changes nothing."""
    done = asked("ceremony", "--out", tmp_path / "keys", *WHO)
    told = dict(re.findall(r"passphrase of (\S+): (\S+)", done.stderr))
    authority, listed = tmp_path / "keys" / "issuing" / "issuing.p12", tmp_path / "keys" / "trust" / "issuing.crl"
    call = ("renew-list", authority, "--list", listed)
    word = tmp_path / "word"
    word.write_text(told["issuing/issuing.p12"] + "\n")
    before = listed.read_bytes()
    assert asked(*call, "--revoke", "xyz", "--passphrase", word).exit_code == 2
    assert listed.read_bytes() == before
    done = asked(*call, "--days", "60", "--passphrase", word, "--json")
    assert json.loads(done.stdout)["revoked"] == []
    assert stat.S_IMODE(listed.stat().st_mode) == 0o644
    done = asked(*call, given=told["issuing/issuing.p12"] + "\n")
    assert "revokes 0 certificates" in done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a ceremony, and its passphrases by file."""
    folder = tmp_path_factory.mktemp("ceremony") / "keys"
    done = asked("ceremony", "--out", folder, *WHO)
    return folder, dict(re.findall(r"passphrase of (\S+): (\S+)", done.stderr))


def serials(folder: Path) -> dict[str, str]:
    """Serials by the file that holds the certificate, as the transcript tells them."""
    entries = json.loads((folder / "transcript.json").read_text())["entries"]
    return {entry["file"]: entry["serial"] for entry in entries if entry["serial"]}


def test_only_what_the_authority_issued_is_revoked_and_it_is_told_what_was(
    office: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """A serial that nobody has, of the other authority or of itself changes nothing; what is known is listed."""
    folder, told = office
    listed = tmp_path / "issuing.crl"
    listed.write_bytes((folder / "trust" / "issuing.crl").read_bytes())
    (tmp_path / "word").write_text(told["issuing/issuing.p12"])
    issuing = folder / "issuing" / "issuing.p12"
    call = ("renew-list", issuing, "--list", listed, "--passphrase", tmp_path / "word")
    before, known = listed.read_bytes(), serials(folder)
    for wrong in ("1111", known["issuing/issuing.p12"], known["offline/root.p12"]):
        done = asked(*call, "--revoke", wrong)
        assert done.exit_code == 2
        assert f"{known['signers/officer-1.p12']}  CN=Citra" in done.stderr
        assert listed.read_bytes() == before
    written = ":".join(re.findall("..", known["signers/officer-1.p12"].upper()))
    done = asked(*call, "--revoke", f"0x00{written}")
    assert "revokes 1 certificate\n" in done.stdout
    assert f"revoked NOW: {known['signers/officer-1.p12']} CN=Citra" in done.stdout
    again = asked(*call, "--revoke", known["signers/officer-1.p12"])
    assert re.search(r"revoked since \d{4}-\d\d-\d\d: " + known["signers/officer-1.p12"], again.stdout)


def test_without_a_transcript_a_certificate_is_named_or_nothing_is_checked(
    office: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """The authority's file alone, on a machine of its own: the certificate counts, whoever issued it is looked at."""
    folder, told = office
    for name in ("issuing/issuing.p12", "trust/issuing.crl", "trust/root.pem", "trust/issuing.pem"):
        (tmp_path / Path(name).name).write_bytes((folder / name).read_bytes())
    (tmp_path / "word").write_text(told["issuing/issuing.p12"])
    known, listed = serials(folder), tmp_path / "issuing.crl"
    call = ("renew-list", tmp_path / "issuing.p12", "--list", listed, "--passphrase", tmp_path / "word")
    seal = known["signers/seal.p12"]
    assert "no transcript.json is here" in asked(*call, "--revoke", seal).stderr
    assert asked(*call, "--certificate", tmp_path / "issuing.pem").exit_code == 2
    assert asked(*call, "--certificate", tmp_path / "root.pem").exit_code == 2
    passphrase = told["signers/officer-1.p12"].encode()
    (tmp_path / "officer.crt").write_bytes(
        Pkcs12KeyHolder(folder / "signers" / "officer-1.p12", passphrase).certificate
    )
    done = asked(*call, "--certificate", tmp_path / "officer.crt", "--json")
    assert json.loads(done.stdout)["revoked_now"] == [known["signers/officer-1.p12"]]
    done = asked(*call, "--revoke", seal, "--transcript", folder / "transcript.json", "--json")
    assert json.loads(done.stdout)["revoked_now"] == [seal]
    done = asked(*call, "--revoke", "a1b2c", "--unlisted", "--json")
    assert json.loads(done.stdout)["revoked_now"] == ["0a1b2c"]
