"""The web's own sentences, by code. Those of the engine's refusals stand in `workflow.refusals`."""

from __future__ import annotations

from collections.abc import Mapping

from web.card_sentences import CARD_SENTENCES
from workflow.definition.process import Text

SENTENCES: Mapping[str, Text] = {
    "not_found": {"id": "Alamat ini tidak ada.", "en": "There is nothing at this address."},
    "unknown_calendar": {"id": "Kalender ini tidak ada.", "en": "There is no such calendar."},
    "plan_invalid": {
        "id": "Rencana pemindahan belum benar; lihat daftar isian (baris:kolom).",
        "en": "The plan is not right; see the list of fields (line:column).",
    },
    "calendar_invalid": {
        "id": "Kalender belum benar; lihat daftar isian (baris:kolom).",
        "en": "The calendar is not right; see the list of fields (line:column).",
    },
    "definition_invalid": {
        "id": "Definisi belum benar; lihat daftar isian (berkas:baris:kolom).",
        "en": "The definition is not right; see the list of fields (file:line:column).",
    },
    "unknown_checkpoint": {"id": "Titik periksa ini tidak ada.", "en": "There is no such checkpoint."},
    "checkpoint_order": {
        "id": "Titik periksa pertama harus lebih awal daripada yang kedua.",
        "en": "The first checkpoint must be earlier than the second.",
    },
    "not_sealed": {
        "id": "Perkara {case} belum disegel oleh titik periksa ini.",
        "en": "The case {case} is not sealed by this checkpoint.",
    },
    "unknown_draft": {"id": "Rancangan ini tidak ada.", "en": "There is no such draft."},
    "bad_files": {
        "id": "Berkas-berkas ini tidak dapat disimpan: {why}.",
        "en": "These files cannot be kept: {why}.",
    },
    "method_not_allowed": {
        "id": "Alamat ini tidak menerima metode {method}.",
        "en": "This address does not take the method {method}.",
    },
    "bad_request": {"id": "Permintaan tidak dapat dibaca.", "en": "The request cannot be read."},
    "malformed_json": {
        "id": "Isi permintaan bukan JSON yang benar.",
        "en": "The body of the request is not valid JSON.",
    },
    "not_utf8": {
        "id": "Isi permintaan bukan teks UTF-8.",
        "en": "The body of the request is not UTF-8 text.",
    },
    "unsupported_media_type": {
        "id": "Jenis isi permintaan ini tidak diterima; kirim {wanted}.",
        "en": "This type of content is not taken; send {wanted}.",
    },
    "not_acceptable": {
        "id": "Jawaban dalam bentuk yang diminta tidak tersedia.",
        "en": "There is no answer in the form asked for.",
    },
    "request_too_large": {
        "id": "Kiriman terlalu besar; paling besar {limit} MB.",
        "en": "The request is too large; at most {limit} MB.",
    },
    "invalid_request": {
        "id": "Permintaan belum benar; lihat daftar isian.",
        "en": "The request is not right; see the list of fields.",
    },
    "invalid_field": {"id": "{field}: isian salah.", "en": "{field}: this value is not right."},
    "unknown_field": {"id": "Isian {field} tidak dikenal.", "en": "There is no field {field}."},
    "required_field": {"id": "Isian {field} harus ada.", "en": "The field {field} must be there."},
    "value_not_admitted": {
        "id": "Ada nilai yang tidak dapat disimpan: pecahan, angka terlalu besar, atau karakter NUL.",
        "en": "A value cannot be stored: a fraction, a number that is too large, or a NUL character.",
    },
    "data_invalid": {
        "id": "Ada isian yang belum benar; tidak ada yang disimpan.",
        "en": "Some entries are not right; nothing was saved.",
    },
    "not_signed_in": {"id": "Silakan masuk dahulu.", "en": "Please sign in first."},
    "bad_token": {
        "id": "Token tidak dikenal atau sudah habis masa berlakunya.",
        "en": "The token is unknown or has expired.",
    },
    "sign_in_failed": {
        "id": "Nama pengguna atau kata sandi salah.",
        "en": "The user name or the password is wrong.",
    },
    "registration_invalid": {
        "id": "Pendaftaran belum benar; lihat daftar isian.",
        "en": "The registration is not right; see the list of fields.",
    },
    "name_taken": {
        "id": "Nama pengguna ini sudah dipakai. Pilih yang lain.",
        "en": "This user name is taken. Choose another one.",
    },
    "bad_name": {
        "id": "Nama pengguna terdiri dari 3 sampai 40 huruf kecil, angka, titik, garis bawah, atau tanda hubung.",
        "en": "A user name has 3 to 40 small letters, digits, dots, underscores or hyphens.",
    },
    "bad_title": {
        "id": "Tulis nama lengkap, paling panjang 100 huruf.",
        "en": "Write your full name, at most 100 letters.",
    },
    "bad_email": {"id": "Alamat surel tampaknya salah.", "en": "This does not look like an e-mail address."},
    "bad_password": {
        "id": "Kata sandi terdiri dari 8 sampai 200 huruf.",
        "en": "A password has 8 to 200 letters.",
    },
    "csrf": {
        "id": "Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi.",
        "en": "This page was open for too long. Reload it, then send again.",
    },
    "too_many_requests": {
        "id": "Terlalu banyak percobaan. Coba lagi dalam {seconds} detik.",
        "en": "Too many attempts. Try again in {seconds} seconds.",
    },
    "report_not_set": {
        "id": "Laporan belum dapat dicetak sekarang. Coba lagi sebentar, atau pilih periode yang lebih pendek.",
        "en": "The report could not be set as a PDF now. Try again in a moment, or choose fewer months.",
    },
    "forbidden": {"id": "Anda tidak berwenang melihat ini.", "en": "You may not see this."},
    "unknown_case": {
        "id": "Permohonan ini tidak ada atau bukan untuk Anda.",
        "en": "There is no such case that you may see.",
    },
    "unknown_process": {"id": "Proses ini tidak ada.", "en": "There is no such process."},
    "unknown_office": {
        "id": "Kantor ini tidak ada atau tidak menjalankan proses itu.",
        "en": "There is no such office, or it does not run this process.",
    },
    "unknown_document": {"id": "Dokumen ini tidak ada.", "en": "There is no such document."},
    "unknown_command": {"id": "Perintah ini tidak ada.", "en": "There is no such command."},
    "unknown_task": {"id": "Tugas ini tidak ada.", "en": "There is no such task."},
    "unknown_incident": {"id": "Gangguan ini tidak ada.", "en": "There is no such incident."},
    "unknown_receipt": {
        "id": "Tanda terima ini tidak ada. Periksa lagi nomornya.",
        "en": "There is no such receipt. Check its number again.",
    },
    "unknown_notice": {"id": "Pemberitahuan ini tidak ada.", "en": "There is no such notice."},
    "unknown_office_member": {
        "id": "Anda tidak bertugas di kantor ini.",
        "en": "You do not work for this office.",
    },
    "at_the_counter": {
        "id": "Layanan ini diurus di loket: petugas yang mengisikannya untuk Anda.",
        "en": "This service is done at the counter: an officer enters it for you.",
    },
    "not_assisted": {
        "id": "Permohonan pada proses ini hanya dapat dibuka oleh pemohonnya sendiri.",
        "en": "Only the applicant can open a case of this process.",
    },
    "unknown_erasure": {"id": "Perintah penghapusan ini tidak ada.", "en": "There is no such order to erase."},
    "data_erased": {"id": "Data permohonan ini sudah dihapus.", "en": "The data of this case was erased."},
    "stale_revision": {
        "id": "Permohonan ini sudah diubah setelah Anda membukanya. Muat ulang, lalu coba lagi.",
        "en": "This case was changed after you opened it. Reload it, then try again.",
    },
    "precondition_required": {
        "id": "Sebutkan revisi yang Anda lihat pada If-Match.",
        "en": "Name the revision that you saw in If-Match.",
    },
    "bad_precondition": {
        "id": 'If-Match berisi satu revisi dalam tanda kutip, misalnya "3".',
        "en": 'If-Match holds one revision in quotes, such as "3".',
    },
    "bad_preference": {
        "id": "Prefer: wait berisi jumlah detik.",
        "en": "Prefer: wait holds a number of seconds.",
    },
    "bad_key": {
        "id": "Idempotency-Key terdiri dari 1 sampai 200 karakter ASCII.",
        "en": "An Idempotency-Key has 1 to 200 ASCII characters.",
    },
    "idempotency_key_reused": {
        "id": "Kunci ini sudah dipakai untuk permintaan lain.",
        "en": "This key was used for another request.",
    },
    "bad_cursor": {"id": "Penanda halaman tidak dikenal.", "en": "The page marker is not known."},
    "bad_moment": {
        "id": "Waktu ditulis seperti 2026-11-21T09:00+07:00.",
        "en": "Write a moment such as 2026-11-21T09:00+07:00.",
    },
    "input_missing": {"id": "{title} belum diisi.", "en": "{title} is not filled in."},
    "input_unknown": {"id": "Isian {title} tidak dikenal.", "en": "There is no field {title}."},
    "input_too_long": {"id": "{title}: isian terlalu panjang.", "en": "{title}: the entry is too long."},
    "input_not_a_choice": {"id": "{title}: pilih salah satu pilihan.", "en": "{title}: choose one of the choices."},
    "input_wrong": {"id": "{title}: bentuk isian salah.", "en": "{title}: the entry has the wrong form."},
    "document_needed": {"id": "{title} belum ada.", "en": "{title} is missing."},
    "step_failed": {
        "id": "Langkah {run} gagal; permohonan belum berpindah. Petugas sudah diberi tahu.",
        "en": "The step {run} failed; the case has not moved. The office has been told.",
    },
    "step_cancelled": {
        "id": "Langkah {run} dibatalkan oleh tindakan lain.",
        "en": "The step {run} was cancelled by another action.",
    },
    "file_missing": {"id": "Tidak ada berkas yang dikirim.", "en": "No file was sent."},
    "not_bulk": {
        "id": "Tindakan {do} tidak dapat dilakukan untuk banyak permohonan sekaligus.",
        "en": "The action {do} cannot be done for many cases at once.",
    },
    "no_task": {
        "id": "Tidak ada tugas bebas di antrean ini.",
        "en": "No task of this queue is free.",
    },
    "unknown_account": {"id": "Tidak ada akun bernama {name}.", "en": "There is no account named {name}."},
    "reason_missing": {"id": "Tulis alasannya.", "en": "Say why."},
    "reason_too_long": {
        "id": "Alasan terlalu panjang; paling banyak {limit} huruf.",
        "en": "The reason is too long; at most {limit} letters.",
    },
    "bulk_ids_or_filter": {
        "id": "Sebutkan tugas-tugasnya (ids) atau saringannya (filter), salah satu saja.",
        "en": "Name the tasks (ids) or a filter, and only one of the two.",
    },
    "not_their_role": {
        "id": "{who} tidak berperan {role} di kantor {office}; hanya peran sendiri yang dapat dititipkan.",
        "en": "{who} does not have the role {role} at {office}; only an own role can be lent.",
    },
    "deputy_self": {
        "id": "Pengganti harus orang lain.",
        "en": "A deputy must be somebody else.",
    },
    "deputy_not_staff": {
        "id": "{who} bukan petugas, sehingga tidak dapat menjadi pengganti.",
        "en": "{who} is no officer and cannot be a deputy.",
    },
    "bad_window": {
        "id": "Waktu selesai harus sesudah waktu mulai dan belum lewat; paling lama {days} hari.",
        "en": "The end must come after the beginning and lie ahead; at most {days} days.",
    },
    "unknown_deputy": {
        "id": "Penugasan pengganti ini tidak ada, sudah selesai, atau bukan untuk Anda akhiri.",
        "en": "There is no such deputy, it is over, or it is not yours to end.",
    },
    "bad_nik": {"id": "NIK harus tepat 16 angka, tanpa spasi.", "en": "A NIK has exactly 16 digits, without spaces."},
    "unknown_relative": {
        "id": "Catatan ini tidak ada, atau bukan untuk Anda hapus.",
        "en": "There is no such entry, or it is not yours to remove.",
    },
    "unknown_review": {
        "id": "Akses darurat ini tidak ada atau bukan untuk Anda nilai.",
        "en": "There is no such broken glass that you may review.",
    },
    "busy": {
        "id": "Layanan sedang ramai. Coba lagi sebentar.",
        "en": "The service is busy. Try again in a moment.",
    },
    "database_away": {
        "id": "Basis data sedang tidak dapat dihubungi. Isian Anda tetap ada di perangkat ini; coba lagi sebentar.",
        "en": "The database cannot be reached now. Your entries stay on this device; try again in a moment.",
    },
    "internal": {
        "id": "Terjadi kesalahan pada sistem. Tidak ada yang berubah.",
        "en": "The system failed. Nothing was changed.",
    },
    **CARD_SENTENCES,
}

#: Codes of a transition's inputs (`workflow.inputs`) → key of `SENTENCES`.
INPUT_CODES: Mapping[str, str] = {
    "missing": "input_missing",
    "unknown": "input_unknown",
    "too_long": "input_too_long",
    "not_a_choice": "input_not_a_choice",
    "wrong_type": "input_wrong",
}
