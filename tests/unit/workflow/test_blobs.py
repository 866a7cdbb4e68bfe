"""Files kept by the hash of their bytes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from workflow.blobs import BlobError, FolderStore


def test_a_file_is_named_by_its_bytes_and_read_back(tmp_path: Path) -> None:
    """Storing it again changes nothing."""
    store = FolderStore(tmp_path / "store")
    name = store.put(b"kartu")
    assert name == hashlib.sha256(b"kartu").hexdigest() == store.put(b"kartu")
    assert store.get(name) == b"kartu"
    assert len([p for p in (tmp_path / "store").rglob("*") if p.is_file()]) == 1


def test_changed_bytes_are_never_given_out(tmp_path: Path) -> None:
    """A file that was altered on disk is refused."""
    store = FolderStore(tmp_path)
    name = store.put(b"kartu")
    (tmp_path / name[:2] / name[2:]).write_bytes(b"kartv")
    with pytest.raises(BlobError, match="not what was stored"):
        store.get(name)


def test_a_cut_off_file_is_written_again(tmp_path: Path) -> None:
    """What a power cut left half written is mended by the next `put`."""
    store = FolderStore(tmp_path)
    name = store.put(b"kartu")
    (tmp_path / name[:2] / name[2:]).write_bytes(b"ka")
    store.put(b"kartu")
    assert store.get(name) == b"kartu"


def test_a_missing_file_is_told_and_deleting_twice_is_fine(tmp_path: Path) -> None:
    """Erasing is safe to repeat."""
    store = FolderStore(tmp_path)
    name = store.put(b"x")
    store.delete(name)
    store.delete(name)
    with pytest.raises(BlobError, match="not in the store"):
        store.get(name)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "a" * 63 + "/", "a" * 64 + "\n"]
)
def test_a_name_that_is_no_hash_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    """No name leads out of the folder."""
    store = FolderStore(tmp_path)
    for asked in (store.get, store.delete):
        with pytest.raises(BlobError):
            asked(name)


def test_files_are_closed_to_other_users(tmp_path: Path) -> None:
    """Folders 0700, files 0600."""
    store = FolderStore(tmp_path / "store")
    name = store.put(b"x")
    path = tmp_path / "store" / name[:2] / name[2:]
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]
