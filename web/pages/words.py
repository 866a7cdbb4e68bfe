"""The pages' words: written in Indonesian where they are used, translated by `web/translations/en.po`."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from importlib.resources import files
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, gettext  # type: ignore[import-untyped]
from flask_babel import ngettext as _ngettext

from web.errors import stopped
from web.language import LANGUAGES, language
from workflow.definition.process import Text

#: The language in which the words are written.
SOURCE = LANGUAGES[0]


class _Catalogs(Domain):  # type: ignore[misc]
    """Reads the catalogues as text, so that no compiled file can be older than its source."""

    @cached_property
    def _by_language(self) -> dict[str, NullTranslations]:
        return {name: _catalog(name) if name != SOURCE else NullTranslations() for name in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        return self._by_language[language()]


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogs()


def init(app: Flask) -> None:
    """Give templates `_` and `ngettext`, in the language of the request."""
    _Babel(app, default_locale=SOURCE, locale_selector=language)
    inner = cast(Callable[..., str], app.jinja_env.globals["gettext"])

    @wraps(inner)  # which asks for the template's context, too
    def told(context: object, text: str, **values: object) -> str:
        # Safe as it comes: it is marked up already, its values escaped.
        return inner(context, text, **_stopped(text, values))

    app.jinja_env.globals["gettext"] = told


def _(text: str, **values: object) -> str:
    """`text` in the language of the request; `%(name)s` places are filled from `values`."""
    return str(gettext(text, **_stopped(text, values)))


def _stopped(text: str, values: Mapping[str, object]) -> dict[str, object]:
    """`values` without the full stop that a sentence has after them anyhow, as after a name with a degree."""
    if not values:
        return {}
    said = str(gettext(text))
    return {name: stopped(v, said.partition(f"%({name})s")[2]) for name, v in values.items()}


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The words for `count` things in the language of the request; Indonesian has one form, written twice."""
    return str(_ngettext(one, many, count, **values))


def local(text: Text | None) -> str:
    """A definition's text in the language of the request, falling back to Indonesian."""
    if not text:
        return ""
    return text.get(language()) or text.get(SOURCE) or ""


def _catalog(name: str) -> Translations:
    source = files("web") / "translations" / f"{name}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)
