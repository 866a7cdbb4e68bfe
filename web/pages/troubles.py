"""Problems as pages: what happened in a sentence, and a way on."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request, url_for

from web import here
from web.errors import Problem
from web.language import language
from web.pages.frame import Link
from web.pages.words import _, local
from web.problems import PAGE

#: Statuses that stay the same however often one asks.
_SAME_AGAIN = (401, 403, 404, 405)


def init(app: Flask) -> None:
    """Show the problems of `app`'s pages as pages."""
    app.extensions[PAGE] = page


def page(problem: Problem, status: int) -> Response:
    """The page that tells `problem`."""
    return make_response(
        render_template(
            "problem.html",
            head=_head(problem, status),
            sentence=problem.sentence(language()),
            problems=[local(field.text) for field in problem.fields],
            kept=request.method != "GET",
            ways=_ways(problem, status),
            code=problem.code,
        ),
        status,
    )


def _head(problem: Problem, status: int) -> str:
    heads = {
        401: _("Silakan masuk"),
        403: _("Ini bukan untuk Anda"),
        404: _("Tidak ditemukan"),
        405: _("Cara ini tidak diterima"),
        409: _("Keadaannya sudah berubah"),
        412: _("Halaman ini sudah lama"),
        413: _("Berkas terlalu besar"),
        429: _("Terlalu banyak percobaan"),
        500: _("Terjadi kesalahan pada sistem"),
        503: _("Layanan sedang tidak dapat dihubungi"),
    }
    if _is_csrf(problem):
        return _("Halaman ini terlalu lama terbuka")
    return heads.get(status, _("Permintaan tidak dapat dilakukan"))


def _ways(problem: Problem, status: int) -> list[Link]:
    """Trying again where that may help, then home."""
    person = here.person()
    again = (
        [Link(url=_again(), words=_("Muat ulang halaman"))] if status not in _SAME_AGAIN or _is_csrf(problem) else []
    )
    if person is None and status == 401:
        again = [Link(url=url_for("entry.sign_in", next=_again()), words=_("Masuk"))]
    if person is None:
        return [*again, Link(url=url_for("public.home"), words=_("Ke halaman depan"))]
    if person.is_staff:
        return [*again, Link(url=url_for("inbox.tasks"), words=_("Ke kotak tugas"))]
    return [*again, Link(url=url_for("mine.all_mine"), words=_("Ke permohonan saya"))]


def _is_csrf(problem: Problem) -> bool:
    return problem.code == "csrf"


def _again() -> str:
    if request.method == "GET":
        return request.full_path.rstrip("?")
    referrer = request.referrer or ""
    return referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else "/"
