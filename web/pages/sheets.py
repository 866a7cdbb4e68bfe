"""The task list of an application: its sections and documents, and how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from web.pages import fields, times
from web.pages.fields import Section
from web.pages.tones import Tone
from web.pages.words import _, local
from web.services.corrections import Correction
from web.services.sight import Seen
from web.services.views import CaseView, DocumentView
from workflow.definition.form import FieldProblem, check_data

#: Where a document stands in a list of errors and marks, beside the fields.
DOCUMENTS = "documents"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    name: str
    title: str
    url: str
    tone: Tone
    #: How far it is, in words.
    words: str
    done: bool
    #: An officer asked for a change here.
    mark: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """Something to mend, with the page where it is mended."""

    url: str
    words: str


def parts(found: Seen, view: CaseView, mend: Correction | None) -> list[Part]:
    """The sections, then the documents."""
    data = view.data or {}
    wrong = {p.field for p in problems(found, data)}
    out = [_section(view.id, s, data, wrong, mend) for s in fields.sections(found.process)]
    if view.documents:
        out.append(_documents(view, mend))
    return out


def problems(found: Seen, data: Mapping[str, Any]) -> Sequence[FieldProblem]:
    """What keeps `data` from being given."""
    today = found.now.astimezone(found.zone).date()
    return check_data(found.process.form, data, complete=True, today=today)


def section_url(case: int, section: str, *, mend: bool = False) -> str:
    """Address of a section's page; with `mend`, of the fields in it that are to be mended."""
    return url_for("filling.section", case=case, name=section, mend=1 if mend else None)


def places(found: Seen, names: Sequence[str], *, mend: bool = False) -> list[Item]:
    """Where fields and documents are changed, in the order of the form."""
    out = []
    for section in fields.sections(found.process):
        out += [
            Item(url=f"{section_url(found.case.id, section.name, mend=mend)}#f-{f.name}", words=local(f.title))
            for f in section.fields
            if f.name in names
        ]
    return out + [
        Item(url=f"{url_for('papers.all_papers', case=found.case.id)}#t-{kind.name}", words=local(kind.title))
        for kind in found.process.documents.values()
        if kind.name in names
    ]


def saved_words(found: Seen, saved_at: datetime | None) -> str:
    """When the working copy was last saved; empty when it never was."""
    if saved_at is None:
        return ""
    same_day = saved_at.astimezone(found.zone).date() == found.now.astimezone(found.zone).date()
    return times.clock(saved_at, found.zone) if same_day else times.moment(saved_at, found.zone)


def _section(case: int, section: Section, data: Mapping[str, Any], wrong: set[str], mend: Correction | None) -> Part:
    names = {f.name for f in section.fields}
    marked = names & mend.marked if mend else set()
    title, url = local(section.title), section_url(case, section.name, mend=bool(marked))
    if marked:
        return _marked(section.name, title, url, names & wrong, marked, mend)
    bad = names & wrong
    if not bad:
        empty = not any(f.name in data for f in section.fields)
        words = _("Boleh dikosongkan") if empty else _("Selesai")
        return Part(name=section.name, title=title, url=url, tone="ok", words=words, done=True)
    begun = any(f.name in data for f in section.fields)
    words = _("Belum lengkap") if begun else _("Belum diisi")
    return Part(name=section.name, title=title, url=url, tone="act" if begun else "draft", words=words, done=False)


def _documents(view: CaseView, mend: Correction | None) -> Part:
    kinds = {d.kind for d in view.documents}
    title, url = _("Dokumen"), url_for("papers.all_papers", case=view.id)
    missing = {d.kind for d in view.documents if _lacks(d)}
    marked = kinds & mend.marked if mend else set()
    if marked:
        return _marked(DOCUMENTS, title, url, missing, marked, mend)
    if not missing:
        return Part(name=DOCUMENTS, title=title, url=url, tone="ok", words=_("Selesai"), done=True)
    there = sum(1 for d in view.documents if d.required and d.id is not None)
    words = _("%(n)d dari %(all)d ada", n=there, all=there + len(missing)) if there else _("Belum ada")
    return Part(name=DOCUMENTS, title=title, url=url, tone="act" if there else "draft", words=words, done=False)


def _marked(name: str, title: str, url: str, wrong: set[str], marked: set[str], mend: Correction | None) -> Part:
    left = marked - (mend.mended if mend else frozenset())
    done = not wrong and not left
    words = _("Sudah diubah") if done else _("Perlu diperbaiki")
    return Part(name=name, title=title, url=url, tone="ok" if done else "act", words=words, done=done, mark=not done)


def _lacks(document: DocumentView) -> bool:
    return document.required and document.id is None
