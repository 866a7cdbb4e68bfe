"""Signing in by cookie: as slow for a wrong name as for a wrong password, guarded against forged forms."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy import text

from alur import accounts
from alur.wiring import House
from tests.api_kit import count, ports_of, refused
from tests.support import account_id, new_account
from web import here
from web.app import create_app
from web.auth.signing_in import register, sign_in, sign_out
from web.problems import PAGE

PASSWORD = "sebuah-kata-sandi"


def doors(app: Flask) -> Flask:
    """Doors of the least kind to `app`, which tell problems as JSON; the pages' own are tested with the pages."""
    app.extensions.pop(PAGE)

    @app.get("/t/token")
    def token() -> object:
        from flask_wtf.csrf import generate_csrf

        return jsonify(token=generate_csrf())

    @app.post("/t/in")
    def enter() -> object:
        return jsonify(account=sign_in(request.form["name"], request.form["password"]).account)

    @app.post("/t/out")
    def leave() -> object:
        sign_out()
        return jsonify(person=here.person() is not None)

    @app.post("/t/new")
    def new() -> object:
        form = request.form
        made = register(form["name"], form["title"], form["password"], form.get("email", ""))
        return jsonify(account=made.account)

    return app


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    """An application with doors."""
    return doors(create_app(ports_of(house)))


@pytest.fixture
def ani(house: House) -> str:
    """An account with a password."""
    name = new_account(house)
    with house.engine.begin() as db:
        accounts.set_password(db, account_id(house, name), PASSWORD)
    return name


