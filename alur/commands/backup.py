"""`alur backup` and `alur restore`: one file that brings a house back, and nobody who was erased."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from alur.commands.common import house, json_option, settings, tell
from alur.wiring import open_house


def _say(words: str) -> None:
    click.echo(words, err=True)


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@json_option
def backup(out: Path, as_json: bool) -> None:
    """Write the database and the documents into one file while the house works; keys go to the key safe."""
    from alur.backup.making import make

    with house() as opened:
        made = make(opened, out, _say)
        safe = opened.safe.folder
    told = {"file": str(made.file), "size": made.size, "keys": made.keys, "safe": str(safe)}
    words = (
        f"{made.file} holds the house as of {made.manifest.made_at}, {made.manifest.documents} documents.\n"
        f"The persons' keys are not in it: keep {safe} apart from it, and the data key apart from both."
    )
    tell(told | {"manifest": asdict(made.manifest)}, words, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite what is in the house.")
@json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Bring the house back to a backup, and erase again whoever was erased since."""
    from alur.backup.restoring import restore as bring_back

    if force:
        _say("Warning: everything that is in the database of this house now will be gone.")
    with open_house(settings()) as opened:
        done = bring_back(opened, file, _say, force=force)
    words = f"The house is as it was at {done.made_at}: {done.persons} persons, {done.documents} documents."
    if done.erased:
        words += f"\nErased again, as since then: {', '.join(map(str, done.erased))}."
    tell(asdict(done), words, as_json=as_json)
