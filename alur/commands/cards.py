"""`alur cards`: check a card's signature, or the claim of its QR."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from alur.claim_keys import published_keys, publishes
from alur.commands.common import json_option, settings, tell
from alur.settings import Settings, ensure_keys
from alur.signers import trust_of
from signing.claim_check import CLAIM_PROBLEMS, ClaimVerdict, check
from signing.claim_keys import PublishedKey, read_keys

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Endings of what is opened as a picture; no link and no claim ends so.
_PICTURES = (".png", ".jpg", ".jpeg")


@click.group()
def cards() -> None:
    """Cards and their signatures."""


@cards.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--signatures", default=1, show_default=True, help="How many signatures the card must bear.")
@json_option
def verify(file: Path, signatures: int, as_json: bool) -> None:
    """Verify a card's PDF offline; exit 1 when it does not hold."""
    from signing.verify import verify_untrusted

    verdict = verify_untrusted(file.read_bytes(), trust_of(ensure_keys(settings()))(), signatures)
    lines = [f"{s.signer}: {s.level.value}, AdES {s.ades}, {s.coverage}, {s.modification}" for s in verdict.signatures]
    lines += [f"{p.code}: {p.text['en']}" for p in verdict.problems]
    lines.append("VALID" if verdict.ok else "NOT VALID")
    tell(verdict.to_json(), "\n".join(lines), as_json=as_json)
    if not verdict.ok:
        sys.exit(1)


@cards.command("verify-qr")
@click.argument("text", metavar="TEXT|F.png")
@click.option("--keys", type=FILE, help="Published keys (JWK Set); else this house's own.")
@json_option
def verify_qr(text: str, keys: Path | None, as_json: bool) -> None:
    """Check the claim of a card's QR offline, by what it reads as or by a picture; exit 1 when it does not hold."""
    verdict = check(_read(text), _published(settings(), keys), datetime.now().astimezone().date())
    tell(verdict.to_json(), "\n".join(_claim_lines(verdict)), as_json=as_json)
    if not verdict.ok:
        sys.exit(1)


def _read(text: str) -> str:
    """What the QR reads as: a link or a claim is taken as it is, a picture's name is opened."""
    path = Path(text)
    if path.suffix.lower() == ".pdf":
        raise click.UsageError("Of a PDF it is `alur cards verify`; here it is the text of a QR, or a PNG or JPEG.")
    if path.suffix.lower() not in _PICTURES:
        return text
    # Read here: reading pictures takes two large libraries.
    from signing.qr_reading import read_qr

    try:
        return read_qr(path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error


def _published(chosen: Settings, file: Path | None) -> tuple[PublishedKey, ...]:
    if file is not None:
        return read_keys(file.read_bytes())
    if not publishes(chosen):
        raise click.UsageError("Name the published keys with --keys: no house is set up here.")
    return published_keys(chosen)()


def _claim_lines(verdict: ClaimVerdict) -> Iterator[str]:
    said = verdict.claim
    if said is not None:
        yield f"card {said.number} of {said.office}, holder {said.initials}"
        yield f"issued {said.issued}, valid until {said.expires}, code {said.code}"
        yield f"signed by the key {verdict.kid}"
        yield "Compare this with the card, and the photo with the person: anybody can copy a QR."
        yield "Whether the card was revoked or replaced stands in the register alone: open the link to ask it."
    if verdict.development:
        yield "DEV – TIDAK SAH: the key is a development key, so this is no official card."
    yield from (f"{code}: {CLAIM_PROBLEMS[code][1]}" for code in verdict.problems)
    yield "THE CLAIM HOLDS" if verdict.ok else "THE CLAIM DOES NOT HOLD"
