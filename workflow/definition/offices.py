"""The offices that run processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from workflow.definition.checks.words import check_number
from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.parts.scalars import read_title
from workflow.definition.process import Text
from workflow.definition.yaml import load

#: Stands for a zone that a problem was told of.
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    name: str
    title: Text
    #: Zone of its clock, in which due dates, months and office hours are counted.
    zone: ZoneInfo
    #: Calendar that outranks the process's.
    calendar: str | None = None
    #: Template of card numbers that outranks the process's.
    number: str | None = None
    #: Names of the processes it runs.
    processes: tuple[str, ...] = ()
    #: First four digits of the NIK of its people.
    region: str | None = None
    #: Its districts (kecamatan), offered in forms.
    districts: tuple[str, ...] = ()


def read_offices(path: Path) -> Mapping[str, Office]:
    """Offices by name from `offices.yaml`; DefinitionError with all problems."""
    return parse_offices(path.read_text(encoding="utf-8"), str(path))


def parse_offices(text: str, file: str = "offices.yaml") -> Mapping[str, Office]:
    """Like `read_offices`, from the text of the file."""
    report = Report()
    source = load(text, file)
    root = Node(source, report, (), source.data)
    check_format(root, "offices")
    offices = {name: _office(node) for name, node in root.items()}
    _check_shared_numbers(root, offices)
    report.raise_if_any()
    return offices


def _office(node: Node) -> Office:
    check_number(node.get("number"))
    return Office(
        name=node.name,
        title=read_title(node.get("title")),
        zone=_zone(node.get("zone")),
        calendar=node.get("calendar").optional_text(),
        number=node.get("number").optional_text(),
        processes=node.get("processes").names(),
        region=node.get("region").optional_text(),
        districts=node.get("districts").names(),
    )


def _zone(node: Node) -> ZoneInfo:
    name, known = node.text(), available_timezones()
    if name in known:
        return ZoneInfo(name)
    if name:
        asian = sorted(zone for zone in known if zone.startswith("Asia/"))
        near = nearest(name, asian)
        said = did_you_mean(name, [near] if near else ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
        node.problem("unknown_zone", f"There is no time zone `{name}`: {said}", hint=near)
    return _UTC


def _check_shared_numbers(root: Node, offices: Mapping[str, Office]) -> None:
    """Two offices with one template and no `{office}` in it would give the same number twice."""
    first: dict[str, str] = {}
    for name, office in offices.items():
        if office.number is None or "{office}" in office.number:
            continue
        other = first.setdefault(office.number, name)
        if other != name:
            root.get(name).get("number").problem(
                "number_shared",
                f"`{other}` has the same template, so numbers would repeat; add `{{office}}`.",
            )
