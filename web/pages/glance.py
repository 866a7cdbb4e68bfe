"""A case at a glance: its number, where it is, and what that means for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from web.pages import times
from web.pages.standing import Standing, standing
from web.pages.tones import Tone, tone
from web.pages.words import _, local
from web.services.sight import Seen
from web.services.views import CaseView
from workflow.definition.process import Process


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    id: int
    #: Title of the process.
    title: str
    #: Title of the office.
    office: str
    #: Title of the state.
    state: str
    tone: Tone
    #: What it means for the applicant, in a sentence.
    says: str
    #: How its card stands; None where none was issued.
    card: Standing | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    #: As people read it.
    at: str
    #: ISO 8601, for machines.
    iso: str


def glance(found: Seen, view: CaseView) -> Glance:
    """The case at a glance."""
    return glance_of(view, found.process, found.zone)


def glance_of(view: CaseView, process: Process, zone: ZoneInfo) -> Glance:
    """Like `glance`, from the view and its process."""
    feel = tone(process, view.state)
    card = standing(view.card) if view.card else None
    until = times.moment(view.deadline, zone) if view.deadline else ""
    return Glance(
        id=view.id,
        title=local(view.process_title),
        office=local(view.office_title),
        state=local(view.state_title),
        tone=feel,
        says=card.advice if card and card.advice else _says(feel, view, until),
        card=card,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """That the personal data were erased, in words."""

    at: str
    under: str


def gone(found: Seen, view: CaseView) -> Gone | None:
    """When and under what the data were erased; None while they are there."""
    told = view.erased
    return Gone(at=times.moment(told.at, found.zone), under=local(told.title)) if told else None


def stamp(at: datetime, found: Seen) -> Stamp:
    """A moment in the zone of the case's office."""
    return Stamp(at=times.moment(at, found.zone), iso=at.isoformat(timespec="seconds"))


def _says(feel: Tone, view: CaseView, until: str) -> str:
    if view.step is not None and view.step.failed:
        return _("Ada kendala di kantor; petugas sudah diberi tahu. Tidak ada yang perlu Anda lakukan.")
    if view.line:
        return _in_line(min(view.line.values()))
    if feel == "work":
        said = _("Kantor sedang mengerjakan permohonan ini. Tidak ada yang perlu Anda lakukan.")
        promise = _("Janji kami: selesai paling lambat %(at)s.", at=until) if until else ""
        return f"{said} {promise}".strip()
    if feel == "act":
        said = _("Giliran Anda: perbaiki yang diminta petugas, lalu ajukan lagi.")
        limit = _("Batas waktu: %(at)s.", at=until) if until else ""
        return f"{said} {limit}".strip()
    return {
        "draft": _("Belum diajukan. Lengkapi isian, lalu ajukan."),
        "ok": _("Selesai. Kartu Anda berlaku.") if view.card else _("Selesai."),
        "bad": _("Permohonan ini tidak dapat diteruskan."),
        "end": _("Permohonan ini sudah berakhir."),
    }[feel]


def _in_line(place: int) -> str:
    if place == 0:
        return _("Ada tempat kosong untuk Anda. Tidak ada yang perlu Anda lakukan.")
    said = _("Kuota penuh. Anda nomor %(n)d di daftar tunggu, menurut urutan kedatangan.", n=place)
    rest = _("Bila ada tempat kosong, Anda naik dengan sendirinya dan kami memberi kabar.")
    return f"{said} {rest}"
