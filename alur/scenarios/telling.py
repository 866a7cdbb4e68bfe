"""Telling a run: sentences while it goes on, or JSON at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from alur.scenarios.results import Failure, Performed, Result, Tested
from alur.scenarios.run import Listener
from alur.scenarios.script import Script
from workflow.definition.process import Text
from workflow.scenario.coverage import Coverage
from workflow.scenario.dates import told_moment
from workflow.scenario.model import Scenario
from workflow.scenario.sentences import Teller

GOOD, BAD = "✓", "✗"

_SAID: dict[str, Text] = {
    "line": {"id": "baris {line} berkas {file}", "en": "line {line} of {file}"},
    "expected": {"id": "diharapkan: {what}", "en": "expected: {what}"},
    "found": {"id": "ditemukan:  {what}", "en": "found:    {what}"},
    "history": {"id": "riwayat sampai di sini:", "en": "history so far:"},
    "seconds": {"id": "{s} detik", "en": "{s} s"},
    "held": {"id": "{good} dari {all} skenario berhasil.", "en": "{good} of {all} scenarios hold."},
    "covered": {
        "id": "Cakupan {process}: {percent}% – {states} status dan {moves} tindakan.",
        "en": "Coverage of {process}: {percent}% – {states} states and {moves} transitions.",
    },
    "unvisited": {"id": "  Status yang belum dikunjungi: {names}.", "en": "  States not visited: {names}."},
    "unmade": {"id": "  Tindakan yang belum dilakukan: {names}.", "en": "  Transitions not made: {names}."},
}


class Telling(Listener):
    """Prints each step as a sentence while it is performed."""

    def __init__(self, script: Script, language: str, echo: Callable[[str], object]) -> None:
        self._script, self._language, self._echo = script, language, echo
        self._scenario: Scenario | None = None
        self._teller = Teller(process=script.process, zone=_zone(script, script.scenarios[0]), language=language)

    def begins(self, scenario: Scenario) -> None:
        """Say its name."""
        self._scenario = scenario
        zone = _zone(self._script, scenario)
        self._teller = Teller(process=self._script.process, zone=zone, language=self._language)
        self._echo(f"\n{scenario.name}")

    def step(self, done: Performed) -> None:
        """Say the sentence of the step."""
        self._echo(f"  {BAD if done.failures else GOOD} {self._sentence(done)}")

    def ends(self, result: Result) -> None:
        """Say how it ended, and what was wrong."""
        for failure in result.failures:
            self._fail(failure)
        if result.history:
            self._echo(f"      {self._say('history')}")
            for told in result.history:
                when = told_moment(told.at, self._teller.zone, self._language)
                self._echo(f"        {told.case} {told.seq:>3}  {when:<34} {told.who:<10} {told.what}")
        seconds = f"{result.seconds:.1f}"
        if self._language == "id":
            seconds = seconds.replace(".", ",")
        self._echo(f"{GOOD if result.ok else BAD} {result.scenario.name} ({self._say('seconds', s=seconds)})")

    def _sentence(self, done: Performed) -> str:
        assert self._scenario is not None
        if done.step is not None:
            return self._teller.step(done.step)
        when = told_moment(done.at, self._teller.zone, self._language)
        return f"{when}: {self._teller.opening(self._scenario.opening)}."

    def _fail(self, failure: Failure) -> None:
        assert self._scenario is not None
        self._echo(f"    {self._say('line', line=failure.line, file=self._scenario.file)}")
        self._echo(f"      {self._say('expected', what=failure.expected[self._language])}")
        self._echo(f"      {self._say('found', what=failure.found[self._language])}")

    def _say(self, key: str, **values: Any) -> str:
        return say(key, self._language, **values)


def say(key: str, language: str, **values: Any) -> str:
    """One of the telling's own sentences."""
    said = _SAID[key][language]
    for name, value in values.items():
        said = said.replace("{" + name + "}", str(value))
    return said


def summary(tested: Tested, language: str) -> str:
    """How many scenarios held, and what they have not shown."""
    told: Coverage = tested.coverage
    good = sum(r.ok for r in tested.results)
    lines = [say("held", language, good=good, all=len(tested.results)), _covered(told, language)]
    if told.unvisited:
        lines.append(say("unvisited", language, names=", ".join(told.unvisited)))
    if told.unmade:
        lines.append(say("unmade", language, names=", ".join(told.unmade)))
    return "\n".join(lines)


def _covered(told: Coverage, language: str) -> str:
    states = f"{len(told.states) - len(told.unvisited)}/{len(told.states)}"
    moves = f"{len(told.transitions) - len(told.unmade)}/{len(told.transitions)}"
    return say("covered", language, process=told.process, percent=told.percent, states=states, moves=moves)


def as_json(script: Script, tested: Tested, language: str) -> dict[str, Any]:
    """The run as JSON."""
    return {
        "process": tested.process.name,
        "ok": tested.ok,
        "scenarios": [_scenario_json(script, r, language) for r in tested.results],
        "coverage": {
            "percent": tested.coverage.percent,
            "states": list(tested.coverage.states),
            "transitions": list(tested.coverage.transitions),
            "unvisited": list(tested.coverage.unvisited),
            "unmade": list(tested.coverage.unmade),
        },
    }


def _scenario_json(script: Script, result: Result, language: str) -> dict[str, Any]:
    scenario = result.scenario
    teller = Teller(process=script.process, zone=_zone(script, scenario), language=language)
    return {
        "name": scenario.name,
        "file": scenario.file,
        "line": scenario.line,
        "ok": result.ok,
        "seconds": round(result.seconds, 3),
        "steps": [
            {"at": s.at.isoformat(), "line": s.step.line, "sentence": teller.step(s.step), "ok": not s.failures}
            for s in result.steps
            if s.step is not None
        ],
        "failures": [
            {"line": f.line, "expected": f.expected[language], "found": f.found[language]} for f in result.failures
        ],
        "history": [
            {"case": t.case, "seq": t.seq, "at": t.at.isoformat(), "who": t.who, "what": t.what} for t in result.history
        ],
    }


def _zone(script: Script, scenario: Scenario) -> ZoneInfo:
    return script.ground.offices[scenario.opening.office].zone
