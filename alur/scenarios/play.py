"""Performing one scenario, step by step, up to the first that is not as it should be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from alur.scenarios.acting import act, open_cases, outcome
from alur.scenarios.cast import engage, name_of
from alur.scenarios.faults import Fault, Faults
from alur.scenarios.findings import find
from alur.scenarios.passing import advance, fire, settle
from alur.scenarios.results import Failure, Performed, Result, Told
from alur.scenarios.saving import RefusedError
from alur.scenarios.stage import Stage
from alur.scenarios.view import View, told_event
from workflow.db.history import read_events
from workflow.db.replaying import verify_case
from workflow.db.tables import command
from workflow.definition.process import Text
from workflow.errors import AlurError
from workflow.refusals import sentence
from workflow.scenario.model import (
    FIRST,
    Act,
    ClockProcess,
    Expect,
    Expectation,
    Fail,
    Mend,
    Open,
    Pass,
    Slow,
    Step,
)
from workflow.scenario.sentences import Teller

_PERFORMED: Text = {"id": "tindakan dilakukan", "en": "it is performed"}
_REFUSED: Text = {"id": "ditolak ({code})", "en": "it is refused ({code})"}
_FAILED: Text = {"id": "gagal: {why}", "en": "it failed: {why}"}
_WHOLE: Text = {
    "id": "riwayat utuh dan tanpa kesalahan sistem",
    "en": "the history is whole and the system has not failed",
}


def play(stage: Stage, tell: Callable[[Performed], None]) -> Result:
    """Perform the scenario of `stage`; `tell` hears of every step."""
    began, result = time.perf_counter(), Result(scenario=stage.scenario)
    player = Player(stage)
    engage(stage)
    for step in (None, *stage.scenario.steps):
        failures = player.perform(step)
        done = Performed(step=step, at=stage.clock.now, failures=tuple(failures))
        result.steps.append(done)
        tell(done)
        if failures:
            break
    else:
        _end(player, result)
    _note(stage, result)
    result.seconds = time.perf_counter() - began
    return result


class Player:
    """Performs steps on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.faults = Faults()
        zone = stage.kit.library.offices[stage.scenario.opening.office].zone
        self._tellers = {code: Teller(process=stage.kit.process, zone=zone, language=code) for code in ("id", "en")}

    def perform(self, step: Step | None) -> list[Failure]:
        """What is wrong after `step`; the opening of the first case when there is none."""
        stage, line = self.stage, step.line if step else self.stage.scenario.line
        try:
            if step is None:
                open_cases(stage, stage.scenario.opening)
                return []
            advance(stage, self.faults, step.at)
            return _KINDS[type(step)](self, step)
        except RefusedError as error:
            return [_failure(line, _PERFORMED, _REFUSED, code=error.code, why=error)]
        except AlurError as error:
            return [_failure(line, _PERFORMED, _FAILED, why=f"{error.code}: {error}")]

    def pass_(self, step: Pass) -> list[Failure]:
        """Only time passes."""
        return []

    def open(self, step: Open) -> list[Failure]:
        """Another case."""
        open_cases(self.stage, step.opening)
        return []

    def act(self, step: Act) -> list[Failure]:
        """A person does something with a case, or with each of a group, one right after the other."""
        sent = [self._sent(step, case) for case in self.stage.group(step.case)]
        settle(self.stage, self.faults)
        answers = [self._answer(one) for one in sent]
        return [_surprise(step, *answer) for answer in answers if answer[0] != step.refused]

    def _sent(self, step: Act, case: int) -> int | RefusedError | None:
        """The command that was accepted, where there is one; or why it was refused at once."""
        try:
            return act(self.stage, step, case)
        except RefusedError as error:
            return error

    def _answer(self, sent: int | RefusedError | None) -> tuple[str | None, Text]:
        """The code with which it was refused, and its sentences; None when it was performed."""
        if isinstance(sent, RefusedError):
            return sent.code, {"id": str(sent), "en": str(sent)}
        status, told = outcome(self.stage, sent) if sent is not None else ("done", {})
        if status == "done":
            return None, {}
        code, text, details = told["code"], told.get("text"), told["details"]
        return code, {k: sentence(code, details, text, k) for k in _REFUSED}

    def expect(self, step: Expect) -> list[Failure]:
        """Everything that must be so, for the case or each of a group."""
        views = [View(self.stage, case) for case in self.stage.group(step.case)]
        return [f for view in views for one in step.wanted if (f := self._compare(view, one))]

    def _compare(self, view: View, one: Expectation) -> Failure | None:
        found = find(view, one)
        if found == one.wanted:
            return None
        said = {code: teller.value(one, found) for code, teller in self._tellers.items()}
        wanted = {code: teller.wanted(one) for code, teller in self._tellers.items()}
        return Failure(line=one.line, expected=wanted, found=said)

    def fail(self, step: Fail) -> list[Failure]:
        """Attempts at a step begin to fail."""
        self.faults.failing[step.run] = Fault(step.code, step.times)
        return []

    def slow(self, step: Slow) -> list[Failure]:
        """A step does not end any more."""
        self.faults.slow.add(step.run)
        return []

    def mend(self, step: Mend) -> list[Failure]:
        """A step works again."""
        self.faults.mend(self.stage.workshop, step.run)
        settle(self.stage, self.faults)
        return []

    def clock(self, step: ClockProcess) -> list[Failure]:
        """The clock process stops, or catches up on what it missed."""
        self.stage.clock_runs = step.runs
        if step.runs:
            fire(self.stage, self.faults)
        return []


