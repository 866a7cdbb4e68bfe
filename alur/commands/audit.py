"""`alur audit`: verify what is kept, seal it, and tell the key by which seals are known."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from alur.audit_key import note_signer
from alur.auditing import Audit, Told, Wanted
from alur.commands.bundle import bundle
from alur.commands.cases import MAX_ID
from alur.commands.common import house, json_option, settings, tell
from alur.settings import Settings
from alur.wiring import House
from signing.errors import SigningError
from workers.workshop import system_clock
from workflow.db import log, sealing
from workflow.db.log import Sealed
from workflow.finding import Finding
from workflow.log.note import VerifierKey, read_verifiers, unnamed

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Prove that histories are what was sealed."""


audit.add_command(bundle)


@audit.command()
@click.argument("cases", nargs=-1, metavar="[CASE]…", type=click.IntRange(1, MAX_ID))
@click.option("--all", "everything", is_flag=True, help="The whole house, and every time stamp.")
@click.option("--quick", is_flag=True, help="Histories and log only; opens no data and no files.")
@click.option("--against", type=FILE, help="A checkpoint that was kept outside.")
@click.option("--keys", type=FILE, help="Keys that may sign checkpoints, one line a key; else this house's own.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that share the histories; one a processor.")
@json_option
def verify(
    cases: tuple[int, ...],
    everything: bool,
    quick: bool,
    against: Path | None,
    keys: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Verify the whole house, or some cases; exit 1 with one line per finding."""
    if cases and everything:
        raise click.UsageError("Name cases, or say --all.")
    wanted = Wanted(
        ids=sorted(set(cases)) or None,
        every_stamp=everything,
        jobs=jobs or len(os.sched_getaffinity(0)),
        contents=not quick,
        kept=_text(against) if against else None,
        keys=_keys(settings(), keys),
    )
    # What a library says of a stamp that it cannot establish is told as a finding.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    with house() as opened, _bar(hidden=as_json) as advance:
        run = Audit(opened, wanted, advance.seen)
        advance.total(run.expected())
        findings = list(run.run())
    told = {"findings": [asdict(f) | {"sentence": f.sentence()} for f in findings], **run.told.as_json()}
    tell(told, "\n".join([*map(_line, findings), *_words(run.told), *_verdict(findings)]), as_json=as_json)
    if findings:
        sys.exit(1)


@audit.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to keep outside.")
@json_option
def checkpoint(out: Path | None, as_json: bool) -> None:
    """Seal what moved since the last checkpoint, sign and time-stamp it."""
    with house() as opened:
        sealed = sealing.seal(opened.engine, opened.note_signer(), system_clock)
        if sealed is not None and sealed.token is None:
            sealed = _stamped(opened, sealed.size)
    if sealed is None:
        tell(None, "Nothing has happened yet, so there is nothing to seal.", as_json=as_json)
        return
    if out is not None:
        out.write_text(sealed.note, encoding="utf-8")
        if sealed.token is not None:
            out.with_name(f"{out.name}.tsr").write_bytes(sealed.token)
    value = {
        "size": sealed.size,
        "root": sealed.root.hex(),
        "moment": sealed.moment.isoformat(),
        "stamped": sealed.token is not None,
        "note": sealed.note,
    }
    state = "time-stamped" if sealed.token is not None else "time stamp pending"
    tell(value, f"{sealed.note}\n{sealed.size} leaves sealed at {sealed.moment.isoformat()}, {state}.", as_json=as_json)


@audit.command()
@json_option
def key(as_json: bool) -> None:
    """The line by which others verify this house's checkpoints: publish it."""
    line = note_signer(settings()).verifier.line()
    tell({"key": line}, line, as_json=as_json)


def _stamped(opened: House, size: int) -> Sealed | None:
    """The checkpoint with its time stamp, where the authority gives one now; the clock asks again later."""
    with opened.engine.connect() as db:
        sealed = log.at_size(db, size)
    assert sealed is not None
    try:
        token = opened.stamp(sealed.note.encode())
    except SigningError as error:
        click.echo(f"alur: time stamp pending: {error}", err=True)
        return sealed
    with opened.engine.begin() as db:
        sealing.keep_stamp(db, size, token)
        return log.at_size(db, size)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is no text; a checkpoint lies beside its time stamp (.tsr).") from None


def _keys(chosen: Settings, file: Path | None) -> list[VerifierKey] | None:
    """Keys that may sign: those of a file, else this house's own where it is held here."""
    if file is not None:
        # A house that moved signs with the same key under another name: the key counts.
        return unnamed([key.public for key in read_verifiers(_text(file))])
    if chosen.production and chosen.audit_key is None:
        return None
    return unnamed([note_signer(chosen).verifier.public])


class _Bar:
    """How far a verification is."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._task = progress.add_task("events", total=None)

    def total(self, events: int) -> None:
        """About so many events will be read."""
        self._progress.update(self._task, total=events)

    def seen(self, events: int) -> None:
        """So many more were read."""
        self._progress.advance(self._task, events)


@contextmanager
def _bar(*, hidden: bool) -> Iterator[_Bar]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=hidden or not console.is_terminal) as progress:
        yield _Bar(progress)


def _line(finding: Finding) -> str:
    place = {None: "", 0: "journal "}.get(finding.case, f"case {finding.case} ")
    place += f"event {finding.seq} " if finding.seq is not None else ""
    return f"{place or 'house '}{finding.code}: {finding.sentence()}"


def _words(told: Told) -> Iterator[str]:
    yield (
        f"Verified {told.events} events of {told.cases} cases, {told.looked.versions} data versions, "
        f"{told.looked.documents} documents, {told.looked.files} cards and prints; "
        f"the data of {told.looked.erased} cases were lawfully erased."
    )
    if told.sealed is None:
        yield f"Nothing is sealed: {told.unsealed} events could be rewritten unseen; `alur audit checkpoint` helps."
        return
    stamp = f"time-stamped {told.stamped_at.isoformat()}" if told.stamped_at else "no valid time stamp yet"
    yield f"Sealed until {told.sealed.moment.isoformat()} by the checkpoint of {told.sealed.size} leaves ({stamp})."
    yield f"Since then {told.unsealed} events happened that nothing seals yet."
    if not told.signer_known:
        yield "Who signed the checkpoints is not established: name the keys with --keys."


def _verdict(findings: list[Finding]) -> Iterator[str]:
    yield f"{len(findings)} findings." if findings else "Everything fits."
