"""Why a step failed for good, in words that an officer can act on: by the code of its incident."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.process import Text

CAUSES: Mapping[str, Text] = {
    "step_error": {
        "id": "Terjadi kesalahan yang tidak terduga. Coba lagi; bila tetap gagal, beri tahu pengelola sistem.",
        "en": "Something unexpected went wrong. Try again; if it fails again, tell whoever runs the system.",
    },
    "no_move_holds": {
        "id": "Hasil langkah ini tidak cocok dengan jalan mana pun dari proses. Alihkan, lalu perbaiki definisinya.",
        "en": "No way of the process fits the step's result. Divert the case, then mend the definition.",
    },
    "guard_error": {
        "id": "Syarat proses tidak dapat dihitung dari data ini. Alihkan, lalu perbaiki definisinya.",
        "en": "A condition of the process cannot be told from these data. Divert the case, then mend the definition.",
    },
    "data_erased": {
        "id": "Data permohonan ini sudah dihapus menurut hukum, jadi langkah ini tidak dapat dikerjakan.",
        "en": "The data of this case was erased by law, so the step cannot be done.",
    },
    "unknown_step": {
        "id": "Petugas mesin tidak mengenal langkah ini: versi program di server tidak sama.",
        "en": "No worker knows this step: the servers run different versions.",
    },
    "no_number_template": {
        "id": "Kantor ini belum punya pola nomor kartu. Lengkapi data kantor, lalu coba lagi.",
        "en": "The office has no template for card numbers. Complete the office's data, then try again.",
    },
    "card_missing": {
        "id": "Belum ada kartu yang ditandatangani untuk diterbitkan.",
        "en": "There is no signed card to publish.",
    },
    "card_not_valid": {
        "id": "Kartu yang ditandatangani tidak lolos pemeriksaan, tidak diterbitkan. Alihkan agar ditandatangani lagi.",
        "en": "The signed card does not verify, so it was not published. Divert the case so that it is signed anew.",
    },
    "card_not_printable": {
        "id": "Kartu sudah ditandatangani atau dibatalkan, jadi tidak dicetak lagi. Alihkan permohonan.",
        "en": "The card is signed or void already, so nothing more is printed of it. Divert the case.",
    },
    "no_second_field": {
        "id": "Kartu ditandatangani tanpa tempat untuk tanda tangan kedua. Perbaiki definisi prosesnya.",
        "en": "The card was signed without a field for a second signature. Mend the definition.",
    },
    "print_exists": {
        "id": "Cetakan kartu sudah ada dan langkah ini tidak membatalkannya. Perbaiki definisi prosesnya.",
        "en": "The card is printed already, and the step does not make that print void. Mend the definition.",
    },
    "print_outdated": {
        "id": "Data berubah setelah kartu dicetak. Alihkan permohonan agar kartu dicetak ulang.",
        "en": "The data changed after the card was printed. Divert the case so that it is printed anew.",
    },
    "same_signer": {
        "id": "Tanda tangan kedua harus dari orang lain. Alihkan permohonan kepada petugas lain.",
        "en": "The second signature is another person's. Divert the case to another officer.",
    },
    "card_photo": {
        "id": "Pasfoto bukan berkas JPEG atau PNG. Kembalikan kepada pemohon.",
        "en": "The photo is neither a JPEG nor a PNG file. Return the case to the applicant.",
    },
    "card_link": {
        "id": "Tautan kode QR terlalu panjang untuk dibaca dari cetakan. Pendekkan ALUR_PUBLIC_URL atau nomornya.",
        "en": "The link in the QR is too long to be read in print. Shorten ALUR_PUBLIC_URL or the card's number.",
    },
    "card_report_rows": {
        "id": "Jumlah baris laporan pada kartu harus 3 atau 4. Perbaiki pengaturannya.",
        "en": "A card has 3 or 4 report rows. Mend the setting.",
    },
    "card_template": {
        "id": "Rancangan kartu tidak ditemukan. Perbaiki definisi prosesnya.",
        "en": "The card's template is not there. Mend the definition.",
    },
    "card_text": {
        "id": "Kartu tidak dapat digambar: ada huruf yang tidak dimiliki jenis hurufnya. Kembalikan kepada pemohon.",
        "en": "The card could not be drawn: its font lacks a letter of the data. Return the case to the applicant.",
    },
    "certificate_changed": {
        "id": "Sertifikat penanda tangan sudah berganti sejak berkas disiapkan. Coba lagi.",
        "en": "The signer's certificate has changed since the file was prepared. Try again.",
    },
    "certificate_rejected": {
        "id": "Sertifikat penanda tangan tidak berlaku, dicabut, atau akarnya tidak ada di folder kepercayaan.",
        "en": "The signer's certificate is not valid, revoked, or its root is not in the trust folder.",
    },
    "tsa_unavailable": {
        "id": "Layanan stempel waktu tidak menjawab; dicoba lagi setiap menit dengan sendirinya.",
        "en": "The time-stamping service does not answer; it is asked again every minute by itself.",
    },
    "crl_outdated": {
        "id": "Daftar pencabutan sertifikat sudah lewat waktu; perbarui, sisanya berjalan dengan sendirinya.",
        "en": "The certificates' revocation list is out of date; renew it, the rest follows by itself.",
    },
    "level_refused": {
        "id": "Kartu tidak lolos pada tingkat yang diminta. Perbaiki ALUR_TRUST, lalu coba lagi; atau alihkan.",
        "en": "The card does not reach its level. Mend ALUR_TRUST and try again, or divert: it is signed anew then.",
    },
    "tsa_ends": {
        "id": "Sertifikat penanda waktu tidak berakhir lebih lambat dari yang dulu. Pakai penanda waktu baru.",
        "en": "The time stamper's certificate ends no later than the one before. Use a newer time stamper.",
    },
    "archive_broken": {
        "id": "Arsip kartu tidak lolos pemeriksaan lagi, jadi tidak diperbarui. Pulihkan berkasnya dari cadangan.",
        "en": "The archived card does not verify any more, so it was not renewed. Restore its file from a backup.",
    },
    "timestamper_rejected": {
        "id": "Penanda waktu tidak dipercaya. Taruh sertifikat akarnya di folder ALUR_TRUST, lalu coba lagi.",
        "en": "The time stamper is not trusted. Put its root certificate into the folder of ALUR_TRUST, then retry.",
    },
    "claim_key_kind": {
        "id": "Berkas kunci klaim QR tidak berisi kunci Ed25519. Perbaiki pengaturannya.",
        "en": "The file of the key for QR claims holds no Ed25519 key. Mend the setting.",
    },
    "claim_keys_unreadable": {
        "id": "Daftar kunci klaim QR yang diterbitkan tidak dapat dibaca. Perbaiki berkasnya.",
        "en": "The published keys of QR claims cannot be read. Mend the file.",
    },
    "claim_key_period": {
        "id": "Kunci klaim QR tidak berlaku untuk hari terbit ini. Ganti kuncinya, lalu coba lagi.",
        "en": "The key of the QR's claim does not sign for this day of issue. Change the key, then try again.",
    },
    "cms_mismatch": {
        "id": "Tanda tangan yang datang bukan milik berkas ini; berkas tidak dipakai.",
        "en": "The signature that came does not belong to this file; it was not used.",
    },
    "cms_too_large": {
        "id": "Tanda tangan lebih besar daripada tempatnya dalam berkas.",
        "en": "The signature does not fit into its room in the file.",
    },
    "development_root": {
        "id": "Kunci pengembangan tidak boleh dipakai di lingkungan produksi.",
        "en": "A development key is not to be used in production.",
    },
    "digest_algorithm": {
        "id": "Kunci penanda tangan tidak mendukung algoritma yang diminta.",
        "en": "The signer's key does not support the digest that is asked for.",
    },
    "key_file": {
        "id": "Berkas kunci penanda tangan tidak dapat dibaca. Coba lagi setelah berkasnya tersedia.",
        "en": "The signer's key file cannot be read. Try again when it is there.",
    },
    "key_kind": {
        "id": "Berkas kunci tidak berisi kunci EC atau RSA dengan sertifikatnya.",
        "en": "The key file holds no EC or RSA key with its certificate.",
    },
    "key_passphrase": {
        "id": "Berkas kunci tidak dapat dibuka: kata sandinya salah atau berkasnya rusak.",
        "en": "The key file does not open: wrong passphrase, or damaged.",
    },
    "level_pending": {
        "id": "Tanda tangan belum berstempel waktu. Coba lagi bila layanan stempel waktu sudah kembali.",
        "en": "The signature has no time stamp yet. Try again when the time-stamping service is back.",
    },
    "pdf_not_signable": {
        "id": "Berkas kartu tidak dapat ditandatangani.",
        "en": "The card's file cannot be signed.",
    },
    "signature_wrong": {
        "id": "Pemegang kunci mengembalikan tanda tangan yang salah; tidak dipakai.",
        "en": "The key holder returned a wrong signature; it was not used.",
    },
    "timestamper_missing": {
        "id": "Tingkat tanda tangan ini memerlukan layanan stempel waktu, dan belum diatur.",
        "en": "This level needs a time-stamping service, and none is set.",
    },
    "certificate_missing": {
        "id": "Sertifikat penanda tangan tidak ditemukan pada token atau layanan. Perbaiki pengaturannya.",
        "en": "The signer's certificate is not on the token or at the service. Mend the setting.",
    },
    "holder_away": {
        "id": "Layanan tanda tangan tidak menjawab; belum ada yang ditandatangani. Coba lagi bila sudah kembali.",
        "en": "The signing service does not answer; nothing was signed. Try again when it is back.",
    },
    "holder_file_changed": {
        "id": "Layanan tanda tangan mengembalikan berkas yang bukan milik kita; tidak dipakai. Hubungi penyedianya.",
        "en": "The signing service gave back a file that is not ours; it was not used. Ask its provider.",
    },
    "holder_login": {
        "id": "Layanan tanda tangan menolak akun kantor ini. Perbaiki pengaturannya, lalu coba lagi.",
        "en": "The signing service does not accept this house's login. Mend the setting, then try again.",
    },
    "holder_refused": {
        "id": "Layanan tanda tangan menolak; belum ada yang ditandatangani. Periksa akun penanda tangan di sana.",
        "en": "The signing service refused; nothing was signed. Check the signer's account there, then try again.",
    },
    "holder_rejected": {
        "id": "Layanan tanda tangan menolak berkas ini; belum ada yang ditandatangani. Tanyakan kepada penyedianya.",
        "en": "The signing service refused this file; nothing was signed. Ask its provider.",
    },
    "holder_signature_wrong": {
        "id": "Tanda tangan yang dikembalikan layanan tidak sah; tidak dipakai. Hubungi penyedianya.",
        "en": "The signature that the service gave back does not hold; it was not used. Ask its provider.",
    },
    "holder_signatures": {
        "id": "Layanan tidak mengembalikan tepat satu tanda tangan baru; berkas tidak dipakai. Hubungi penyedianya.",
        "en": "The service did not give back exactly one new signature; the file was not used. Ask its provider.",
    },
    "holder_tls": {
        "id": "Sertifikat TLS layanan tanda tangan tidak sah; tidak ada yang dikirim. Beri tahu pengelola sistem.",
        "en": "The TLS certificate of the signing service does not hold; nothing was sent. Tell who runs the system.",
    },
    "holder_wrong_signer": {
        "id": "Layanan menandatangani dengan sertifikat orang lain; berkas tidak dipakai. Periksa pengaturannya.",
        "en": "The service signed with somebody else's certificate; the file was not used. Check the signer's setting.",
    },
    "key_address": {
        "id": "Alamat kunci penanda tangan tidak dapat dimengerti. Perbaiki pengaturannya.",
        "en": "The address of the signer's key is not understood. Mend the setting.",
    },
    "key_disabled": {
        "id": "Kunci penanda tangan di layanan tidak aktif. Tanyakan kepada penyedianya.",
        "en": "The signer's key at the service is not enabled. Ask its provider.",
    },
    "key_mechanism": {
        "id": "Kunci pada token tidak dapat menandatangani dengan cara yang diminta.",
        "en": "The key on the token does not sign in the way that is needed.",
    },
    "key_module": {
        "id": "Pustaka PKCS#11 token tidak dapat dimuat di server. Pasang pustakanya atau perbaiki module-path.",
        "en": "The token's PKCS#11 library cannot be loaded on the server. Install it, or mend module-path.",
    },
    "key_missing": {
        "id": "Kunci penanda tangan tidak ditemukan pada token atau layanan. Perbaiki pengaturannya.",
        "en": "The signer's key is not on the token or at the service. Mend the setting.",
    },
    "level_not_reached": {
        "id": "Layanan menandatangani di bawah tingkat yang diminta; tidak dipakai. Sesuaikan definisinya.",
        "en": "The service signed below the level that is asked for; the file was not used. Mend the definition.",
    },
    "needs_signer": {
        "id": "Tanda tangan terhenti: PIN atau sandinya belum ada atau terlupa. Penanda tangan memberikannya lagi.",
        "en": "Signing stopped: the signer's PIN or passphrase is missing or forgotten. The signer gives it again.",
    },
    "secret_last_try": {
        "id": "Token terkunci bila PIN salah sekali lagi, jadi tidak dicoba. Masuklah dahulu ke token itu sendiri.",
        "en": "One more wrong PIN would lock the token, so it was not tried. Sign in to the token itself first.",
    },
    "secret_locked": {
        "id": "Token terkunci atau masa PIN-nya habis. Buka kuncinya dengan alat penyedia token, lalu coba lagi.",
        "en": "The token is locked, or its PIN has run out. Unlock it with its provider's tool, then try again.",
    },
    "secret_wrong": {
        "id": "PIN atau sandi penanda tangan salah; belum ada yang ditandatangani. Coba lagi; sering salah mengunci.",
        "en": "The signer's PIN or passphrase is wrong; nothing was signed. Try again; too many wrong ones lock it.",
    },
    "secret_wrong_last": {
        "id": "PIN salah; sekali lagi salah, token terkunci. Masuklah dahulu ke token dengan alat penyedianya.",
        "en": "The PIN is wrong, and one more would lock the token. Sign in to it with its provider's tool first.",
    },
    "token_away": {
        "id": "Token penanda tangan tidak ditemukan; belum ada yang ditandatangani. Pasang tokennya, lalu coba lagi.",
        "en": "The signer's token is not found; nothing was signed. Put it in, then try again.",
    },
    "uncertain": {
        "id": "Mungkin sudah ditandatangani, tapi jawabannya hilang. Periksa di layanannya; coba lagi dengan alasan.",
        "en": "It may have been signed, but the answer was lost. Look at the service; try again only with a reason.",
    },
    "trust_empty": {
        "id": "Folder kepercayaan kantor tidak berisi sertifikat akar. Lengkapi foldernya, lalu coba lagi.",
        "en": "The house's trust folder holds no root certificate. Complete the folder, then try again.",
    },
    "trust_unreadable": {
        "id": "Ada berkas yang tidak terbaca di folder kepercayaan kantor. Perbaiki berkasnya, lalu coba lagi.",
        "en": "A file in the house's trust folder cannot be read. Mend the file, then try again.",
    },
    "tsa_url": {
        "id": "Alamat layanan stempel waktu salah. Perbaiki pengaturannya.",
        "en": "The address of the time-stamping service is wrong. Mend the setting.",
    },
}


def cause(code: str) -> Text:
    """The cause of an incident in words; a code that has none is told as it is."""
    return CAUSES.get(code) or {
        "id": f"Langkah gagal dengan kode {code}.",
        "en": f"The step failed with the code {code}.",
    }
