"""After signing, the signers' secrets are found nowhere; and with one secret 200 cards are signed."""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from alur import accounts
from alur.client import Client, SurpriseError
from alur.demo import free_port
from alur.pki_folder import pki_folder
from alur.settings import load
from alur.wiring import House, open_house
from signing.development import ensure_development_pki
from tests.acceptance.work_kit import Works, all_in, apply_for_cards, at_work, insist, patiently
from tests.drain_kit import CHECKLIST, one, rows
from tests.holders_kit import key_file, officer
from tests.search_kit import search

#: Long enough to be found by nothing but themselves.
RIGHT, WRONG, LOST = "Benar-7f3a9d51c0", "Keliru-2c88e04b7e", "Hilang-90b1d7aa43"
ROLES = ("web", "engine", "effects", "signing", "clock")


def key_of(folder: Path, data: Path) -> Path:
    """A key file beside the data folder, which opens with RIGHT."""
    pki = ensure_development_pki(pki_folder(load({"ALUR_DATA": str(data)}, Path.cwd())))
    return key_file(folder, pki, officer(pki), RIGHT)


def client(works: Works, name: str, port: int) -> Client:
    """A person at the API, once it answers."""
    with works.house.engine.begin() as db:
        token = accounts.new_token(db, accounts.find(db, name))
    made = Client("127.0.0.1", port, token)

    def ready() -> bool:
        try:
            return made.call("GET", "/readyz").status == 200
        except SurpriseError:
            return False

    patiently(ready, 60)
    return made


def to_sign(works: Works, count: int) -> list[int]:
    """Cases that wait for their signature."""
    cases = apply_for_cards(works, count)
    patiently(lambda: all_in(works, cases, "verifying"), 300)
    for case in cases:
        insist(works, case, "approve", "operator", checklist=CHECKLIST)
    works.ring()
    patiently(lambda: all_in(works, cases, "approved"), 300)
    return cases


def tasks_of(house: House, cases: list[int]) -> list[str]:
    """Ids of the open tasks of cases."""
    query = "SELECT case_id, seq FROM task WHERE case_id = ANY(:c) AND status = 'open' ORDER BY case_id"
    return [f"{case}-{seq}" for case, seq in rows(house, query, c=cases)]


def announced(works: Works) -> None:
    """Wait until a signing worker has said what it asks for."""
    patiently(lambda: bool(works.house.redis.keys("alur:signer:*")), 60)


@pytest.mark.long
def test_a_secret_is_found_nowhere_after_signing(tmp_path: Path) -> None:
    """Real processes sign with it, refuse a wrong one, and lose one; then every byte that they wrote is searched. What
    is planted is found, so that finding nothing says something."""
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    settings: Mapping[str, str] = {"ALUR_SIGNER": f"pkcs12:{key_of(tmp_path, data)}", "ALUR_PORT": str(port)}
    with at_work(data, *ROLES, **settings) as works:
        cases = to_sign(works, 5)
        announced(works)
        signer = client(works, "signer", port)
        signer.call(
            "POST", f"/api/v1/cases/{cases[0]}/transitions", body={"do": "sign", "secret": RIGHT}, Prefer="wait=30"
        )
        patiently(lambda: all_in(works, cases[:1], "issued"), 60)
        wrong = {"do": "sign", "secret": WRONG}
        signer.call("POST", f"/api/v1/cases/{cases[1]}/transitions", body=wrong, expect=409, Prefer="wait=30")
        many = {"do": "sign", "ids": tasks_of(works.house, cases[2:4]), "secret": RIGHT}
        signer.call("POST", "/api/v1/tasks/bulk", body=many, Prefer="wait=30")
        patiently(lambda: all_in(works, cases[2:4], "issued"), 60)
        # The worker dies between taking the secret and using it.
        works.stop("engine")
        signer.call("POST", f"/api/v1/cases/{cases[4]}/transitions", body={"do": "sign", "secret": LOST}, expect=202)
        works.kill("signing")
        works.start("engine")
        works.ring()
        code = "SELECT fold->'step'->>6 FROM case_ WHERE id = :c"
        patiently(lambda: one(works.house, code, c=cases[4]) == "needs_signer", 90)
        secrets = (RIGHT, WRONG, LOST)
        assert search(data, works.house, secrets) == set()
    with open_house(load({"ALUR_DATA": str(data)}, Path.cwd())) as house:
        assert search(data, house, secrets) == set()
        with house.engine.begin() as db:
            db.execute(text("INSERT INTO notice (case_id, seq, account, name) VALUES (1, 999, 1, :s)"), {"s": RIGHT})
        house.redis.set("planted", base64.b64encode(b"x" + WRONG.encode("utf-16-le") + b"y"))
        house.redis.set("packed", zlib.compress(b'["perform",null,["' + LOST.encode() + b'"],{}]'))
        (data / "planted.log").write_bytes(b"line\n" + LOST.encode().hex().upper().encode())
        time.sleep(1.2)  # the append-only file is written every second
        found = search(data, house, secrets)
        assert {"pg_dump", "redis planted", "redis packed", "planted.log"} <= found
        assert any(place.startswith("postgres/") or "/pg_wal/" in place for place in found), found
        assert any(place.endswith(".aof") for place in found), found
        house.engine.dispose()


@pytest.mark.long
def test_200_cards_are_signed_with_one_secret(tmp_path: Path) -> None:
    """One request, one secret; four eyes for each; one failed case stays with its reason and keeps no other."""
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    settings: Mapping[str, str] = {"ALUR_SIGNER": f"pkcs12:{key_of(tmp_path, data)}", "ALUR_PORT": str(port)}
    with at_work(data, *ROLES, **settings) as works:
        cases = to_sign(works, 200)
        announced(works)
        house = works.house
        # One was approved by the signer herself, as an operator would have.
        barred = cases[100]
        with house.engine.begin() as db:
            accounts.join(db, accounts.find(db, "operator"), "signer", "palembang")
        signer = client(works, "operator", port)
        alone = {"do": "sign", "ids": tasks_of(house, [barred]), "secret": RIGHT}
        refused = signer.call("POST", "/api/v1/tasks/bulk", body=alone, Prefer="wait=20").json()
        assert refused["results"][0]["problem"]["code"] == "four_eyes"
        citra = client(works, "signer", port)
        many = {"do": "sign", "ids": tasks_of(house, cases), "secret": RIGHT}
        told = citra.call("POST", "/api/v1/tasks/bulk", body=many).json()
        assert len(told["results"]) == 200
        patiently(lambda: all_in(works, cases, "issued"), 300)
        signed = rows(house, "SELECT phase, count(*) FROM signature GROUP BY 1")
        assert [tuple(row) for row in signed] == [("finished", 200)]
        assert [r[0] for r in rows(house, "SELECT serial FROM card ORDER BY serial")] == list(range(1, 201))
        assert (
            one(house, "SELECT count(*) FROM event WHERE type = 'step_requested' AND body->>'run' = 'sign_card'") == 200
        )
