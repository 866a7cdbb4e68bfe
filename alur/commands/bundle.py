"""`alur audit bundle`: one case with everything that proves what happened to it, in one file."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import click

from alur.bundling import make_bundle
from alur.commands.cases import MAX_ID
from alur.commands.common import house, json_option, tell


@click.command()
@click.argument("case", type=click.IntRange(1, MAX_ID))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.option(
    "--with-data",
    "reader",
    metavar="ACCOUNT",
    help="Also data, documents and card, for this auditor or supervisor; the look is logged.",
)
@json_option
def bundle(case: int, out: Path, reader: str | None, as_json: bool) -> None:
    """The evidence of a case, to be checked by `alur-verify`."""
    with house() as opened:
        content = make_bundle(opened, case, datetime.now(UTC), reader)
    # With data in it, it is nobody else's.
    out.touch(mode=0o600)
    out.chmod(0o600)
    out.write_bytes(content)
    told = {"file": str(out), "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    words = f"{out}: the evidence of case {case}, {len(content)} bytes; `alur-verify {out} --keys F` checks it."
    tell(told, words, as_json=as_json)