_KINDS: Mapping[type[Step], Callable[[Player, Any], list[Failure]]] = {
    Pass: Player.pass_,
    Open: Player.open,
    Act: Player.act,
    Expect: Player.expect,
    Fail: Player.fail,
    Slow: Player.slow,
    Mend: Player.mend,
    ClockProcess: Player.clock,
}


def _end(player: Player, result: Result) -> None:
    """What holds at the end of every scenario: no command failed, and each history gives the case that is stored."""
    stage = player.stage
    settle(stage, player.faults)
    with stage.engine.connect() as db:
        failed = db.scalar(select(command.c.do).where(command.c.status == "failed").limit(1))
        replayed = [verify_case(db, stage.kit.library, id_) for id_ in stage.cases.values()]
    wrong = next((found.sentence() for found in replayed if found), None) or (failed and f"command {failed}")
    if wrong:
        failure = _failure(stage.scenario.line, _WHOLE, _FAILED, why=wrong)
        result.steps.append(Performed(step=None, at=stage.clock.now, failures=(failure,)))


def _note(stage: Stage, result: Result) -> None:
    """Keep the events for the coverage, and as people read them where something failed."""
    with stage.engine.connect() as db:
        for name, id_ in stage.cases.items():
            events = read_events(db, id_)
            result.events.extend(events)
            for e in events if not result.ok else ():
                who = name_of(stage, e.actor) or ""
                result.history.append(Told(case=name, seq=e.seq, at=e.at, who=who, what=told_event(e)))
    result.history.sort(key=lambda t: (t.at, t.case != FIRST, t.case, t.seq))


def _surprise(step: Act, code: str | None, why: Text) -> Failure:
    """It was refused, or performed, or refused for another reason than the step says."""
    expected = _words(_REFUSED, code=step.refused) if step.refused else _PERFORMED
    found = {k: f"{_words(_REFUSED, code=code)[k]} – {why.get(k, '')}" for k in _REFUSED} if code else _PERFORMED
    return Failure(line=step.line, expected=expected, found=found)


def _words(text: Text, **values: Any) -> Text:
    return {code: _filled(said, values) for code, said in text.items()}


def _filled(said: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        said = said.replace("{" + name + "}", str(value))
    return said


def _failure(line: int, expected: Text, found: Text, **values: Any) -> Failure:
    return Failure(line=line, expected=expected, found=_words(found, **values))
