"""Signing across processes: crashes between the phases, starts at once, and lean imports."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from signing_kit import card_pdf, profile

from signing.development import DevelopmentPki, ensure_development_pki
from signing.keyholder import Pkcs12KeyHolder
from signing.phases import finish, prepare, sign
from signing.prepared import Prepared
from signing.timestamps import local_timestamper
from signing.verify import verify

SPAWN = multiprocessing.get_context("spawn")
ROOT = str(Path(__file__).parents[2])


def _store(folder: Path, ready: Prepared) -> None:
    (folder / "prepared.pdf").write_bytes(ready.document)
    (folder / "prepared.json").write_text(json.dumps(ready.to_json()))


def _stored(folder: Path) -> Prepared:
    body = json.loads((folder / "prepared.json").read_text())
    return Prepared.from_json(body, (folder / "prepared.pdf").read_bytes())


def _prepare_and_die(folder: Path) -> None:
    pki = ensure_development_pki(folder / "keys")
    _store(folder, asyncio.run(prepare(card_pdf(), profile(pki))))
    os.kill(os.getpid(), signal.SIGKILL)


def _sign_and_die(folder: Path) -> None:
    pki = ensure_development_pki(folder / "keys")
    cms = asyncio.run(sign(_stored(folder), Pkcs12KeyHolder(pki.pkcs12), local_timestamper(pki)))
    (folder / "cms").write_bytes(cms)
    os.kill(os.getpid(), signal.SIGKILL)


def _finished(folder: Path) -> bytes:
    return finish(_stored(folder), (folder / "cms").read_bytes())


def _root_of(folder: Path) -> DevelopmentPki:
    return ensure_development_pki(folder)


@pytest.mark.parametrize("deaths", [1, 2])
def test_phases_survive_processes_killed_between_them(tmp_path: Path, deaths: int) -> None:
    """Each phase runs in a process that is killed after it; two others finish with the same bytes."""
    for step in (_prepare_and_die, _sign_and_die)[:deaths]:
        process = SPAWN.Process(target=step, args=(tmp_path,))
        process.start()
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
    pki = ensure_development_pki(tmp_path / "keys")
    if deaths == 1:
        cms = asyncio.run(sign(_stored(tmp_path), Pkcs12KeyHolder(pki.pkcs12), local_timestamper(pki)))
        (tmp_path / "cms").write_bytes(cms)
    with ProcessPoolExecutor(1, SPAWN) as other:
        there = other.submit(_finished, tmp_path).result(30)
    here = _finished(tmp_path)
    assert here == there
    assert verify(here, pki.trust).ok


def test_processes_that_start_at_once_share_one_pki(tmp_path: Path) -> None:
    """Web and workers of a first start never make two sets of keys."""
    with ProcessPoolExecutor(3, SPAWN) as pool:
        made = list(pool.map(_root_of, [tmp_path / "keys"] * 3))
    assert all(one == made[0] for one in made)


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("signing", ("pyhanko", "PIL", "pypdf", "typst")),
        ("signing.inspect", ("pyhanko", "PIL", "pypdf", "typst")),
        ("signing.verify", ("pyhanko", "PIL", "pypdf", "typst")),
        ("signing.aspects", ("pyhanko", "PIL", "pypdf", "typst")),
        ("signing.dossier", ("pyhanko", "PIL", "pypdf", "typst")),
        ("signing.card", ("pyhanko", "pypdf")),
        ("signing.pdf_check", ("pyhanko",)),
        ("signing.image_check", ("pyhanko", "pypdf")),
    ],
)
def test_module_imports_no_library_that_it_does_not_need(module: str, heavy: tuple[str, ...]) -> None:
    """The web can show cards' verdicts and check uploads without pyHanko's half second and 67 MB."""
    program = f"import sys; sys.path.insert(0, {ROOT!r}); import {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert not set(heavy) & set(loaded.split())
