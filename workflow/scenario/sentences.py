"""Steps of a scenario as sentences, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from workflow.commands import SUBMIT
from workflow.definition.process import Process, Text
from workflow.incidents import DIVERT, RETRY, SKIP
from workflow.scenario.dates import told_moment
from workflow.scenario.model import (
    CLAIM,
    FIRST,
    RELEASE,
    Act,
    ClockProcess,
    Expect,
    Expectation,
    Fail,
    Mend,
    Open,
    Opening,
    Pass,
    Slow,
    Step,
)
from workflow.scenario.words import person, told_value, told_wanted
from workflow.steps import STEPS

#: What a person does beside transitions; `{who}` does it.
_DONE: Mapping[str, Text] = {
    SUBMIT: {"id": "{who} mengajukan permohonan", "en": "{who} submits the application"},
    CLAIM: {"id": "{who} mengambil tugas", "en": "{who} claims the task"},
    RELEASE: {"id": "{who} melepas tugas", "en": "{who} releases the task"},
    RETRY: {"id": "{who} mengulangi langkah yang gagal", "en": "{who} retries the failed step"},
    SKIP: {"id": "{who} melewati langkah yang gagal", "en": "{who} skips the failed step"},
    DIVERT: {"id": "{who} mengalihkan permohonan", "en": "{who} diverts the case"},
}
_SAID: Mapping[str, Text] = {
    "pass": {"id": "waktu berlalu", "en": "time passes"},
    "transition": {"id": "{who} melakukan “{title}”", "en": "{who} does “{title}”"},
    "saves": {"id": "{who} menyimpan {what}", "en": "{who} saves {what}"},
    "after": {"id": " setelah menyimpan {what}", "en": " after saving {what}"},
    "refused": {"id": "; harus ditolak ({code})", "en": "; it must be refused ({code})"},
    "sent": {"id": ", dikirim {n} kali", "en": ", sent {n} times"},
    "case": {"id": " ({case})", "en": " ({case})"},
    "opens": {"id": "{who} membuka permohonan", "en": "{who} opens an application"},
    "opens_for": {"id": "{who} membuka permohonan untuk {for}", "en": "{who} opens an application for {for}"},
    "times": {"id": ", {n} buah", "en": ", {n} of them"},
    "expect": {"id": "diharapkan {what}", "en": "expected: {what}"},
    "fail": {"id": "langkah “{step}” mulai gagal ({code})", "en": "the step “{step}” begins to fail ({code})"},
    "fail_times": {
        "id": "langkah “{step}” akan gagal {n} kali ({code})",
        "en": "the step “{step}” will fail {n} times ({code})",
    },
    "slow": {"id": "langkah “{step}” berjalan lambat", "en": "the step “{step}” does not end"},
    "mend": {"id": "langkah “{step}” berjalan lagi", "en": "the step “{step}” works again"},
    "stopped": {"id": "proses jam berhenti", "en": "the clock process stops"},
    "started": {"id": "proses jam berjalan lagi", "en": "the clock process runs again"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """Tells of one process, at one office, in one language."""

    process: Process
    #: Zone of the office.
    zone: ZoneInfo
    #: `id` or `en`.
    language: str

    def step(self, step: Step) -> str:
        """`Jumat 20 November 2026 18.30: Siti mengajukan permohonan.`"""
        said = _TELLERS[type(step)](self, step)
        return f"{told_moment(step.at, self.zone, self.language)}: {said}."

    def opening(self, opening: Opening) -> str:
        """Who opens which case."""
        key = "opens_for" if opening.officer else "opens"
        who = person(opening.officer or opening.applicant)
        said = self._say(key, who=who, **{"for": person(opening.applicant)}) + self._case(opening.case)
        return said + (self._say("times", n=opening.times) if opening.times > 1 else "")

    def wanted(self, one: Expectation) -> str:
        """What must be so, in words."""
        return told_wanted(self.process, self.zone, self.language, one)

    def value(self, one: Expectation, value: Any) -> str:
        """A value that was found where `one` was expected, in words."""
        return told_value(self.process, self.zone, self.language, one, value)

    def _say(self, key: str, /, **values: Any) -> str:
        return _fill(_SAID[key], self.language, values)

    def _case(self, case: str) -> str:
        return "" if case == FIRST else self._say("case", case=case)

    def _pass(self, step: Pass) -> str:
        return self._say("pass")

    def _open(self, step: Open) -> str:
        return self.opening(step.opening)

    def _act(self, step: Act) -> str:
        who, saved = person(step.who), self._saved(step)
        if step.do is None:
            said = self._say("saves", who=who, what=saved)
        elif step.do in _DONE:
            said = _fill(_DONE[step.do], self.language, {"who": who})
        else:
            title = self.process.transitions[step.do].title
            said = self._say("transition", who=who, title=title.get(self.language, step.do))
        if step.do and saved:
            said += self._say("after", what=saved)
        said += self._case(step.case)
        if step.sent > 1:
            said += self._say("sent", n=step.sent)
        return said + (self._say("refused", code=step.refused) if step.refused else "")

    def _saved(self, step: Act) -> str:
        form, kinds = self.process.form.titles, self.process.documents
        names = [form.get(f, {}).get(self.language, f) for f in step.data]
        names += [kinds[k].title.get(self.language, k) if k in kinds else k for k in step.documents]
        return ", ".join(names)

    def _expect(self, step: Expect) -> str:
        return self._say("expect", what="; ".join(map(self.wanted, step.wanted))) + self._case(step.case)

    def _fail(self, step: Fail) -> str:
        key = "fail_times" if step.times else "fail"
        return self._say(key, step=self._run(step.run), code=step.code, n=step.times)

    def _slow(self, step: Slow) -> str:
        return self._say("slow", step=self._run(step.run))

    def _mend(self, step: Mend) -> str:
        return self._say("mend", step=self._run(step.run))

    def _clock(self, step: ClockProcess) -> str:
        return self._say("started" if step.runs else "stopped")

    def _run(self, run: str) -> str:
        return STEPS[run].title.get(self.language, run)


def _fill(text: Text, language: str, values: Mapping[str, Any]) -> str:
    said = text[language]
    for name, value in values.items():
        said = said.replace("{" + name + "}", str(value))
    return said


_TELLERS: Mapping[type[Step], Callable[[Teller, Any], str]] = {
    Pass: Teller._pass,
    Open: Teller._open,
    Act: Teller._act,
    Expect: Teller._expect,
    Fail: Teller._fail,
    Slow: Teller._slow,
    Mend: Teller._mend,
    ClockProcess: Teller._clock,
}
