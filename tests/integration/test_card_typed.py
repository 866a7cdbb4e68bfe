"""A card's code or number as people type it: on the verify page and over the API it names the same card."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from alur.wiring import House
from tests.api_kit import Api, refused
from tests.drain_kit import rows, with_card
from tests.pages_kit import Browser


@pytest.fixture(scope="module")
def card(house: House) -> tuple[int, str, str]:
    """A valid card: its case, code and number."""
    case, _siti = with_card(house)
    (row,) = rows(house, "SELECT code, number FROM card WHERE case_id = :c", c=case)
    return case, row.code, row.number


def ways(code: str, number: str) -> list[str]:
    """How somebody may type them."""
    groups = [code[at : at + 4] for at in range(0, len(code), 4)]
    return [
        code.lower(),
        "-".join(groups),
        " ".join(groups).lower(),
        code.replace("1", "I").replace("0", "O"),
        code.replace("1", "l").replace("0", "o"),
        number.lower(),
        number.replace("-", " "),
        number.replace("-", ""),
        number.replace("-", " - "),
        number.replace("0", "O").replace("1", "I"),
    ]


def test_a_code_or_number_is_found_however_it_is_typed(house: House, card: tuple[int, str, str]) -> None:
    """By page and by API."""
    _case, code, number = card
    anybody = Browser(house)
    for way in ways(code, number):
        told = Api(house).get(f"/verify/{quote(way)}").json
        assert (told["state"], told["number"]) == ("valid", number), way
        found = anybody.get(f"/verify?code={quote(way)}")
        assert found.status_code == 303, way
        assert number in anybody.get(found.headers["Location"]).text, way


@pytest.mark.parametrize(
    "form", ["{url}/verify/{code}#hEOhASahBEQ", "{url}/verify/{code}", "a.id/verify/{small}#x", " {code}\n"]
)
def test_the_link_of_a_qr_may_be_pasted(house: House, card: tuple[int, str, str], form: str) -> None:
    """With or without its scheme and its claim; over the API as a query, since it does not fit into a path."""
    _case, code, number = card
    text = form.format(url=house.settings.public_url, code=code, small=code.lower())
    told = Api(house).send("GET", "/verify", query_string={"code": text})
    assert (told.json["number"], told.headers["Cache-Control"]) == (number, "no-store")
    found = Browser(house).client.get("/verify", query_string={"code": text})
    assert number in Browser(house).get(found.headers["Location"]).text


def test_what_names_no_card_is_unknown_and_nothing_is_guessed(house: House, card: tuple[int, str, str]) -> None:
    """A code that lacks a letter, a number of another year, and what is too long."""
    _case, code, number = card
    for text in (code[:-1], number[:-1] + ("1" if number[-1] != "1" else "2") + "9", "x" * 3000, "-", "verify/"):
        assert Api(house).send("GET", "/verify", query_string={"code": text[:2000]}).json["state"] == "unknown", text
    refused(Api(house).send("GET", "/verify", query_string={"code": "x" * 3000}), 422, "invalid_request")


def test_a_card_is_reported_by_what_was_typed(house: House, card: tuple[int, str, str]) -> None:
    """As it is found."""
    _case, _code, number = card
    answer = Api(house).post(f"/verify/{quote(number.lower().replace('-', ' '))}/reports", {"kind": "suspected"})
    assert answer.status_code == 202
