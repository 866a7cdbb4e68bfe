"""`alur reports`: what an office owes, as a table, JSON, CSV, a workbook or a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from alur.commands.common import house, json_option, tell
from workflow.db import reports
from workflow.db.reports import Asked
from workflow.reports.as_csv import as_csv
from workflow.reports.as_json import as_json as plain
from workflow.reports.as_print import as_print
from workflow.reports.as_xlsx import as_xlsx
from workflow.reports.catalog import KINDS
from workflow.reports.report import Report, Section, local
from workflow.reports.words import cells, months_said, offices_said, until_said

FORMATS = (".csv", ".xlsx", ".pdf", ".json")
_SHOWN = 60  # letters of a cell


class _Reports(click.Group):
    """`list`, and every report by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", *KINDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or (_command(cmd_name) if cmd_name in KINDS else None)


@click.group("reports", cls=_Reports)
def reports_() -> None:
    """What an office owes: promises, workload, statistics, satisfaction, complaints, the year."""


@reports_.command("list")
@json_option
def list_(as_json: bool) -> None:
    """The reports that there are."""
    rows = [{"name": k.name, "title": k.title, "tells": k.tells} for k in KINDS.values()]
    words = "\n".join(f"{k.name:<12} {k.title['en']}: {k.tells['en']}" for k in KINDS.values())
    tell(rows, words, as_json=as_json)


def _command(name: str) -> click.Command:
    options = [
        click.Option(["--office", "offices"], multiple=True, help="Only this office; may stand several times."),
        click.Option(["--from", "first"], help="First month, such as 2026-01."),
        click.Option(["--to", "last"], help="Last month."),
        click.Option(["--process"], help="Only this process."),
        click.Option(["--lang"], type=click.Choice(["id", "en"]), default="id", show_default=True),
        click.Option(["--cases", "behind"], metavar="SECTION/ROW/COLUMN", help="List the events behind one number."),
        click.Option(
            ["--out"], type=click.Path(dir_okay=False, path_type=Path), help="Write F.csv, .xlsx, .pdf or .json."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ]
    return click.Command(
        name, params=[*options], callback=lambda **given: _show(name, **given), help=KINDS[name].tells["en"]
    )


def _show(
    name: str, *, offices: tuple[str, ...], lang: str, out: Path | None, as_json: bool, **rest: str | None
) -> None:
    if out is not None and out.suffix not in FORMATS:
        raise click.UsageError("--out writes .csv, .xlsx, .pdf or .json.")
    with house() as opened, opened.engine.connect() as db:
        asked = Asked(name=name, offices=offices or tuple(opened.library.offices), **rest)
        report = reports.make(db, opened.library, asked, datetime.now(UTC))
    if out is not None:
        out.write_bytes(rendered(report, out.suffix[1:], lang))
        tell({"written": str(out)}, f"Written: {out}", as_json=as_json)
        return
    tell(plain(report, lang), _words(report, lang), as_json=as_json)


def rendered(report: Report, form: str, language: str) -> bytes:
    """The report as `csv`, `xlsx`, `pdf` or `json`."""
    if form == "csv":
        return as_csv(report, language)
    if form == "xlsx":
        return as_xlsx(report, language)
    if form == "pdf":
        # Read here: only who prints needs the typesetter.
        from signing.typeset import set_report

        return set_report(as_print(report, language))
    import orjson

    return orjson.dumps(plain(report, language), option=orjson.OPT_INDENT_2)


def _words(report: Report, language: str) -> str:
    if report.behind is not None:
        return "\n".join(["case seq", *(f"{place.case} {place.seq}" for place in report.behind)])
    lines = [local(report.title, language), offices_said(report, language), months_said(report, language)]
    lines += [told] if (told := until_said(report, language)) else []
    for section in report.sections:
        lines += ["", local(section.title, language), *_table(section, language)]
    return "\n".join(lines)


def _table(section: Section, language: str) -> list[str]:
    shown = (*section.rows, *([section.total] if section.total else []))
    rows = [[_short(cell) for cell in cells(section, row, language)] for row in shown]
    heads = [_short(local(c.title, language)) for c in section.columns]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    text = [column.kind == "text" for column in section.columns]
    return [_line(row, widths, text) for row in (heads, *rows)]


def _short(cell: str) -> str:
    return cell if len(cell) <= _SHOWN else f"{cell[: _SHOWN - 1]}…"


def _line(row: list[str], widths: list[int], text: list[bool]) -> str:
    parts = zip(row, widths, text, strict=True)
    return "  ".join(cell.ljust(width) if left else cell.rjust(width) for cell, width, left in parts).rstrip()
