"""A person whose every value is found again wherever it lies: for tests of what an erasure leaves."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import text

from alur.embedded.binaries import postgres_program
from alur.wiring import House
from tests.drain_kit import CHECKLIST
from tests.support import new_account, open_filled, sample_data, send, settle
from workers.face import masked
from workflow.blobs import FolderStore
from workflow.db.connect import OWNER, driver_dsn
from workflow.keysafe import KeySafe

#: Values that no other person of a test house has.
DISTINCT = {
    "name": "Zubaidah Wijayakusumah",
    "birth_place": "Prabumulih Timur",
    "address": "Jl. Kelapa Gading Tersembunyi No. 4711",
    "phone": "0899 7654 3210",
    "email": "zubaidah.w@contoh.example",
    "school": "Akademi Rahasia Musi",
}
NIK = "3271066502954711"
#: What was said about the person, in moves and in an order.
SAID = "Nama Zubaidah berbeda dengan ijazah Akademi Rahasia"


#: What must be found nowhere afterwards, the name on the verify page included.
NEEDLES = frozenset({*DISTINCT.values(), NIK, SAID, "Zubaidah", "zubaidah", masked(DISTINCT["name"])})


def of_its_own(house: House, folder: Path) -> House:
    """Give a quiet house documents and a key safe that are its own."""
    house.__dict__["blobs"] = FolderStore(folder / "documents")
    house.__dict__["safe"] = KeySafe(folder / "key-safe")
    return house


def distinct_data() -> dict[str, Any]:
    """The application of a person whose values are found again."""
    return sample_data(**DISTINCT, nik=NIK)


def party(house: House) -> str:
    """The person's account, with values of its own; its name."""
    name = new_account(house, name="zubaidah-akun")
    with house.engine.begin() as db:
        db.execute(
            text("UPDATE account SET title = 'Zubaidah W.', email = 'akun.zubaidah@contoh.example' WHERE name = :n"),
            {"n": name},
        )
    return name


def revoked(house: House, name: str) -> int:
    """A case of the person that was returned, mended, carded and revoked: every kind of data there is."""
    case = open_filled(house, name, data=distinct_data())
    send(house, case, "submit", name, submits=True)
    settle(house)
    send(house, case, "return", "operator", given={"reason": SAID, "fields": ["name"]})
    settle(house)
    send(house, case, "resubmit", name, submits=True)
    settle(house)
    send(house, case, "approve", "operator", checklist=CHECKLIST)
    settle(house)
    send(house, case, "sign", "signer")
    settle(house)
    send(house, case, "revoke", "head", given={"reason": SAID})
    settle(house)
    return case


def database(house: House) -> str:
    """The whole database as text."""
    dump = [postgres_program("pg_dump"), f"--role={OWNER}", "--data-only", "--inserts", driver_dsn(house.urls.database)]
    return subprocess.run(dump, check=True, capture_output=True, text=True, timeout=120).stdout


def files(folder: Path) -> bytes:
    """Every stored file, one after the other."""
    return b"\n".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def queue(redis: Redis) -> str:
    """Everything that Redis holds."""
    return "\n".join(repr(redis.dump(key)) + repr(key) for key in redis.scan_iter())
