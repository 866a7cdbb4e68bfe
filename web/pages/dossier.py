"""The dossier in words: cover, data and a page for each paper, in the language of the request."""

from __future__ import annotations

import hashlib
from typing import Any

from signing.dossier import Member
from signing.uploads import JPEG
from web.language import language
from web.pages import fields, times
from web.pages.papers import TYPES, size_words
from web.pages.words import _, local
from web.services import cases, dossier
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
    }


def _facts(found: Seen, view: CaseView) -> list[tuple[str, str]]:
    card = [(_("Nomor kartu"), view.card.number)] if view.card else []
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


def _sections(found: Seen, gathered: Gathered) -> list[dict[str, Any]]:
    data = gathered.copy.data
    return [
        {
            "title": local(section.title),
            "rows": [(local(f.title), fields.words(f, data.get(f.name), language())) for f in section.fields],
        }
        for section in fields.sections(found.process)
    ]


def _member(found: Seen, paper: Paper) -> Member:
    spec = found.process.documents.get(paper.kind)
    original, shown = paper.original, paper.shown
    facts = []
    if shown is not None:
        facts.append((_("Jenis"), TYPES.get((original or shown).media_type, "")))
    if original is not None:
        facts += [
            (_("Ukuran"), size_words(len(original.content))),
            ("SHA-256", _grouped(hashlib.sha256(original.content).hexdigest())),
            (_("Lampiran"), original.name),
        ]
    return Member(
        title=_("Kartu") if paper.kind == CARD else local(spec.title) if spec else paper.kind,
        facts=tuple(facts),
        shown=_("Halaman berikut menampilkan dokumen ini."),
        failed=_failed(paper),
        media_type=shown.media_type if shown else JPEG,
        content=shown.content if shown else b"",
        attached=original.name if original else "",
        original=original.content if original else b"",
    )


def _grouped(digits: str) -> str:
    """Hexadecimal digits in groups of eight, which can be read aloud and fit between the margins."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _failed(paper: Paper) -> str:
    if paper.original is not None:
        return _("Dokumen ini rusak dan tidak dapat ditampilkan. Aslinya terlampir.")
    return _("Dokumen ini rusak atau hilang dan tidak dapat ditampilkan.")
