"""`alur keys`: make an office's own keys, change the claim key, tell what is published."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateRevocationList, load_der_x509_crl, load_der_x509_csr

from alur.claim_keys import published_keys
from alur.commands.common import json_option, settings, tell
from alur.key_files import new_key
from alur.serials import issued_by, number_of, of_certificates, require_known, transcript_beside
from signing.ceremony import CLAIM_DAYS, Plan, hold
from signing.claim_keys import PublishedKey, key_set, read_keys, read_private
from signing.private_files import write_private, write_public
from signing.revocation import open_authority, renewed
from signing.secret import Secret
from signing.transcript import Transcript, serial

#: Letters of generated passphrases, none misread for another; 25 carry 125 bits.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 5, 5
_LEAST = 12  # characters of a passphrase that people choose
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def keys() -> None:
    """Keys of the house: their ceremony, their change, what is published."""


@keys.command()
@click.option("--out", type=click.Path(path_type=Path), help="A folder that does not exist yet; best on a medium.")
@click.option("--organisation", required=True, help="Whose keys these are, as every certificate says.")
@click.option("--seal", default="Segel Elektronik", show_default=True, help="Name in the certificate of the seal.")
@click.option("--officer", "officers", multiple=True, help="Name of an officer who signs; once for each.")
@click.option("--lists", required=True, help="Address below which revocation lists are published (http://…).")
@click.option("--witness", "witnesses", multiple=True, help="Who watches; once for each.")
@click.option("--passphrases", type=click.Choice(["generate", "ask"]), default="generate", show_default=True)
@click.option("--rehearse", is_flag=True, help="Do everything under a development name and throw it away.")
@json_option
def ceremony(
    out: Path | None,
    organisation: str,
    seal: str,
    officers: tuple[str, ...],
    lists: str,
    witnesses: tuple[str, ...],
    passphrases: str,
    rehearse: bool,
    as_json: bool,
) -> None:
    """Make root, issuing CA, seal, officers, two time stampers, lists, claim and audit key, with a transcript."""
    if (out is None) is not rehearse:
        raise click.UsageError("Name a folder with --out, or say --rehearse, which writes none.")
    if not lists.startswith(("http://", "https://")):
        raise click.UsageError("--lists is an address that begins with http:// or https://.")
    plan = Plan(
        organisation=organisation,
        seal=seal,
        officers=officers,
        lists=lists.rstrip("/"),
        witnesses=witnesses,
        rehearsal=rehearse,
    )
    ask = _generated if passphrases == "generate" else _asked
    told = _held(plan, out, ask)
    tell(json.loads(told.to_json()), told.to_text().rstrip(), as_json=as_json)


@keys.command("claim")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File of the new key; must not exist.")
@click.option("--keys", "listed", required=True, type=FILE, help="Published keys, which grow by one.")
@click.option("--from", "first", type=_DAY, help="First day on which it signs; today when not given.")
@click.option("--until", "last", type=_DAY, help="Last day on which it signs; two years later when not given.")
@json_option
def claim(out: Path, listed: Path, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """Make the next claim key and publish it in --keys, beside those of before."""
    if out.exists():
        raise click.UsageError(f"{out} is there already; a key is never overwritten.")
    known = read_keys(listed.read_bytes())
    begins = first.date() if first else datetime.now().astimezone().date()
    ends = last.date() if last else begins + timedelta(days=CLAIM_DAYS)
    if ends < begins:
        raise click.UsageError("The key would end before it begins.")
    made = _made(out, begins, ends)
    write_public(listed, json.dumps(key_set([*known, made]), indent=2).encode())
    words = f"key {made.kid.hex()} signs from {begins} to {ends}; {listed} now publishes {len(known) + 1} keys"
    tell(key_set([made])["keys"][0], words, as_json=as_json)


@keys.command("renew-list")
@click.argument("authority", type=FILE, metavar="CA.p12")
@click.option("--list", "listed", required=True, type=FILE, help="Its revocation list, which is replaced.")
@click.option(
    "--revoke", "serials", multiple=True, help="Serial number (hex) of a certificate to revoke; once for each."
)
@click.option("--certificate", "files", multiple=True, type=FILE, help="File of a certificate to revoke, instead.")
@click.option("--transcript", type=FILE, help="The ceremony's transcript.json; else that in the authority's folder.")
@click.option("--unlisted", is_flag=True, help="Revoke a serial that no transcript tells; nothing checks it.")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How long it stays current.")
@click.option("--passphrase", "word", type=FILE, help="File of the passphrase; asked for when not given.")
@json_option
def renew_list(
    authority: Path,
    listed: Path,
    serials: tuple[str, ...],
    files: tuple[Path, ...],
    transcript: Path | None,
    unlisted: bool,
    days: int,
    word: Path | None,
    as_json: bool,
) -> None:
    """Renew a revocation list before it runs out, or revoke certificates."""
    numbers = [number_of(text) for text in serials]
    passphrase = word.read_text().split("\n", 1)[0].rstrip("\r") if word else _word_of(authority)
    issuer = open_authority(authority, passphrase)
    transcript = transcript or transcript_beside(authority)
    given = of_certificates(issuer.certificate, files)
    known = {**issued_by(issuer.certificate, transcript), **given}
    if not unlisted:
        require_known(numbers, known, transcript)
    before = listed.read_bytes()
    made = renewed(issuer, before, [*numbers, *given], _now(), timedelta(days=days))
    write_public(listed, made.public_bytes(Encoding.DER))
    old, all_ = ({entry.serial_number for entry in found} for found in (load_der_x509_crl(before), made))
    value = {
        "until": made.next_update_utc,
        "revoked": [serial(entry.serial_number) for entry in made],
        "revoked_now": sorted(map(serial, all_ - old)),
    }
    tell(value, "\n".join(_list_lines(listed, made, old, known)), as_json=as_json)


def _list_lines(
    listed: Path, made: CertificateRevocationList, old: Container[int], known: Mapping[int, str]
) -> Iterator[str]:
    count = f"{len(made)} certificate{'' if len(made) == 1 else 's'}"
    yield f"{listed} is current until {made.next_update_utc:%Y-%m-%d} and revokes {count}"
    for entry in made:
        number = entry.serial_number
        since = f"since {entry.revocation_date_utc:%Y-%m-%d}" if number in old else "NOW"
        yield f"  revoked {since}: {serial(number)} {known.get(number, '')}".rstrip()


@keys.command()
def show() -> None:
    """The published claim keys of this house (JWK Set), as /api/v1/keys tells them."""
    click.echo(json.dumps(key_set(published_keys(settings())()), indent=2))


@keys.command("request")
@click.option("--signer", required=True, help="Where the key lies, as in ALUR_SIGNER: pkcs11:…?module-path=….")
@click.option("--subject", required=True, help="Whose key it is: CN=…,O=…,C=ID.")
@click.option("--pin", "word", type=FILE, help="File of the PIN; asked for when neither this nor pin-source is given.")
def request(signer: str, subject: str, word: Path | None) -> None:
    """Write a request for a certificate (PKCS#10, PEM) of a key that was made on a token, to standard output."""
    from signing.certificate_request import request_of
    from signing.pkcs11_token import Pkcs11BareKey
    from signing.pkcs11_uri import Pkcs11Uri

    uri = Pkcs11Uri.parse(signer)
    file = word or uri.pin_file
    pin = file.read_text().split("\n", 1)[0].rstrip("\r") if file else click.prompt("PIN", hide_input=True, err=True)
    key = Pkcs11BareKey(uri, Secret(pin))
    made = load_der_x509_csr(request_of(subject, key.public(), key.sign))
    click.echo(made.public_bytes(Encoding.PEM).decode(), nl=False)


@keys.command("check")
@click.option("--start", is_flag=True, hidden=True, help="What is merely away is no failure.")
@json_option
def check_keys(start: bool, as_json: bool) -> None:
    """Whether the keys of ALUR_SIGNER and ALUR_SIGNERS can sign, as far as it shows without signing; 1 where not."""
    from alur.signer_check import check_signers

    found = check_signers(settings())
    told = [{"name": key.name, "asks": key.asks, "why": key.why} for key in found]
    tell(told, "\n".join(key.words for key in found), as_json=as_json)
    if not start and any(key.why for key in found):
        raise click.exceptions.Exit(1)


def _held(plan: Plan, out: Path | None, ask: Callable[[str], str]) -> Transcript:
    if out is not None:
        return hold(plan, out, ask, _now)
    with TemporaryDirectory(prefix="alur-rehearsal-") as folder:
        return hold(plan, Path(folder), ask, _now)


def _made(out: Path, begins: date, ends: date) -> PublishedKey:
    pem = new_key()
    write_private(out, pem)
    return PublishedKey(public=read_private(pem).public, first=begins, last=ends)


def _word_of(authority: Path) -> str:
    passphrase: str = click.prompt(f"Passphrase of {authority}", hide_input=True, err=True)
    return passphrase


def _generated(file: str) -> str:
    """A passphrase, told once on the terminal and written nowhere."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    passphrase = "-".join(groups)
    click.echo(f"passphrase of {file}: {passphrase}", err=True)
    return passphrase


def _asked(file: str) -> str:
    while True:
        passphrase: str = click.prompt(f"Passphrase of {file}", hide_input=True, confirmation_prompt=True, err=True)
        if len(passphrase) >= _LEAST:
            return passphrase
        click.echo(f"At least {_LEAST} characters.", err=True)


def _now() -> datetime:
    return datetime.now(UTC)
