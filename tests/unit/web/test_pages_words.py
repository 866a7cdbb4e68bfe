"""Every word that a person may read is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

from web.pages import words

WEB = Path(__file__).parents[3] / "web"
METHODS = [("pages/**.py", "python"), ("templates/**.html", "jinja2")]
PLACE = re.compile(r"%\((\w+)\)[sd]")


def used() -> set[str]:
    """The words that pages and templates use."""
    found = extract_from_dir(str(WEB), method_map=METHODS, keywords={"_": None, "ngettext": (1, 2)})
    return {str(message) for _file, _line, message, _comments, _context in found}


def catalog() -> dict[str, str]:
    """English by Indonesian."""
    with (WEB / "translations" / "en.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="en") if m.id}


def test_every_word_has_its_english() -> None:
    """A word without a translation would be read in Indonesian by somebody who asked for English."""
    assert {w for w in used() if not catalog().get(w)} == set()


def test_no_translation_is_left_over() -> None:
    """What no page uses any more is removed from the catalogue."""
    assert catalog().keys() - used() == set()


def test_translations_fill_the_same_places() -> None:
    """A place that is missing or new in the translation would break the page."""
    for source, target in catalog().items():
        assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(target)), source


def test_a_degree_at_the_end_of_a_name_is_not_followed_by_another_full_stop() -> None:
    """In code and in templates, where values are still escaped and what is marked up stays so."""
    app = Flask("words")
    words.init(app)
    page = '{{ _("Diminta oleh %(who)s.", who=who) }}'
    with app.test_request_context():
        assert words._("Diminta oleh %(who)s.", who="Citra, S.Sos.") == "Diminta oleh Citra, S.Sos."
        assert render_template_string(page, who="Citra, S.Sos.") == "Diminta oleh Citra, S.Sos."
        assert render_template_string(page, who="<b>") == "Diminta oleh &lt;b&gt;."
