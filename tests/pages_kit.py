"""Driving the pages in tests as a browser without scripts does: links, forms, hidden fields and all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from alur import accounts
from alur.wiring import House
from tests.api_kit import app_of
from tests.support import photo, sample_data

PASSWORD = "kuda-lumping-naik-sepeda"


class _Forms(HTMLParser):
    """The forms of a page: their action, and the fields that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, MultiDict[str, Any]]] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), MultiDict()))
        if not self.forms or "disabled" in found:
            return
        fields = self.forms[-1][1]
        if tag == "input" and "name" in found and found.get("type") not in ("submit", "file"):
            if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                fields.add(found["name"], found.get("value", ""))
        elif tag == "textarea":
            self._area = found["name"]
            fields.add(self._area, "")
        elif tag == "select":
            self._select = found.get("name")
        elif tag == "option" and self._select and "selected" in found:
            fields.setlist(self._select, [found.get("value", "")])

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            fields = self.forms[-1][1]
            fields.setlist(self._area, [fields[self._area] + data.removeprefix("\n")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None


class Browser:
    """One person's browser, without scripts."""

    def __init__(self, house: House, app: Flask | None = None) -> None:
        self.house = house
        self.client = (app or app_of(house)).test_client()
        # A person has an address of their own, so that the tests together stay below what one address may try.
        self.client.environ_base["REMOTE_ADDR"] = "127.{}.{}.{}".format(*uuid.uuid4().bytes)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def form(self, path: str, action: str = "") -> MultiDict[str, Any]:
        """What the form with this action on the page holds; the first that holds a token when none is named."""
        return form_of(self.get(path).text, action)

    def send(self, path: str, values: Mapping[str, Any], *, page: str = "", action: str = "") -> TestResponse:
        """Fill in the form of `page` (its own address unless given) with `values` and send it to `path`."""
        sent = self.form(page or path, action)
        for name, value in values.items():
            sent.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(path, data=sent)

    def register(self, name: str | None = None) -> Browser:
        """Make an account and be signed in."""
        values = {"title": "Siti Rahmawati", "name": name or f"p{uuid.uuid4().hex[:10]}", "password": PASSWORD}
        assert self.send("/register", values).status_code == 303
        return self

    def sign_in(self, name: str, password: str = PASSWORD) -> Browser:
        """Sign in."""
        answer = self.send("/sign-in", {"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        return self

    def open_case(self, office: str = "palembang", **more: str) -> int:
        """Start an application; its number."""
        answer = self.send("/cases/new", {"office": office, "process": "ak1-online", **more})
        assert answer.status_code == 303, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    def fill(self, case: int, data: Mapping[str, Any] | None = None) -> None:
        """Fill in every section and send every document."""
        for section, values in entries(data or sample_data()).items():
            answer = self.send(f"/cases/{case}/sections/{section}", {**values, "go": "next"})
            assert answer.status_code == 303, answer.text
        for kind in ("photo", "ktp", "diploma"):
            assert self.upload(case, kind, photo()).status_code == 303

    def upload(self, case: int, kind: str, content: bytes) -> TestResponse:
        """Send a document."""
        page = f"/cases/{case}/documents"
        sent = {**self.form(page, f"{page}/{kind}").to_dict(), "file": (BytesIO(content), "berkas")}
        return self.client.post(f"{page}/{kind}", data=sent, content_type="multipart/form-data")

    def submit(self, case: int) -> TestResponse:
        """Check the answers and submit."""
        return self.send(f"/cases/{case}/check", {})

    def submitted(self, data: Mapping[str, Any] | None = None, office: str = "palembang") -> int:
        """A case that is filled in and submitted; its number."""
        case = self.open_case(office)
        self.fill(case, data)
        assert self.submit(case).status_code == 303
        return case


def form_of(html: str, action: str = "") -> MultiDict[str, Any]:
    """The fields of a page's form."""
    parser = _Forms()
    parser.feed(html)
    wanted = [f for a, f in parser.forms if (a == action if action else "csrf_token" in f and a != "/sign-out")]
    assert wanted, f"no form {action!r} among {[a for a, _ in parser.forms]}"
    return wanted[0]


def officer(house: House, *memberships: str, title: str = "") -> tuple[str, Browser]:
    """A new officer with memberships such as `operator@palembang`, signed in: name and browser."""
    name = f"o{uuid.uuid4().hex[:10]}"
    with house.engine.begin() as db:
        id_ = accounts.add(db, name, title or name, PASSWORD)
        for m in memberships:
            role, _, office = m.partition("@")
            accounts.join(db, id_, role, office)
    return name, Browser(house).sign_in(name)


_SECTIONS = {
    "request": ("kind",),
    "identity": ("nik", "name", "birth_place", "birth_date", "sex", "marital_status", "religion"),
    "address": ("address", "kecamatan", "phone", "email"),
    "education": ("education", "school", "major", "graduation_year"),
    "experience": ("skills", "experience", "employed"),
    "consent": ("notices",),
}


def entries(data: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a person types for `data`, by section."""
    return {section: dict(_typed(name, data.get(name)) for name in names) for section, names in _SECTIONS.items()} | {
        "identity": _identity(data)
    }


def _identity(data: Mapping[str, Any]) -> dict[str, str]:
    typed = dict(_typed(name, data.get(name)) for name in _SECTIONS["identity"] if name != "birth_date")
    year, month, day = str(data["birth_date"]).split("-")
    return typed | {"birth_date.day": day, "birth_date.month": month, "birth_date.year": year}


def _typed(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return name, "yes" if value else "no"
    return name, "\n".join(_lines(value)) if isinstance(value, list) else "" if value is None else str(value)


def _lines(values: Iterable[Any]) -> list[str]:
    return [str(v) for v in values]
