"""Coming in and going out: sign-in, registration, sign-out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.auth import signing_in
from web.errors import WebError
from web.language import language
from web.pages.answers import go, path_only, shown, told
from web.pages.words import _
from web.statuses import status_of

pages = Blueprint("entry", __name__)


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Sign in with name and password."""
    if request.method == "GET":
        if here.person() is not None:
            return go(_onward(request.args.get("next", "")))
        return _sign_in_page({}, 200)
    try:
        signing_in.sign_in(request.form.get("name", ""), request.form.get("password", ""))
    except WebError as error:
        return _sign_in_page({"name": error.problem.sentence(language())}, status_of(error.problem.code))
    return go(_onward(request.form.get("next", "")))


@pages.route("/register", methods=["GET", "POST"])
def register() -> Response:
    """Make an applicant's account."""
    if request.method == "GET":
        return _register_page({}, 200)
    form = request.form
    try:
        signing_in.register(
            form.get("name", ""), form.get("title", ""), form.get("password", ""), form.get("email", "")
        )
    except WebError as error:
        return _register_page(told(error.problem.fields), status_of(error.problem.code))
    return go(_onward(form.get("next", "")), _("Akun Anda sudah dibuat."))


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    signing_in.sign_out()
    return go(url_for("public.home"), _("Anda sudah keluar."))


def _sign_in_page(errors: dict[str, str], status: int) -> Response:
    return shown("entry/sign_in.html", status, errors=errors, **_entered("name"))


def _register_page(errors: dict[str, str], status: int) -> Response:
    return shown("entry/register.html", status, errors=errors, **_entered("name", "title", "email"))


def _entered(*names: str) -> dict[str, Any]:
    """What was typed, without the password, and where to go afterwards."""
    return {
        "entered": {name: request.form.get(name, "") for name in names},
        "next": path_only(request.values.get("next", ""), ""),
    }


def _onward(wanted: str) -> str:
    person = here.person()
    home = url_for("inbox.tasks") if person and person.is_staff else url_for("mine.all_mine")
    return path_only(wanted, home)
