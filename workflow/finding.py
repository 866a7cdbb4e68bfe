"""What a verification found wrong, in words for an auditor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.process import Text

#: Sentences by code; braces name details.
SENTENCES: Mapping[str, Text] = {
    "event_changed": {
        "id": "Isi, pelaku, waktu atau urutan peristiwa ini tidak cocok dengan sidiknya.",
        "en": "This event's body, actor, time or place does not fit its hash.",
    },
    "event_missing": {
        "id": "Peristiwa ini tidak ada, padahal riwayat berlanjut setelahnya.",
        "en": "This event is missing, although the history goes on after it.",
    },
    "fold_refused": {
        "id": "Peristiwa ini tidak dapat terjadi menurut aturan perkara: {why}",
        "en": "This event cannot have happened by the rules of the case: {why}",
    },
    "definition_missing": {
        "id": "Definisi yang disebut peristiwa ini tidak ada: {why}",
        "en": "The definition that this event names is not there: {why}",
    },
    "case_missing": {
        "id": "Perkara ini tidak ada, padahal peristiwanya ada.",
        "en": "This case is missing, although its events are there.",
    },
    "stored_differs": {
        "id": "Perkara yang tersimpan berbeda dengan riwayatnya: {field} adalah {stored}, menurut peristiwa {folded}.",
        "en": "The stored case differs from its history: {field} is {stored}, by the events {folded}.",
    },
    "sealed_case_missing": {
        "id": "Perkara ini tidak ada lagi, padahal pernah disegel sampai peristiwa {sealed}.",
        "en": "This case is gone, although it was sealed up to event {sealed}.",
    },
    "sealed_event_missing": {
        "id": "Peristiwa ini tidak ada lagi, padahal riwayat pernah disegel sampai peristiwa {sealed}.",
        "en": "This event is gone, although the history was sealed up to event {sealed}.",
    },
    "sealed_event_changed": {
        "id": "Riwayat sampai peristiwa ini bukan yang disegel: peristiwa ini atau yang sebelumnya diubah.",
        "en": "The history up to this event is not what was sealed: this event or one before it was changed.",
    },
    "access_changed": {
        "id": "Catatan akses nomor {first} sampai {last} bukan yang disegel.",
        "en": "Rows {first} to {last} of the access log are not what was sealed.",
    },
    "leaf_changed": {
        "id": "Daun {index} dari log diubah.",
        "en": "Leaf {index} of the log was changed.",
    },
    "leaf_missing": {
        "id": "Daun {index} dari log tidak ada, padahal log berlanjut setelahnya.",
        "en": "Leaf {index} of the log is missing, although the log goes on after it.",
    },
    "node_changed": {
        "id": "Simpul {index} tingkat {level} dari log diubah atau hilang; bukti yang dibuat darinya salah.",
        "en": "Node {index} of level {level} of the log was changed or is missing; proofs made of it are wrong.",
    },
    "checkpoint_changed": {
        "id": "Isi log bukan yang disegel titik periksa {size}.",
        "en": "The log does not hold what the checkpoint of {size} leaves sealed.",
    },
    "checkpoint_unsigned": {
        "id": "Titik periksa {size} tidak ditandatangani oleh kunci audit yang dikenal.",
        "en": "The checkpoint of {size} leaves is not signed by a known audit key.",
    },
    "stamp_invalid": {
        "id": "Stempel waktu titik periksa {size} tidak sah.",
        "en": "The time stamp of the checkpoint of {size} leaves is not valid.",
    },
    "stamp_authority_unknown": {
        "id": "Penerbit stempel waktu titik periksa {size} tidak dikenal di sini; sertifikat tepercaya mungkin kurang.",
        "en": "Who stamped the checkpoint of {size} leaves is not known here; trusted certificates may be missing.",
    },
    "log_smaller": {
        "id": "Log hanya berisi {size} daun, padahal titik periksa di luar mencatat {kept}: data ini lebih tua.",
        "en": "The log has {size} leaves only, the checkpoint kept outside has {kept}: these data are older.",
    },
    "log_forked": {
        "id": "Isi log bukan yang disegel titik periksa {kept} yang disimpan di luar: sejarah ditulis ulang.",
        "en": "The log does not hold what the checkpoint of {kept} leaves kept outside sealed: history was rewritten.",
    },
    "kept_unsigned": {
        "id": "Titik periksa yang disimpan di luar tidak ditandatangani oleh kunci audit yang dikenal.",
        "en": "The checkpoint kept outside is not signed by a known audit key.",
    },
    "definition_changed": {
        "id": "Isi definisi {process} versi {version} tidak cocok dengan sidiknya.",
        "en": "The content of version {version} of the definition {process} does not fit its hash.",
    },
    "calendar_changed": {
        "id": "Isi kalender {calendar} versi {version} tidak cocok dengan sidiknya.",
        "en": "The content of version {version} of the calendar {calendar} does not fit its hash.",
    },
    "note_changed": {
        "id": "Kata-kata yang disimpan bukan yang dicatat peristiwa jurnal ini.",
        "en": "The words that are kept are not those of which this event of the journal tells.",
    },
    "data_changed": {
        "id": "Data yang tersimpan bukan yang dicatat peristiwa ini.",
        "en": "The stored data are not those of which this event tells.",
    },
    "data_missing": {
        "id": "Data yang dicatat peristiwa ini tidak ada, dan riwayat tidak mencatat penghapusannya.",
        "en": "The data of which this event tells are not there, and the history tells of no erasure.",
    },
    "document_changed": {
        "id": "Dokumen {kind} yang tersimpan bukan yang dicatat peristiwa ini.",
        "en": "The stored document {kind} is not the one of which this event tells.",
    },
    "document_missing": {
        "id": "Dokumen {kind} yang dicatat peristiwa ini tidak ada, dan riwayat tidak mencatat penghapusannya.",
        "en": "The document {kind} of which this event tells is not there, and the history tells of no erasure.",
    },
    "card_changed": {
        "id": "Buku register tentang kartu ini tidak cocok dengan yang dicatat peristiwa ini.",
        "en": "The register says something else of this card than this event tells.",
    },
    "card_file_changed": {
        "id": "Berkas kartu yang tersimpan bukan yang ditandatangani menurut peristiwa ini.",
        "en": "The stored file of the card is not the one that was signed by this event.",
    },
    "earlier_file_changed": {
        "id": "Berkas kartu terdahulu (SHA-256 {sha256}) tidak sama dengan yang dikisahkan riwayat.",
        "en": "An earlier file of the card (SHA-256 {sha256}) is not there as the history tells.",
    },
    "print_changed": {
        "id": "Buku register tentang cetakan {n} tidak cocok dengan yang dicatat peristiwa ini.",
        "en": "The register says something else of print {n} than this event tells.",
    },
    "print_file_changed": {
        "id": "Berkas cetakan {n} yang tersimpan bukan yang dibuat menurut peristiwa ini.",
        "en": "The stored file of print {n} is not the one that was drawn by this event.",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that does not fit, at the first event where it shows."""

    #: Stable; a key of `SENTENCES`.
    code: str
    #: Case, where it is about one; 0 is the journal.
    case: int | None = None
    #: Sequence number of the event at which it shows.
    seq: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """What was found, as one sentence."""
        words = SENTENCES[self.code]
        return (words.get(language) or words["id"]).format(**self.details)