def submit(client: FlaskClient, path: str, **form: str):  # type: ignore[no-untyped-def]
    """A form sent with its token."""
    token = client.get("/t/token").json["token"]
    return client.post(path, data={**form, "csrf_token": token})


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A browser in which `name` is signed in."""
    client = app.test_client()
    assert submit(client, "/t/in", name=name, password=PASSWORD).status_code == 200
    return client


def test_the_cookie_is_closed_to_scripts_and_other_sites(app: Flask, ani: str, house: House) -> None:
    """HttpOnly and SameSite=Lax everywhere; in production Secure and bound to the host, too."""
    client = app.test_client()
    answer = submit(client, "/t/in", name=ani, password=PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    real = doors(create_app(replace(ports_of(house), production=True))).test_client()
    answer = real.get("/t/token", base_url="https://alur.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-alur=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_a_wrong_password_and_a_wrong_name_are_told_alike(app: Flask, ani: str) -> None:
    """Nobody learns which names exist."""
    client = app.test_client()
    wrong = submit(client, "/t/in", name=ani, password="salah-salah").json
    nobody = submit(client, "/t/in", name="tidak-ada", password=PASSWORD).json
    assert wrong == nobody
    assert (wrong["code"], wrong["status"]) == ("sign_in_failed", 401)
    assert submit(client, "/t/in", name="a\0b", password=PASSWORD).json == nobody


def test_a_closed_account_cannot_sign_in_and_is_out_at_once(app: Flask, ani: str, house: House) -> None:
    """An account that was closed loses its running session, too."""
    client = signed_in(app, ani)
    assert client.get("/api/v1/cases").status_code == 200
    with house.engine.begin() as db:
        db.execute(text("UPDATE account SET active = false WHERE name = :n"), {"n": ani})
    refused(client.get("/api/v1/cases"), 401, "not_signed_in")
    assert submit(app.test_client(), "/t/in", name=ani, password=PASSWORD).status_code == 401


def test_a_new_password_ends_the_sessions_of_before(app: Flask, ani: str, house: House) -> None:
    """Whoever had the old one is out."""
    client = signed_in(app, ani)
    with house.engine.begin() as db:
        accounts.set_password(db, account_id(house, ani), "yang-baru-sekali")
    refused(client.get("/api/v1/cases"), 401, "not_signed_in")


def test_signing_out_ends_the_session(app: Flask, ani: str) -> None:
    """The cookie of before opens nothing."""
    client = signed_in(app, ani)
    assert submit(client, "/t/out").json == {"person": False}
    refused(client.get("/api/v1/cases"), 401, "not_signed_in")


def test_a_form_without_its_token_is_refused(app: Flask, ani: str) -> None:
    """Sign-in itself, and every API request that a cookie signs; a bearer token needs none."""
    client = app.test_client()
    answer = client.post("/t/in", data={"name": ani, "password": PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    client = signed_in(app, ani)
    draft = {"process": "ak1-online", "office": "palembang"}
    refused(client.post("/api/v1/cases", json=draft), 403, "csrf")
    token = client.get("/t/token").json["token"]
    assert client.post("/api/v1/cases", json=draft, headers={"X-CSRFToken": token}).status_code == 201


def test_the_token_of_another_session_does_not_count(app: Flask, ani: str) -> None:
    """A token is bound to the cookie it came with, and signing in makes a new one."""
    other = app.test_client().get("/t/token").json["token"]
    client = app.test_client()
    before = client.get("/t/token").json["token"]
    assert client.post("/t/in", data={"name": ani, "password": PASSWORD, "csrf_token": other}).status_code == 403
    assert submit(client, "/t/in", name=ani, password=PASSWORD).status_code == 200
    for token in (other, before):
        assert client.post("/t/out", data={"csrf_token": token}).status_code == 403


def test_too_many_wrong_passwords_close_the_door_for_a_while(app: Flask, ani: str) -> None:
    """Ten failures for a name, from wherever; then not even the right password is tried. Others go on."""
    for _ in range(10):
        assert submit(app.test_client(), "/t/in", name=ani, password="salah-salah").status_code == 401
    statuses = [submit(app.test_client(), "/t/in", name=ani, password="salah-salah").status_code for _ in "12"]
    assert statuses[-1] == 429
    answer = submit(app.test_client(), "/t/in", name=ani.upper(), password=PASSWORD)
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_signing_in_rightly_costs_nothing(app: Flask, ani: str) -> None:
    """A counter where one account signs in all day is not locked out."""
    for _ in range(12):
        signed_in(app, ani)


def test_who_registers_is_an_applicant_and_signed_in(app: Flask, house: House) -> None:
    """Name and password are enough; the password is kept as argon2; no role comes with it."""
    name, client = f"w{uuid.uuid4().hex[:8]}", app.test_client()
    answer = submit(client, "/t/new", name=f" {name.upper()} ", title="Wati  Sari", password=PASSWORD)
    assert answer.status_code == 200
    assert client.get("/api/v1/cases").json == {"cases": [], "next": None}
    with house.engine.connect() as db:
        row = db.execute(text("SELECT * FROM account WHERE name = :n"), {"n": name}).one()
    assert (row.title, row.email, row.active) == ("Wati Sari", None, True)
    assert re.match(r"\$argon2id\$", row.password)
    assert count(house, "SELECT count(*) FROM membership WHERE account = :a", a=row.id) == 0
    assert submit(app.test_client(), "/t/in", name=name, password=PASSWORD).json == {"account": row.id}


def test_a_registration_that_is_not_right_names_every_field(app: Flask, ani: str, house: House) -> None:
    """All at once; a name that is taken is told, and no account is made."""
    answer = submit(app.test_client(), "/t/new", name="a b", title="", password="short", email="x")
    assert (answer.status_code, answer.json["code"]) == (422, "registration_invalid")
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [
        ("name", "bad_name"),
        ("title", "bad_title"),
        ("password", "bad_password"),
        ("email", "bad_email"),
    ]
    taken = submit(app.test_client(), "/t/new", name=ani, title="Ani", password=PASSWORD)
    assert [(e["field"], e["code"]) for e in taken.json["errors"]] == [("name", "name_taken")]


def test_a_session_sees_what_its_person_may_see_and_no_more(app: Flask, house: House) -> None:
    """The cookie, too, goes through row-level security."""
    names = [new_account(house) for _ in "12"]
    with house.engine.begin() as db:
        for name in names:
            accounts.set_password(db, account_id(house, name), PASSWORD)
    first, second = (signed_in(app, name) for name in names)
    token = first.get("/t/token").json["token"]
    draft = {"process": "ak1-online", "office": "palembang"}
    case = first.post("/api/v1/cases", json=draft, headers={"X-CSRFToken": token}).json["id"]
    assert first.get(f"/api/v1/cases/{case}").status_code == 200
    refused(second.get(f"/api/v1/cases/{case}"), 404, "unknown_case")
