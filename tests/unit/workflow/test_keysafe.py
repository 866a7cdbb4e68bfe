"""The key safe: keys apart from backups, and a register of who was erased."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workflow.keysafe import Entry, Held, KeySafe, KeySafeError, stamp

AT = datetime(2026, 11, 20, 3, 4, 5, 678, tzinfo=UTC)
ENTRY = Entry(
    case=7,
    case_at=stamp(AT),
    person=3,
    person_at=stamp(AT),
    account=None,
    account_at=None,
    under="right",
    basis="request",
    at=stamp(AT),
)


def test_a_key_that_was_put_in_is_found_by_number_and_moment(tmp_path: Path) -> None:
    """A number that was given anew is another person's."""
    safe = KeySafe(tmp_path / "safe")
    assert not safe.exists
    assert safe.keep([Held(3, AT, b"one"), Held(259, AT, b"two")]) == 2
    assert safe.keep([Held(3, AT, b"one")]) == 0
    assert (safe.find(3, AT), safe.find(259, AT)) == (b"one", b"two")
    assert safe.find(3, AT.replace(microsecond=679)) is None
    assert safe.exists


def test_an_erased_key_is_gone_and_stays_away(tmp_path: Path) -> None:
    """A backup that still saw it does not put it in again; the others of its drawer stay."""
    safe = KeySafe(tmp_path / "safe")
    safe.keep([Held(3, AT, b"one"), Held(259, AT, b"two")])
    safe.forget(ENTRY)
    safe.forget(ENTRY)
    assert safe.find(3, AT) is None
    assert safe.find(259, AT) == b"two"
    assert safe.keep([Held(3, AT, b"one")]) == 0
    assert safe.find(3, AT) is None
    assert safe.erased() == [ENTRY]
    everything = b"".join(p.read_bytes() for p in (tmp_path / "safe").rglob("*") if p.is_file())
    assert b"one".hex().encode() not in everything


def test_the_safe_is_closed_to_others(tmp_path: Path) -> None:
    """Folder 0700, files 0600; one that somebody opened is refused."""
    safe = KeySafe(tmp_path / "safe")
    safe.keep([Held(3, AT, b"one")])
    safe.forget(ENTRY)
    modes = {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in [tmp_path / "safe", *(tmp_path / "safe").rglob("*")]}
    assert modes == {0}
    (tmp_path / "safe").chmod(0o755)
    with pytest.raises(KeySafeError, match="chmod 700"):
        safe.keep([Held(4, AT, b"x")])


def test_the_name_of_a_safe_stays(tmp_path: Path) -> None:
    """By it a backup knows its safe."""
    safe = KeySafe(tmp_path / "safe")
    assert safe.name() == KeySafe(tmp_path / "safe").name()
    assert safe.name() != KeySafe(tmp_path / "other").name()


def test_a_line_that_a_power_cut_left_spoils_no_other(tmp_path: Path) -> None:
    """The register is read past it, and written on after it."""
    safe = KeySafe(tmp_path / "safe")
    safe.forget(ENTRY)
    with (tmp_path / "safe" / "erased.jsonl").open("a") as file:
        file.write('{"case": 8, "cas')
    second = replace(ENTRY, case=9)
    safe.forget(second)
    assert safe.erased() == [ENTRY, second]


def test_a_drawer_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Silence would pass for an erasure."""
    safe = KeySafe(tmp_path / "safe")
    safe.keep([Held(3, AT, b"one")])
    (tmp_path / "safe" / "keys" / "03.json").write_text("{")
    with pytest.raises(KeySafeError, match=r"03\.json"):
        safe.find(3, AT)


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    """A backup puts keys in while erasures take others out."""
    safe = KeySafe(tmp_path / "safe")
    start = threading.Barrier(4)

    def put(first: int) -> None:
        start.wait()
        for n in range(first, first + 20):
            KeySafe(tmp_path / "safe").keep([Held(n * 256, AT, bytes([first]))])

    threads = [threading.Thread(target=put, args=(first,)) for first in (1, 21, 41, 61)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(safe.find(n * 256, AT) for n in range(1, 81))
