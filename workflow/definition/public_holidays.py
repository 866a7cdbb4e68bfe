"""Holidays of countries, from the library `holidays`: the one module that meets it.

Imported where it is asked: reading a stored calendar needs no library, and a worker's memory counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from workflow.definition.process import Text

#: Our language → the library's name of it.
_LANGUAGES = {"id": "id", "en": "en_US"}
_DIGITS_OF_COUNTRY = 2


def countries() -> list[str]:
    """Codes of the countries that are known, of two letters."""
    from holidays.registry import EntityLoader

    return sorted(c for c in EntityLoader.get_country_codes(include_aliases=False) if len(c) == _DIGITS_OF_COUNTRY)


def categories(country: str) -> tuple[str, ...]:
    """Kinds of holidays that are known of `country`."""
    return tuple(sorted(_entity(country).supported_categories))


def subdivisions(country: str) -> tuple[str, ...]:
    """Codes of the parts of `country` that have holidays of their own."""
    return tuple(sorted(_entity(country).subdivisions))


@lru_cache(maxsize=32)
def public_holidays(
    country: str, subdivision: str | None, kinds: tuple[str, ...], first: int, last: int
) -> Mapping[date, Text]:
    """Days of the years `first` to `last`, in order, each with its name in our languages.

    Where the library has no translation the name is in the country's own language; names of days that are not
    announced yet say so. The country, its part and the kinds must be known ones.
    """
    import holidays

    years = range(first, last + 1)
    told = {
        language: holidays.country_holidays(
            country, subdiv=subdivision, years=years, categories=kinds, language=theirs, expand=False
        )
        for language, theirs in _languages(country).items()
    }
    days = sorted(day for day in told["id"] if first <= day.year <= last)
    return MappingProxyType(
        {day: MappingProxyType({language: str(found[day]) for language, found in told.items()}) for day in days}
    )


def _languages(country: str) -> Mapping[str, str | None]:
    """Our languages as the library calls them for `country`.

    A language that it does not have is never asked for: it would answer in that of the process's environment.
    """
    entity = _entity(country)
    return {
        ours: theirs if theirs in entity.supported_languages else entity.default_language
        for ours, theirs in _LANGUAGES.items()
    }


def _entity(country: str) -> Any:
    import holidays

    return getattr(holidays, country)
