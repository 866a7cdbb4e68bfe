"""Scenarios as sentences, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alur.scenarios.findings import FINDERS
from tests.scenario_kit import ground, parse, trial
from workflow.scenario.dates import told_moment
from workflow.scenario.sentences import Teller
from workflow.scenario.wanted import READERS
from workflow.scenario.words import WORDS, person

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")

SAID = [
    ("{as: siti, do: submit}", "Siti mengajukan permohonan", "Siti submits the application"),
    (
        "{as: ani, do: approve, checklist: all, refused: guard}",
        "Ani melakukan “Setujui”; harus ditolak (guard)",
        "Ani does “Approve”; it must be refused (guard)",
    ),
    ("{as: ani, do: claim}", "Ani mengambil tugas", "Ani claims the task"),
    (
        "{as: siti, do: submit, sent: 2}",
        "Siti mengajukan permohonan, dikirim 2 kali",
        "Siti submits the application, sent",
    ),
    (
        "{as: siti, data: {name: Siti}, documents: [photo]}",
        "Siti menyimpan Nama lengkap, Pasfoto berwarna 3×4",
        "Siti saves Full name, Colour photo 3×4",
    ),
    (
        "{as: siti, do: submit, data: {name: Siti}}",
        "Siti mengajukan permohonan setelah menyimpan Nama lengkap",
        "Siti submits the application after saving Full name",
    ),
    ("{open: second, applicant: rudi-2}", "Rudi 2 membuka permohonan (second)", "Rudi 2 opens an application (second)"),
    (
        "{open: third, as: ani, for: rina, times: 3, unique: nik}",
        "Ani membuka permohonan untuk Rina (third), 3 buah",
        "Ani opens an application for Rina (third), 3 of them",
    ),
    ("{wait: PT0M1S}", "waktu berlalu", "time passes"),
    (
        "{fail: sign_card, code: tsa_unavailable}",
        "langkah “Tanda tangani kartu” mulai gagal (tsa_unavailable)",
        "the step “Sign the card” begins to fail (tsa_unavailable)",
    ),
    (
        "{fail: sign_card, code: tsa_unavailable, times: 2}",
        "langkah “Tanda tangani kartu” akan gagal 2 kali (tsa_unavailable)",
        "the step “Sign the card” will fail 2 times (tsa_unavailable)",
    ),
    ("{slow: sign_card}", "langkah “Tanda tangani kartu” berjalan lambat", "the step “Sign the card” does not end"),
    ("{mend: sign_card}", "langkah “Tanda tangani kartu” berjalan lagi", "the step “Sign the card” works again"),
    ("{clock: stopped}", "proses jam berhenti", "the clock process stops"),
    ("{clock: started}", "proses jam berjalan lagi", "the clock process runs again"),
    (
        '{expect: {state: verifying, due: {service: "2026-11-21T08:00+07:00"}}}',
        "diharapkan status Sedang diperiksa; batas waktu “Janji layanan 1×24 jam” Sabtu 21 November 2026 08.00",
        "expected: state Being verified; “Service promise” due Saturday 21 November 2026 08:00",
    ),
    (
        "{expect: {card: null, notices: {siti: []}, told: {service: [75]}, holds: {holder: true}}}",
        "diharapkan kartu tidak ada; pemberitahuan kepada Siti: tidak ada; “Janji layanan 1×24 jam” diberitahukan pada "
        "75%; memegang holder: ya",
        "expected: card none; notices to Siti: none; “Service promise” told at 75%; holds holder: yes",
    ),
    (
        "{expect: {actions: {ani: [approve]}, refused: {siti: {sign: wrong_role}}, cases: {issued: 2}}}",
        "diharapkan Ani boleh: “Setujui”; Siti “Tanda tangani” ditolak: wrong_role; jumlah permohonan Terbit: 2",
        "expected: Ani may: “Approve”; Siti “Sign” refused: wrong_role; cases that are Issued: 2",
    ),
]


@pytest.mark.parametrize(("step", "indonesian", "english"), SAID, ids=[step for step, *_ in SAID])
def test_a_step_is_a_sentence_in_both_languages(step: str, indonesian: str, english: str) -> None:
    """It begins with the moment, as the office's clock shows it, and speaks the words of the process."""
    (scenario,) = parse(trial(f"- {step}"))
    for language, said in (("id", indonesian), ("en", english)):
        teller = Teller(process=ground().process, zone=JAKARTA, language=language)
        moment = told_moment(scenario.steps[0].at, JAKARTA, language)
        assert teller.step(scenario.steps[0]).startswith(f"{moment}: {said}")


def test_a_moment_is_told_as_the_clock_of_the_office_shows_it() -> None:
    """Jayapura is two hours ahead; seconds are told only where there are some."""
    moment = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert told_moment(moment, JAKARTA, "id") == "Kamis 31 Desember 2026 23.30"
    assert told_moment(moment, JAYAPURA, "en") == "Friday 1 January 2027 01:30"
    assert told_moment(moment.replace(second=7), JAKARTA, "id") == "Kamis 31 Desember 2026 23.30.07"


def test_names_are_told_as_people_write_them() -> None:
    """Small letters and hyphens are for the file."""
    assert [person(n) for n in ("siti", "ani-2", "pak_joko")] == ["Siti", "Ani 2", "Pak Joko"]


def test_everything_that_can_be_expected_is_read_found_and_told() -> None:
    """One list for the reader, the finder and the words: none of them can lack an entry."""
    assert READERS.keys() == FINDERS.keys() == WORDS.keys()
    assert all(set(words) == {"id", "en"} for words in WORDS.values())
