"""`alur cards`: check a card's signature."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alur.commands.common import json_option, settings, tell
from alur.settings import ensure_keys
from alur.signers import trust_of


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
