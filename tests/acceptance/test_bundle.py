"""One case with everything that proves what happened to it, checked where there is only `cryptography`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alur.wiring import House
from tests.audit_kit import Scene, sealed_house
from tests.bundle_kit import Alone, bundle


@pytest.fixture(scope="module")
def scene(house: House) -> Iterator[Scene]:
    """A sealed house with a card, a returned case and a case at the counter."""
    with sealed_house(house) as made:
        yield made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """Python with `cryptography` and nothing else."""
    return Alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def full(scene: Scene) -> bytes:
    """The bundle of the case with the card, with its data."""
    return bundle(scene.house, scene.case, "auditor")


@pytest.fixture(scope="module")
def lean(scene: Scene) -> bytes:
    """The same without data."""
    return bundle(scene.house, scene.case)


def keys_of(house: House) -> str:
    """What the office publishes."""
    return house.note_signer().verifier.line() + "\n"


def test_a_bundle_verifies_where_only_cryptography_is(
    scene: Scene, full: bytes, lean: bytes, alone: Alone, tmp_path: Path
) -> None:
    """Against published keys, in isolated mode; nothing of Alur can be imported there."""
    (tmp_path / "keys.txt").write_text("# kantor\n" + keys_of(scene.house))
    for content in (full, lean):
        (tmp_path / "b.zip").write_bytes(content)
        code, said = alone.verify(tmp_path / "b.zip", "--keys", tmp_path / "keys.txt")
        assert code == 0, said
        assert "Nothing fails." in said
        assert "signer is not established" not in said
    ran = alone.run("--help")
    assert ran.returncode == 0
