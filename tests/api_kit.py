"""Driving the API in tests: the real application over a real house, whose doorbell is answered in this process."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from alur import accounts
from alur.wiring import House
from tests.support import account_id, as_web, new_account, put_documents, sample_data, settle
from web.app import create_app
from web.ports import Ports

CHECKLIST = ["identity", "photo", "diploma"]
_turn = threading.Lock()


def ports_of(house: House, **changes: Any) -> Ports:
    """The house's ports; ringing performs everything that waits before it returns."""

    def ring() -> bool:
        with _turn:
            settle(house)
        return True

    given: dict[str, Any] = {"ring": ring} | changes
    return replace(house.ports(), **given)


def app_of(house: House) -> Flask:
    """One application a house."""
    known: Flask = house.__dict__.setdefault("_app", None) or create_app(ports_of(house))
    house.__dict__["_app"] = known
    return known


class Api:
    """The API as one person, or nobody, uses it."""

    def __init__(self, house: House, name: str | None = None, app: Flask | None = None) -> None:
        self.house = house
        self.name = name
        self.client = (app or app_of(house)).test_client()
        self.headers: dict[str, str] = {}
        if name:
            with house.engine.begin() as db:
                token = accounts.new_token(db, account_id(house, name))
            self.headers["Authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        """A request under /api/v1."""
        return self.client.open(f"/api/v1{path}", method=method, headers={**self.headers, **(headers or {})}, **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET; header names with underscores."""
        return self.send("GET", path, _headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST of JSON."""
        return self.send("POST", path, _headers(headers), json=body)

    def put_data(self, case: int, data: Mapping[str, Any], revision: int | None) -> TestResponse:
        """Save data; None names no revision."""
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        return self.send("PUT", f"/cases/{case}/data", headers, json=data)

    def upload(self, case: int, kind: str, content: bytes, name: str = "file.jpg", **headers: str) -> TestResponse:
        """Upload a document."""
        form = {"file": (BytesIO(content), name)}
        return self.send("POST", f"/cases/{case}/documents/{kind}", _headers(headers), data=form)

    def do(self, case: int, do: str, *, wait: int | None = 10, headers: Mapping[str, str] | None = None, **body: Any):  # type: ignore[no-untyped-def]
        """Perform a transition and, unless `wait` is None, wait for it."""
        asked = dict(headers or {}) | ({"Prefer": f"wait={wait}"} if wait is not None else {})
        return self.send("POST", f"/cases/{case}/transitions", asked, json={"do": do, **body})

    def open(self, data: Mapping[str, Any] | None = None, office: str = "palembang") -> int:
        """A draft with data; its id."""
        body = {"process": "ak1-online", "office": office, "data": data or sample_data()}
        answer = self.post("/cases", body)
        assert answer.status_code == 201, answer.json
        return int(answer.json["id"])

    def filled(self, data: Mapping[str, Any] | None = None, office: str = "palembang") -> int:
        """A draft with data, and documents that were put there beside the API: uploads have tests of their own."""
        case = self.open(data, office)
        with as_web(self.house, self.name, office) as db:
            put_documents(db, self.house, case, ("photo", "ktp", "diploma"))
        return case


def applicant(house: House) -> Api:
    """A new person."""
    return Api(house, new_account(house))


def officer(house: House, *memberships: str) -> Api:
    """A new officer with memberships such as `operator@palembang`."""
    return Api(house, new_account(house, *memberships))


def key() -> str:
    """A fresh Idempotency-Key."""
    return uuid.uuid4().hex


def submitted(house: House, office: str = "palembang") -> int:
    """A case that waits for its operator."""
    siti = applicant(house)
    case = siti.filled(office=office)
    answer = siti.do(case, "submit")
    assert answer.status_code == 200, answer.json
    return case


def approved(house: House) -> int:
    """A case that waits for its signer."""
    case = submitted(house)
    answer = officer(house, "operator@palembang").do(case, "approve", checklist=CHECKLIST)
    assert answer.status_code == 200, answer.json
    return case


def count(house: House, sql: str, **values: Any) -> int:
    """A number from the database, past row-level security."""
    with house.engine.connect() as db:
        return int(db.execute(text(sql), values).scalar_one())


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each of `works` returns, begun at the same time in threads of their own."""
    out: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(i: int, work: Callable[[], Any]) -> None:
        start.wait()
        out[i] = work()

    threads = [threading.Thread(target=run, args=(i, work)) for i, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer that must be one of `code`, told as RFC 9457 asks, with a sentence."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert (body["code"], body["status"]) == (code, status)
    assert body["type"] == f"urn:alur:problem:{code}"
    # A guard is told in the definition's own words, which need no full stop.
    assert code == "guard" or body["detail"].endswith(".")
    assert "{" not in body["detail"], body["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    return body


def _headers(names: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in names.items()}
