"""Files about a person, closed with the person's key."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from workflow import sealed_files
from workflow.blobs import BlobError, FolderStore
from workflow.vault import UnreadableError, Vault

VAULT = Vault(bytes(range(32)))
PDF = b"%PDF-1.7 a card of Siti"


def test_what_is_kept_opens_at_its_place_only(tmp_path: Path) -> None:
    """It lies closed, and the file of another case does not pass for it."""
    blobs, key = FolderStore(tmp_path), VAULT.person(VAULT.new_person())
    name = sealed_files.keep(blobs, key, PDF, sealed_files.of_card(7))
    assert b"Siti" not in blobs.get(name)
    assert sealed_files.fetch(blobs, key, name, sealed_files.of_card(7)) == PDF
    with pytest.raises(UnreadableError):
        sealed_files.fetch(blobs, key, name, sealed_files.of_card(8))


def test_a_file_of_before_is_read_as_it_is(tmp_path: Path) -> None:
    """Cards that were stored plain stay readable."""
    blobs, key = FolderStore(tmp_path), VAULT.person(VAULT.new_person())
    digest = hashlib.sha256(PDF).hexdigest()
    assert sealed_files.fetch(blobs, key, blobs.put(PDF), "card/7", sha256=digest) == PDF


def test_another_file_than_the_registered_one_is_refused(tmp_path: Path) -> None:
    """Neither a plain file in its place nor another closed one counts as the card."""
    blobs, key = FolderStore(tmp_path), VAULT.person(VAULT.new_person())
    digest = hashlib.sha256(PDF).hexdigest()
    for name in (blobs.put(PDF + b"!"), sealed_files.keep(blobs, key, PDF + b"!", "card/7")):
        with pytest.raises(BlobError, match="registered"):
            sealed_files.fetch(blobs, key, name, "card/7", sha256=digest)
