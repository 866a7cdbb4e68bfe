"""Notices that Alur sends by itself, whatever a definition says."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.process import Notice, Process

#: Notices by name; their texts are filled like those of definitions.
NOTICES: Mapping[str, Notice] = {
    "glass_broken": Notice(
        name="glass_broken",
        subject={
            "id": "Akses darurat pada permohonan {case}",
            "en": "Emergency access to case {case}",
        },
        body={
            "id": "Seorang petugas membuka permohonan {case} di {office} lewat akses darurat selama satu jam. "
            "Periksa alasannya di halaman Akses darurat.",
            "en": "An officer opened case {case} at {office} in an emergency, for one hour. "
            "See the reason on the page Emergency access.",
        },
    ),
}


def notice_of(process: Process, name: str) -> Notice:
    """The notice `name` of a process, or Alur's own."""
    return process.notices.get(name) or NOTICES[name]
