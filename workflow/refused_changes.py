"""Sentences of what is refused beside cases: calendars, definitions, memberships, migrations, reports."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.process import Text

#: Sentences by code, as in `workflow.refusals`.
CHANGES: Mapping[str, Text] = {
    "calendar_known": {
        "id": "Versi {version} dari kalender {calendar} ini sudah pernah diajukan.",
        "en": "This version {version} of the calendar {calendar} was submitted before.",
    },
    "calendar_version": {
        "id": "Versi berikutnya dari kalender {calendar} bernomor {next}, bukan {version}.",
        "en": "The next version of the calendar {calendar} is number {next}, not {version}.",
    },
    "no_calendar_draft": {
        "id": "Tidak ada versi baru kalender {calendar} yang menunggu persetujuan.",
        "en": "No new version of the calendar {calendar} waits for approval.",
    },
    "calendar_four_eyes": {
        "id": "Versi {version} dari kalender {calendar} Anda ajukan sendiri; penyelia lain yang harus menyetujuinya.",
        "en": "You submitted version {version} of the calendar {calendar}; another supervisor must approve it.",
    },
    "stale_draft": {
        "id": "Rancangan ini sudah disimpan oleh {by} pada {at} setelah Anda membukanya. Muat ulang, lalu coba lagi.",
        "en": "This draft was saved by {by} at {at} after you opened it. Reload it, then try again.",
    },
    "draft_in_review": {
        "id": "Rancangan ini sedang dinilai. Kembalikan dahulu bila perlu diubah.",
        "en": "This draft is in review. Send it back first where it must change.",
    },
    "draft_not_in_review": {
        "id": "Rancangan ini belum diajukan untuk dinilai.",
        "en": "This draft has not been submitted for review.",
    },
    "draft_published": {
        "id": "Rancangan ini sudah terbit dan tidak berubah lagi. Buka rancangan baru.",
        "en": "This draft is published and does not change any more. Open a new one.",
    },
    "draft_outdated": {
        "id": "Proses {process} sudah terbit sebagai versi {version} setelah rancangan ini dibuka. "
        "Bandingkan, lalu simpan di atas versi itu.",
        "en": "The process {process} was published as version {version} after this draft was opened. "
        "Compare the two, then save on top of that version.",
    },
    "several_drafts": {
        "id": "Beberapa rancangan proses {process} menunggu: {drafts}. Sebutkan nomor yang sudah Anda baca.",
        "en": "Several drafts of the process {process} wait: {drafts}. Name the number of the one that you have read.",
    },
    "no_draft_in_review": {
        "id": "Tidak ada rancangan proses {process} yang menunggu penilaian.",
        "en": "No draft of the process {process} waits for review.",
    },
    "definition_four_eyes": {
        "id": "Anda ikut menulis rancangan ini; penyelia lain yang harus menerbitkannya.",
        "en": "You are an author of this draft; another supervisor must publish it.",
    },
    "staff_unmet": {
        "id": "Di kantor {office} tidak ada yang dapat bertindak sebagai {role} pada status {state} setelah: {path}. "
        "Tambah petugas dahulu.",
        "en": "At the office {office} nobody could act as {role} in {state} after: {path}. Add a person first.",
    },
    "staff_worsened": {
        "id": "Setelah perubahan ini, proses {process} di kantor {office} tidak dapat memenuhi empat mata: "
        "tidak ada {role} untuk status {state} setelah: {path}.",
        "en": "After this change the process {process} at the office {office} could not meet four eyes: "
        "nobody could act as {role} in {state} after: {path}.",
    },
    "unknown_version": {
        "id": "Proses {process} tidak punya versi {version}.",
        "en": "The process {process} has no version {version}.",
    },
    "no_mapping": {
        "id": "Rencana pemindahan tidak menyebut status {state}. Lengkapi rencananya.",
        "en": "The plan says nothing of the state {state}. Complete the plan.",
    },
    "held_back": {
        "id": "Rencana pemindahan menahan permohonan berstatus {state}.",
        "en": "The plan holds cases in the state {state} back.",
    },
    "already_there": {
        "id": "Permohonan ini sudah memakai definisi tujuan.",
        "en": "This case has the definition of the plan already.",
    },
    "other_definition": {
        "id": "Permohonan ini memakai definisi lain daripada yang disebut rencana.",
        "en": "This case has another definition than those that the plan moves.",
    },
    "incident_open": {
        "id": "Langkah {run} yang gagal tidak ada di definisi tujuan. Selesaikan gangguannya dahulu.",
        "en": "The step {run} that failed has no place in the new definition. Decide its incident first.",
    },
    "owed_move_gone": {
        "id": "Tindakan {do} masih harus dilakukan dan tidak ada di definisi tujuan.",
        "en": "The action {do} is still owed and does not exist in the new definition.",
    },
    "role_gone": {
        "id": "Peran {roles} sudah bertindak di sini dan tidak ada di definisi tujuan. Petakan dalam rencana.",
        "en": "The roles {roles} acted on this case and do not exist in the new definition. Map them in the plan.",
    },
    "task_lost": {
        "id": "Seorang petugas sedang memegang tugas yang tidak ada di definisi tujuan, sampai {until}.",
        "en": "An officer holds a task that the new definition does not have, until {until}.",
    },
    "moved_on": {
        "id": "Permohonan ini sudah berpindah status sejak pemindahan; sekarang berstatus {state}.",
        "en": "This case has moved on since the migration; it is now {state}.",
    },
    "unknown_migration": {
        "id": "Pemindahan {migration} tidak ada.",
        "en": "There is no migration {migration}.",
    },
    "migration_four_eyes": {
        "id": "Pemindahan {migration} Anda ajukan sendiri; penyelia lain yang harus menyetujuinya.",
        "en": "You proposed the migration {migration}; another supervisor must approve it.",
    },
    "migration_status": {
        "id": "Pemindahan {migration} berstatus {status}; tindakan {do} tidak dapat dilakukan sekarang.",
        "en": "The migration {migration} is {status}; {do} cannot be done now.",
    },
    "unknown_report": {
        "id": "Tidak ada laporan {report}.",
        "en": "There is no report {report}.",
    },
    "bad_period": {
        "id": "Periode laporan ditulis sebagai bulan, misalnya 2026-01 sampai 2026-12; paling lama 60 bulan "
        "dan sudah mulai.",
        "en": "The period of a report is written in months, such as 2026-01 to 2026-12; 60 at most, and begun already.",
    },
    "report_process": {
        "id": "Proses {process} tidak ada.",
        "en": "There is no process {process}.",
    },
    "report_office": {
        "id": "Tidak ada kantor bernama itu.",
        "en": "There is no office of that name.",
    },
    "unknown_number": {
        "id": "Laporan ini tidak punya angka {number} yang dapat dirunut. Tulis sebagai bagian/baris/kolom.",
        "en": "This report has no number {number} that can be traced. Write it as section/row/column.",
    },
    "migration_busy": {
        "id": "Pemindahan {other} dari proses {process} belum selesai; tunggu atau hentikan dahulu.",
        "en": "The migration {other} of the process {process} has not ended; wait for it or abort it first.",
    },
}
