"""What a process says of the reports that count its cases: read from events and facts alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Seekers:
    """Who is registered, for the statistics of the labour-market report (IPK)."""

    #: Hold whose key tells that two cases are one person's.
    person: str
    #: States in which the person is registered.
    registered: frozenset[str]
    #: States that tell that the person found work; whoever leaves `registered` for another state is removed.
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """A survey of satisfaction (Permenpan RB 14/2017)."""

    #: Fields of the form whose scores, `1` to `4`, are counted with equal weights.
    elements: tuple[str, ...]
    #: Field that names the service which was judged.
    service: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reports:
    """The reports in which a process is counted, beside those on promises and on work."""

    seekers: Seekers | None = None
    survey: Survey | None = None
    #: Fields by which complaints and suggestions are counted; empty for what is no complaint.
    complaints: tuple[str, ...] = ()
