"""The reports that there are, and how one is made from histories. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workflow.definition.process import Process, Text
from workflow.evolve import Books
from workflow.refusals import Refusal
from workflow.reports.complaints import Complaints
from workflow.reports.ground import Counting, Ground
from workflow.reports.journey import ENTERING, History, journey
from workflow.reports.period import ReportRefusedError
from workflow.reports.promise import Promise
from workflow.reports.report import Place, Report, Section
from workflow.reports.seekers import Seekers
from workflow.reports.skm import Satisfaction
from workflow.reports.tally import TOTAL, Watch, read_watch
from workflow.reports.workload import WORKED, Workload
from workflow.reports.yearly import Yearly


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    #: Such as `promise`; stable.
    name: str
    title: Text
    #: What it tells, in a sentence.
    tells: Text
    count: Callable[[Ground], Counting]
    #: True of processes whose cases it counts.
    concerns: Callable[[Process], bool]
    #: Types of the events that it reads.
    types: tuple[str, ...] = ENTERING
    #: Is of a year unless months are named; else of a month.
    yearly: bool = False


def _kinds() -> Iterable[Kind]:
    yield Kind(
        name="promise",
        title={"id": "Janji layanan", "en": "Promises kept"},
        tells={
            "id": "Berapa yang masuk, selesai, tepat waktu, terlambat, dijeda, dan dikembalikan beserta sebabnya.",
            "en": "How many came in, were done, in time, late, paused, and returned with the cause.",
        },
        count=Promise,
        concerns=lambda process: bool(process.clocks),
    )
    yield Kind(
        name="workload",
        title={"id": "Beban kerja petugas", "en": "Workload by officer"},
        tells={"id": "Apa yang dikerjakan tiap petugas.", "en": "What each officer did."},
        count=Workload,
        concerns=lambda _: True,
        types=(*ENTERING, *WORKED),
    )
    yield Kind(
        name="seekers",
        title={"id": "Statistik pencari kerja (AK-1)", "en": "Statistics of job seekers (AK-1)"},
        tells={
            "id": "Sisa awal, terdaftar, ditempatkan, dihapus, dan sisa akhir, menurut kelompok.",
            "en": "Carried over, registered, placed, removed and remaining, by group.",
        },
        count=Seekers,
        concerns=lambda process: process.reports.seekers is not None,
    )
    yield Kind(
        name="skm",
        title={"id": "Indeks kepuasan masyarakat (SKM)", "en": "Index of satisfaction (SKM)"},
        tells={"id": "Indeks, mutu, dan nilai tiap unsur.", "en": "The index, its grade and each element."},
        count=Satisfaction,
        concerns=lambda process: process.reports.survey is not None,
    )
    yield Kind(
        name="complaints",
        title={"id": "Rekap pengaduan dan saran", "en": "Recap of complaints and suggestions"},
        tells={
            "id": "Menurut saluran, perihal, dan hasilnya; dijawab tepat waktu atau tidak.",
            "en": "By channel, subject and outcome; answered in time or not.",
        },
        count=Complaints,
        concerns=lambda process: bool(process.reports.complaints),
    )
    yield Kind(
        name="yearly",
        title={"id": "Laporan tahunan", "en": "Yearly report"},
        tells={"id": "Semua laporan untuk satu tahun.", "en": "All reports of a year."},
        count=Yearly,
        concerns=lambda _: True,
        types=(*ENTERING, *WORKED),
        yearly=True,
    )


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _kinds()}


def kind_of(name: str) -> Kind:
    """The report called `name`; raises ReportRefusedError (`unknown_report`)."""
    found = KINDS.get(name)
    if found is None:
        raise ReportRefusedError(Refusal("unknown_report", {"report": name}))
    return found


def watched(number: str | None) -> Watch | None:
    """The number `section/row/column` whose events are wanted; raises ReportRefusedError (`unknown_number`)."""
    if number is None:
        return None
    watch = read_watch(number)
    if watch is None:
        raise _no_number(number)
    return watch


def make(kind: Kind, ground: Ground, histories: Iterable[History], process: str | None) -> Report:
    """Count `histories`, of which none reaches beyond `ground.until` of its office.

    Raises ReportRefusedError (`unknown_number`) where the watched number does not stand in the report.
    """
    counting = kind.count(ground)
    for history in histories:
        counting.take(journey(_books(ground, history.office), history))
    sections = counting.sections()
    period, now = ground.period, ground.now
    return Report(
        name=kind.name,
        title=kind.title,
        offices=tuple((name, office.title) for name, office in ground.offices.items()),
        first=str(period.first),
        last=str(period.last),
        process=process,
        until=max(ground.until(name).astimezone(office.zone) for name, office in ground.offices.items()),
        running=any(period.runs(office.zone, now) for office in ground.offices.values()),
        sections=sections,
        notes=NOTES,
        behind=_behind(ground, sections),
    )


def _books(ground: Ground, office: str) -> Books:
    return lambda hash_: ground.books(hash_, office)


def _behind(ground: Ground, sections: Iterable[Section]) -> tuple[Place, ...] | None:
    watch = ground.watch
    if watch is None:
        return None
    section = next((s for s in sections if s.name == watch.section), None)
    traced = section is not None and any(c.name == watch.column and c.traced for c in section.columns)
    if section is None or not traced or (watch.row != TOTAL and watch.row not in {r.key for r in section.rows}):
        raise _no_number(f"{watch.section}/{watch.row}/{watch.column}")
    return tuple(sorted(ground.behind))


def _no_number(number: str) -> ReportRefusedError:
    return ReportRefusedError(Refusal("unknown_number", {"number": number}))


#: Told of every report.
NOTES: tuple[Text, ...] = (
    {
        "id": "Semua angka dihitung dari riwayat yang tidak dapat diubah; data pribadi tidak dibaca. Bulan "
        "dihitung menurut "
        "waktu kantor.",
        "en": "Every number is counted from histories that cannot be changed; no personal data is read. Months "
        "are those of "
        "the office's clock.",
    },
)
