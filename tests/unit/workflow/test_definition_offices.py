"""Offices."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workflow.definition.errors import DefinitionError
from workflow.definition.numbers import format_number
from workflow.definition.offices import parse_offices, read_offices

OFFICES = Path(__file__).parents[3] / "definitions" / "offices.yaml"
PLAIN = 'a: {title: {id: "A", en: "A"}, zone: Asia/Jakarta, processes: [p], number: "A-{serial}"}\n'


def test_the_shipped_offices_are_those_of_the_three_documents():
    """Palembang, Lamongan and Banda Aceh, with their own numbers."""
    offices = read_offices(OFFICES)
    assert list(offices) == ["palembang", "lamongan", "banda-aceh"]
    assert all(o.zone == ZoneInfo("Asia/Jakarta") and "ak1-online" in o.processes for o in offices.values())
    assert {o.region for o in offices.values()} == {"1671", "3524", "1171"}
    assert [len(o.districts) for o in offices.values()] == [18, 27, 9]
    numbers = {format_number(o.number, office=o.name, year=2026, month=11, serial=1) for o in offices.values()}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Asia/Jakarta", "@@Asia/Jakata", "unknown_zone"),
        ("{serial}", "@@{serail}", "bad_number_template"),
        (", zone: Asia/Jakarta", "", "missing_key"),
        ("processes:", "@@process:", "unknown_key"),
        ("a:", "@@A:", "bad_name"),
        ('title: {id: "A", en: "A"}', '@@title: {id: "A"}', "missing_language"),
        ("}\n", ", region: @@1671}\n", "wrong_type"),
        ("}\n", ', region: @@"167"}\n', "bad_region"),
    ],
)
def test_a_broken_office_is_told_at_its_place(old, new, code):
    """At the mark, as for a process; what is missing, at what lacks it."""
    marked = PLAIN.replace(old, new)
    with pytest.raises(DefinitionError) as caught:
        parse_offices(marked.replace("@@", ""))
    assert (code, 1, max(marked.find("@@"), 0) + 1) in [(p.code, p.line, p.column) for p in caught.value.problems]


def test_two_offices_never_share_a_template_without_their_name():
    """Both would give the same number."""
    with pytest.raises(DefinitionError, match="number_shared"):
        parse_offices(PLAIN + PLAIN.replace("a:", "b:", 1))
    named = PLAIN.replace("A-{serial}", "{office}-{serial}")
    assert len(parse_offices(named + named.replace("a:", "b:", 1))) == 2
