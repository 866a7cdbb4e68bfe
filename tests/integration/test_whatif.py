"""What-if over a house: a draft is tried on past cases, and its breaches are those that can be added up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from click.testing import CliRunner

import workflow.db.whatif
from alur.commands.definitions import definitions
from alur.wiring import House
from tests.drain_kit import quiet_house
from tests.kernel_kit import START, Desk, variant
from tests.whatif_kit import counted_hours, keep
from workflow.db.heat import heat
from workflow.db.library import current
from workflow.db.verifying import verify_cases
from workflow.db.whatif import count, whatif
from workflow.rulebook import Rulebook
from workflow.whatif.compare import Outcome, Summary
from workflow.whatif.words import sentences

NOW = START + timedelta(days=200)


@pytest.fixture(scope="module")
def past(house: House) -> Iterator[tuple[House, dict[int, Desk]]]:
    """A house with 120 past cases."""
    with quiet_house(house) as own:
        yield own, generated(own, 120)


def generated(house: House, cases: int) -> dict[int, Desk]:
    """Random lives under the published definition, by case."""
    with house.engine.connect() as db:
        hash_ = current(db, "ak1-online")
        house.library.process(db, hash_)
        book = house.library.book(hash_, "palembang")
    return dict(keep(house, book, seed) for seed in range(cases))


def tried(house: House, new: Rulebook, since: date = date(2000, 1, 1)) -> list[Outcome]:
    """What the draft makes of all cases since a day."""
    with house.engine.connect() as db:
        return list(whatif(db, house.library, house.vault, new.process, since, NOW))


def test_the_generated_cases_are_whole(past: tuple[House, dict[int, Desk]]) -> None:
    """What the generator wrote is what the engine would have written."""
    house, _ = past
    with house.engine.connect() as db:
        assert list(verify_cases(db, house.library, ids=None, seen=lambda _: None)) == []


def breaches_agree(house: House, desks: dict[int, Desk], folder: Path) -> None:
    """From 24 hours to 4: every case as adding up says, and none is missing."""
    found = tried(house, variant(folder, ("target: PT24H", "target: PT4H")))
    assert [o.case for o in found] == sorted(desks)
    for outcome in found:
        hours = counted_hours(desks[outcome.case], NOW)
        assert outcome.broken["service"] == (hours > 24, hours > 4), (outcome, hours)
        assert outcome.verdict == "same"


def test_breaches_are_those_that_can_be_added_up(
    past: tuple[House, dict[int, Desk]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several pages."""
    monkeypatch.setattr(workflow.db.whatif, "PAGE", 50)
    breaches_agree(*past, tmp_path)


@pytest.mark.long
def test_ten_thousand_cases_have_the_breaches_that_can_be_added_up(house: House, tmp_path: Path) -> None:
    """The same over 10,000 generated cases."""
    with quiet_house(house) as own:
        breaches_agree(own, generated(own, 10_000), tmp_path)


def test_only_cases_since_a_day_at_the_office_are_read(past: tuple[House, dict[int, Desk]], tmp_path: Path) -> None:
    """A case submitted at 23:30 UTC belongs to the next day in Jakarta."""
    house, desks = past
    new = variant(tmp_path, ("target: PT24H", "target: PT4H"))
    day = sorted(d.events[0].at for d in desks.values())[60].date()
    zone = house.library.offices["palembang"].zone
    wanted = sorted(c for c, d in desks.items() if d.events[0].at.astimezone(zone).date() >= day)
    assert [o.case for o in tried(house, new, day)] == wanted
    with house.engine.connect() as db:
        assert count(db, new.process, day) >= len(wanted)
    assert tried(house, new, date(2100, 1, 1)) == []


def test_erased_data_cannot_be_told_where_it_is_asked(past: tuple[House, dict[int, Desk]], tmp_path: Path) -> None:
    """None of these cases has its data any more: a guard over data leaves them untold, a promise does not."""
    house, desks = past
    guard = '      - {if: "data.education != \'\'", else: {id: "Isi", en: "Fill"}}\n'
    old = '      - {if: "documents.complete", else'
    found = tried(house, variant(tmp_path, (old, guard + old)))
    unknown = {o.case for o in found if o.verdict == "unknown"}
    approved = {c for c, d in desks.items() if any(e.body.get("do") == "approve" for e in d.events)}
    assert unknown == approved
    assert {o.code for o in found if o.case in unknown} == {"data_erased"}


def test_the_command_tells_a_summary_and_one_line_a_case(past: tuple[House, dict[int, Desk]], tmp_path: Path) -> None:
    """The summary counts what the lines say, in both languages."""
    house, desks = past
    new = variant(tmp_path, ("target: PT24H", "target: PT4H"))
    summary = Summary()
    for outcome in tried(house, new):
        summary.add(outcome)
        assert json.loads(json.dumps(outcome.as_json()))["case"] == outcome.case
    told = summary.as_json()
    over = [d for d in desks.values() if 4 < counted_hours(d, NOW) <= 24]
    assert told["cases"] == told["verdicts"]["same"] == len(desks)
    assert told["clocks"]["service"]["newly_broken"] == len(over)
    counts = [n for part in (*told["clocks"].values(), *told["tasks"].values()) for n in part.values()]
    assert {type(n) for n in counts} == {int}
    assert len(told["examples"]["newly_broken"]) == min(len(over), 20)
    for language in ("id", "en"):
        assert str(len(desks)) in sentences(new.process, told, language)[0]
    asked = CliRunner().invoke(definitions, ["whatif", "--help"])
    assert asked.exit_code == 0
    assert "--since" in asked.output


def test_heat_counts_visits_and_how_long_they_lasted(past: tuple[House, dict[int, Desk]]) -> None:
    """Median and p90 of each state and move, as they follow from the events."""
    house, desks = past
    with house.engine.connect() as db:
        found = heat(db, house.library, "ak1-online", datetime(2000, 1, 1, tzinfo=UTC))
    lengths: dict[str, list[float]] = {}
    there: dict[str, int] = {}
    for desk in desks.values():
        entered = [(e.at, e.body["to"]) for e in desk.events if e.type in ("submitted", "moved")]
        for (at, state), (left, _) in pairwise(entered):
            lengths.setdefault(state, []).append((left - at).total_seconds())
        there[entered[-1][1]] = there.get(entered[-1][1], 0) + 1
    for state in found.states:
        stays = lengths.get(state.state, [])
        assert state.there == there.get(state.state, 0)
        assert state.entered == len(stays) + state.there
        assert (state.median is None) == (not stays)
        if stays:
            assert state.median == pytest.approx(median(stays), abs=1e-3)
    resubmitted = next(m for m in found.moves if m.do == "resubmit")
    assert (resubmitted.source, resubmitted.to) == ("correction", "verifying")
    assert resubmitted.median == pytest.approx(median(lengths["correction"]), abs=1e-3)
    assert resubmitted.made == len(lengths["correction"])


def test_a_draft_of_another_process_reads_nothing(past: tuple[House, dict[int, Desk]], tmp_path: Path) -> None:
    """Only cases of the draft's own process are past cases of it."""
    house, _ = past
    new = variant(tmp_path, ("process: ak1-online", "process: ak1-elsewhere"))
    assert tried(house, new) == []
