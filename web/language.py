"""In which language this request is answered: Indonesian unless another is asked for."""

from __future__ import annotations

from flask import has_request_context, request

from web import here

LANGUAGES = ("id", "en")
#: Cookie by which the pages remember a choice.
COOKIE = "language"


def language() -> str:
    """`id` or `en`: an API request says it by Accept-Language; a page by its cookie, then the account, then that."""
    if not has_request_context():
        return LANGUAGES[0]
    if not request.path.startswith("/api/"):
        chosen = request.cookies.get(COOKIE)
        if chosen in LANGUAGES:
            return chosen
        person = here.person()
        if person is not None and person.language in LANGUAGES:
            return person.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
