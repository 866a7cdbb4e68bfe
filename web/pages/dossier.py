"""The dossier in words: cover, data and a page for each paper, in the language of the request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from signing.dossier import Member
from signing.uploads import JPEG
from web.language import language
from web.pages import fields, officer, times
from web.pages.card_reports import worth_words
from web.pages.papers import TYPES, size_words
from web.pages.standing import Standing, standing
from web.pages.verdicts import KINDS
from web.pages.words import _, local, ngettext
from web.services import cases, dossier
from web.services.card_reports import CardReportView
from web.services.cards import CARD
from web.services.dossier import Gathered, Paper
from web.services.sight import Seen
from web.services.views import CaseView


def made(found: Seen) -> tuple[bytes, str]:
    """The dossier's PDF and a name for it; raises what gathering and binding it raise."""
    gathered = dossier.gather(found)
    view = cases.show(found)
    members = [_member(found, paper) for paper in gathered.papers]
    return dossier.made(_told(found, view, gathered), members), f"{found.case.id}-dossier.pdf"


def _told(found: Seen, view: CaseView, gathered: Gathered) -> dict[str, Any]:
    now = found.now.astimezone(found.zone)
    return {
        "title": _("Berkas permohonan %(id)d", id=view.id),
        "office": local(view.office_title),
        "lang": language(),
        "made": [now.year, now.month, now.day],
        "facts": _facts(found, view),
        "note": _(
            "Dokumen asli terlampir dalam berkas ini tanpa perubahan; tanda tangan elektronik hanya berlaku padanya."
        ),
        "sections": _sections(found, gathered),
        "history": {
            "title": _("Riwayat"),
            "head": [_("Waktu"), _("Yang terjadi"), _("Oleh")],
            "rows": [_happened(row) for row in reversed(officer.history_rows(found))],
        },
        "reports": {
            "title": _("Laporan atas kartu"),
            "head": [_("Waktu"), _("Dilaporkan"), _("Hasil")],
            "rows": [_reported(found, report) for report in gathered.reports],
        },
    }


def _happened(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What happened, with what was said below it, and in which role: never the name of who it was."""
    words = "\n".join([row["words"], *(f"{title}: {text}" for title, text in row["said"])])
    return row["at"], words, row["role"]


def _reported(found: Seen, report: CardReportView) -> tuple[str, str, str]:
    """What was reported of the card, and what that was worth; nothing of who reported is known."""
    words = local(KINDS[report.kind])
    if report.times > 1:
        words += ". " + _("%(n)d kali, terakhir %(at)s", n=report.times, at=times.moment(report.last_at, found.zone))
    found_out = [worth_words(report) or _("Menunggu pemeriksaan")]
    settled = [times.moment(report.settled_at, found.zone)] if report.settled_at else []
    return times.moment(report.at, found.zone), words, "\n".join(found_out + settled)


def _facts(found: Seen, view: CaseView) -> list[tuple[str, str]]:
    card = _card_facts(standing(view.card)) if view.card else []
    sent = [(_("Diajukan"), times.moment(view.submitted_at, found.zone))] if view.submitted_at else []
    return [
        (_("Layanan"), local(view.process_title)),
        (_("Nomor permohonan"), str(view.id)),
        (_("Status"), local(view.state_title)),
        *sent,
        *card,
        (_("Dibuat"), times.moment(found.now, found.zone)),
        (_("Dibuat untuk"), found.person.called),
    ]


def _card_facts(card: Standing) -> list[tuple[str, str]]:
    marks = [(_("Dilaporkan"), words) for words in card.marks]
    ended = [(_("Tidak berlaku sejak"), card.ended)] if card.ended else []
    return [(_("Nomor kartu"), card.number), (_("Status kartu"), card.words), *ended, *marks]


def _sections(found: Seen, gathered: Gathered) -> list[dict[str, Any]]:
    data = gathered.copy.data
    return [
        {
            "title": local(section.title),
            "rows": [
                (local(f.title), fields.words(f, data.get(f.name), language()) or _("tidak diisi"))
                for f in section.fields
            ],
        }
        for section in fields.sections(found.process)
    ]


def _member(found: Seen, paper: Paper) -> Member:
    shown, attached = paper.shown, paper.attached
    return Member(
        title=_title(found, paper),
        facts=tuple(_file_facts(paper)),
        shown=_("Halaman berikut menampilkan dokumen ini."),
        failed=_failed(paper),
        media_type=shown.media_type if shown else JPEG,
        content=shown.content if shown else b"",
        attached=attached.name if attached else "",
        original=attached.content if attached else b"",
    )


def _title(found: Seen, paper: Paper) -> str:
    spec = found.process.documents.get(paper.kind)
    if paper.kind == CARD:
        return _("Kartu")
    return local(paper.title or (spec.title if spec else None)) or paper.kind


def _file_facts(paper: Paper) -> Iterator[tuple[str, str]]:
    """What is known of the file as it was sent; of a picture, that a safe copy of it is shown."""
    original = paper.original
    if original is None:
        return
    yield _("Jenis"), TYPES.get(original.media_type, "")
    n = len(original.content)
    yield _("Ukuran"), ngettext("%(size)s (%(n)d bita)", "%(size)s (%(n)d bita)", n, size=size_words(n), n=n)
    yield "SHA-256", _grouped(hashlib.sha256(original.content).hexdigest())
    if paper.attached is not None:
        yield _("Lampiran"), original.name
    else:
        yield _("Ditampilkan"), _("Salinan aman dari gambar ini; ukuran dan SHA-256 adalah milik berkas yang dikirim.")


def _grouped(digits: str) -> str:
    """Hexadecimal digits in groups of eight, which can be read aloud and fit between the margins."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _failed(paper: Paper) -> str:
    if paper.attached is not None:
        return _("Dokumen ini rusak dan tidak dapat ditampilkan. Aslinya terlampir.")
    return _("Dokumen ini rusak atau hilang dan tidak dapat ditampilkan.")
