"""Why something is not done: a stable code and a sentence that the person can act on.

The order in which refusals are told is rule 7: exists, state, revision, pending step, role, office, four eyes,
holder of the task, input, guards, holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.process import Text
from workflow.errors import AlurError
from workflow.refused_changes import CHANGES
from workflow.refused_erasures import ERASURES

#: Sentences by code. `{name}` places are filled from the refusal's details.
SENTENCES: Mapping[str, Text] = {
    "unknown_transition": {
        "id": "Tindakan {do} tidak ada pada proses ini.",
        "en": "This process has no action {do}.",
    },
    "wrong_state": {
        "id": "Tindakan {do} tidak dapat dilakukan karena permohonan sekarang berstatus {state}{since}.",
        "en": "The action {do} cannot be done because the case is now {state}{since}.",
    },
    "stale_revision": {
        "id": "Permohonan ini sudah diubah{since} setelah Anda membukanya. Muat ulang, lalu coba lagi.",
        "en": "This case was changed{since} after you opened it. Reload it, then try again.",
    },
    "step_pending": {
        "id": "Permohonan ini sedang diproses ({run}). Tunggu sebentar, lalu coba lagi.",
        "en": "This case is being worked on ({run}). Wait a moment, then try again.",
    },
    "step_uncertain": {
        "id": "Langkah {run} mungkin sudah dikerjakan. Periksa dahulu, lalu ulangi langkah itu dengan alasan.",
        "en": "The step {run} may have been done already. Look first, then retry that step with a reason.",
    },
    "wrong_role": {
        "id": "Tindakan {do} hanya untuk peran {role}.",
        "en": "The action {do} is for the role {role} only.",
    },
    "wrong_office": {
        "id": "Anda tidak bertugas di kantor {office}, tempat permohonan ini.",
        "en": "You do not work for the office {office}, to which this case belongs.",
    },
    "four_eyes": {
        "id": "Anda sudah bertindak sebagai {other} pada permohonan ini; tindakan {do} harus oleh orang lain.",
        "en": "You have acted as {other} on this case; somebody else must do {do}.",
    },
    "own_case": {
        "id": "Permohonan ini milik Anda sendiri; petugas lain yang harus menanganinya.",
        "en": "This case is your own; another officer must handle it.",
    },
    "relative_case": {
        "id": "Permohonan ini milik kerabat Anda; petugas lain yang harus menanganinya.",
        "en": "This case is a relative's of yours; another officer must handle it.",
    },
    "recused": {
        "id": "Anda menyatakan benturan kepentingan pada permohonan ini; petugas lain yang menanganinya.",
        "en": "You declared a conflict of interest on this case; another officer must handle it.",
    },
    "not_held": {
        "id": "Anda tidak sedang memegang tugas ini. Ambil dahulu, lalu coba lagi.",
        "en": "You do not hold this task now. Claim it first, then try again.",
    },
    "glass_not_needed": {
        "id": "Anda sudah berperan {role} pada permohonan ini; akses darurat tidak diperlukan.",
        "en": "You have the role {role} on this case already; there is no need to break the glass.",
    },
    "glass_role": {
        "id": "Peran {role} tidak dapat dipinjam lewat akses darurat.",
        "en": "The role {role} cannot be taken by breaking the glass.",
    },
    "own_glass": {
        "id": "Akses darurat ini Anda sendiri yang membukanya; orang lain yang harus menilainya.",
        "en": "You broke this glass yourself; somebody else must review it.",
    },
    "already_reviewed": {
        "id": "Akses darurat ini sudah dinilai.",
        "en": "This broken glass has been reviewed.",
    },
    "not_holder": {
        "id": "Tugas ini sedang dipegang petugas lain sampai {until}.",
        "en": "Another officer holds this task until {until}.",
    },
    "invalid_input": {
        "id": "Isian belum benar: {fields}.",
        "en": "Something is missing or wrong: {fields}.",
    },
    "data_incomplete": {
        "id": "Data permohonan belum lengkap atau belum benar: {fields}.",
        "en": "The application's data is incomplete or wrong: {fields}.",
    },
    "document_missing": {
        "id": "Dokumen belum ada: {kinds}.",
        "en": "Documents are missing: {kinds}.",
    },
    "guard": {"id": "Syarat belum terpenuhi.", "en": "A condition is not met."},
    "guard_error": {
        "id": "Syarat tidak dapat diperiksa. Hubungi penyelia.",
        "en": "A condition could not be checked. Tell the supervisor.",
    },
    "hold_full": {
        "id": "Permohonan atau kartu lain masih berlaku untuk {hold} ini. Jika bukan milik Anda, datanglah ke kantor.",
        "en": "Another case or card already stands for this {hold}. If it is not yours, come to the office.",
    },
    "not_due": {"id": "Waktunya belum tiba.", "en": "It is not due."},
    "no_incident": {
        "id": "Tidak ada langkah yang gagal pada permohonan ini.",
        "en": "No step of this case has failed.",
    },
    "step_required": {
        "id": "Langkah {run} wajib pada proses ini dan tidak dapat dilewati.",
        "en": "This process requires the step {run}; it cannot be skipped.",
    },
    **CHANGES,
    **ERASURES,
    "stale_step": {"id": "Langkah ini sudah tidak ditunggu.", "en": "Nobody waits for this step any more."},
    "engine_error": {
        "id": "Terjadi kesalahan pada sistem; permohonan tidak berubah. Petugas sudah diberi tahu.",
        "en": "The system failed; the case is unchanged. The office has been told.",
    },
}


#: The same reasons, told to a person who wants to give the task to somebody else.
OF_ANOTHER: Mapping[str, Text] = {
    "wrong_role": {
        "id": "{who} tidak berperan {role}, sehingga tidak dapat menerima tugas ini.",
        "en": "{who} does not have the role {role} and cannot be given this task.",
    },
    "wrong_office": {
        "id": "{who} tidak bertugas di kantor {office}, sehingga tidak dapat menerima tugas ini.",
        "en": "{who} does not work for the office {office} and cannot be given this task.",
    },
    "four_eyes": {
        "id": "{who} sudah bertindak sebagai {other} pada permohonan ini; pilih orang lain.",
        "en": "{who} has acted as {other} on this case; choose somebody else.",
    },
    "own_case": {
        "id": "{who} tidak boleh menangani permohonan ini; pilih orang lain.",
        "en": "{who} must not handle this case; choose somebody else.",
    },
    "relative_case": {
        "id": "{who} tidak boleh menangani permohonan ini; pilih orang lain.",
        "en": "{who} must not handle this case; choose somebody else.",
    },
    "recused": {
        "id": "{who} menyatakan benturan kepentingan pada permohonan ini; pilih orang lain.",
        "en": "{who} declared a conflict of interest on this case; choose somebody else.",
    },
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that is not performed; nothing changed."""

    code: str
    #: Facts for the sentence and for programs; JSON-able, without personal values.
    details: Mapping[str, Any] = field(default_factory=dict)
    #: The definition's own sentence where it has one.
    text: Text | None = None

    def sentence(self, language: str) -> str:
        """The sentence in `language`, falling back to Indonesian."""
        return sentence(self.code, self.details, self.text, language)

    def of_another(self, who: str) -> Refusal:
        """The same refusal where it speaks of the account `who` instead of the person who asks."""
        return Refusal(self.code, {**self.details, "who": who}, OF_ANOTHER.get(self.code, self.text))

    def as_json(self) -> dict[str, Any]:
        """What is stored as a command's outcome."""
        return {"code": self.code, "details": dict(self.details)} | ({"text": dict(self.text)} if self.text else {})


class RefusedError(AlurError):
    """A change beside cases that is not made; `refusal` tells why."""

    code = "refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence("en"))
        self.refusal = refusal


def sentence(code: str, details: Mapping[str, Any], text: Text | None, language: str) -> str:
    """The words of a stored refusal in `language`, falling back to Indonesian."""
    words = text or SENTENCES.get(code) or SENTENCES["guard"]
    template = words.get(language) or words["id"]
    for name, value in details.items():
        template = template.replace("{" + name + "}", _told(value))
    return template


def _told(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_told(v) for v in value)
    if isinstance(value, Mapping):
        return str(value.get("field") or value.get("name") or "")
    return str(value)
