"""`alur cards`: check a card's signature, or the claim of its QR."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from alur.card_checking import Registered, has_register, registered
from alur.card_words import file_lines
from alur.claim_keys import published_keys, publishes
from alur.commands.common import json_option, settings, tell
from alur.settings import Settings, ensure_keys
from alur.signers import trust_of, trusts
from signing.aspects import Aspect, of_file, of_register, unasked
from signing.claim_check import CLAIM_PROBLEMS, ClaimVerdict, check
from signing.claim_keys import PublishedKey, read_keys
from signing.uploads import no_card

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Exit code where a file holds in every aspect, but its report could not be written.
NOT_WRITTEN = 3
#: Endings of what is opened as a picture; no link and no claim ends so.
_PICTURES = (".png", ".jpg", ".jpeg")


@click.group()
def cards() -> None:
    """Cards and their signatures."""


@cards.command()
@click.argument("file", type=FILE)
@click.option(
    "--signatures", type=click.IntRange(0, 20), help="How many it must bear; else what the register says, or 1."
)
@click.option("--offline", is_flag=True, help="Check the file alone, and do not ask the register of this house.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    help="Write the validation report (ETSI TS 119 102-2, XML) to this file.",
)
@json_option
def verify(file: Path, signatures: int | None, offline: bool, report: Path | None, as_json: bool) -> None:
    """Verify a card's PDF in every aspect; exit 1 when it does not hold in one, 3 when only its report is missing."""
    from signing.verify import report_untrusted

    chosen, pdf = settings(), file.read_bytes()
    if not trusts(chosen):
        said = (
            "No house is set up here, so nobody is trusted: name its folder (ALUR_DATA) or certificates (ALUR_TRUST)."
        )
        raise click.UsageError(said)
    sha256 = hashlib.sha256(pdf).hexdigest()
    entry, asked = None, unasked("not_asked" if offline else "no_register")
    asked_here = not offline and has_register(chosen)
    if asked_here:
        entry = registered(chosen, sha256)
        asked = _asked(entry)
    expected = signatures if signatures is not None else entry.signatures if entry else 1
    trust = trust_of(ensure_keys(chosen))()
    verdict, xml = report_untrusted(pdf, trust, expected, report=report is not None)
    aspects = of_file(verdict) + asked
    refusal = no_card(pdf)
    ok = verdict.ok and refusal is None and all(aspect.holds is not False for aspect in asked) and _stands(asked)
    told = verdict.to_json() | {"ok": ok, "sha256": sha256, "aspects": [aspect.to_json() for aspect in aspects]}
    told["entry"] = entry.to_json() if entry else None
    told["register_asked"] = asked_here
    told["refused"] = {"code": refusal.code, "text": refusal.text} if refusal else None
    lines = (refusal.text["en"],) if refusal else file_lines(verdict, aspects)
    worth = _worth(entry, asked=asked_here) if ok else "NOT VALID"
    tell(told, "\n".join((*lines, worth)), as_json=as_json)
    # The verdict is told first: whoever waits for it has it, whatever becomes of the report.
    why = _not_written(report, xml) if report is not None else ""
    if why:
        click.echo(f"alur: {why}", err=True)
    if not ok or why:
        sys.exit(NOT_WRITTEN if ok else 1)


def _worth(entry: Registered | None, *, asked: bool) -> str:
    """The last word about a file against which nothing speaks: a card that was revoked has such a file, too."""
    if not asked:
        return "VALID BY THE FILE ALONE; the register was not asked, and a revoked or replaced card looks the same"
    return "VALID, BUT REPORTED" if entry and entry.marks else "VALID"


def _asked(entry: Registered | None) -> tuple[Aspect, ...]:
    if entry is None:
        return of_register(None, "unknown")
    return of_register(entry.same_file, entry.state, earlier=entry.earlier_file, marks=entry.marks)


def _stands(asked: Iterable[Aspect]) -> bool:
    """A register that was asked and knows no such card speaks against it."""
    return all(aspect.code != "unknown" for aspect in asked)


def _not_written(path: Path, xml: bytes) -> str:
    """Write the report; why that could not be done, empty once it is there."""
    if not xml:
        return "The file bears no signature that could be read, so there is no report on it."
    try:
        path.write_bytes(xml)
    except OSError as error:
        return f"The report was not written: {path}: {error.strerror}. The verdict above stands without it."
    return ""


@cards.command("verify-qr")
@click.argument("text", metavar="TEXT|F.png")
@click.option("--keys", type=FILE, help="Published keys (JWK Set); else this house's own.")
@json_option
def verify_qr(text: str, keys: Path | None, as_json: bool) -> None:
    """Check the claim of a card's QR offline; exit 1 when it does not hold.

    TEXT is what the QR reads as: the whole link with what stands behind #, or the claim alone. F.png is a picture.
    """
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
    yield from (CLAIM_PROBLEMS[code][1] for code in verdict.problems)
    if verdict.checked:
        yield "THE CLAIM HOLDS" if verdict.ok else "THE CLAIM DOES NOT HOLD"
    else:
        yield "NOTHING WAS CHECKED"
