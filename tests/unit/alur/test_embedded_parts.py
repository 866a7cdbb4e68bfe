"""Locks, logs, files written once, identities: what the keeper is made of."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from alur.embedded.identity import Identity
from alur.embedded.locks import Lock, is_held_alone
from alur.embedded.logs import open_log, tail, trim
from alur.embedded.probe import postgres_answers, valkey_answers
from alur.embedded.write_once import write_once


def test_a_lock_is_shared_or_held_alone(tmp_path: Path) -> None:
    """Sharers keep the one out, and the one keeps sharers out, also within one process."""
    with Lock(tmp_path / "lock") as one, Lock(tmp_path / "lock") as two, Lock(tmp_path / "lock") as three:
        assert one.share()
        assert two.share()
        assert not three.seize()
        assert not is_held_alone(tmp_path / "lock")
        one.close()
        two.release()
        assert three.seize()
        assert not two.share()
        assert is_held_alone(tmp_path / "lock")


def test_an_inherited_lock_is_held_until_the_last_process_ends(tmp_path: Path) -> None:
    """So a server's lock tells whether any process of that server is left."""
    with Lock(tmp_path / "lock") as lock, Lock(tmp_path / "lock") as other:
        assert lock.seize()
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(lock.fd,))
        lock.close()
        assert not other.seize()
        child.communicate()
        assert other.seize()


def test_a_lock_whose_file_was_removed_says_so(tmp_path: Path) -> None:
    """Its data folder is gone, and nobody new can meet it."""
    with Lock(tmp_path / "lock") as lock:
        assert not lock.deleted
        (tmp_path / "lock").unlink()
        assert lock.deleted


def test_a_file_written_once_keeps_its_first_content(tmp_path: Path) -> None:
    """Whoever comes second reads the first one's content, and no draft is left behind."""
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda word=word: found.append(write_once(tmp_path / "word", word)))
        for word in (b"%d" % number * 1000 for number in range(16))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 16
    assert [file.name for file in tmp_path.iterdir()] == ["word"]
    assert write_once(tmp_path / "word", b"later") == found[0]


def test_a_long_log_is_emptied_under_its_writers(tmp_path: Path) -> None:
    """The old content is kept once; the writer, who keeps the file open, goes on at the beginning."""
    path = tmp_path / "log"
    log = open_log(path)
    try:
        os.write(log, b"old\n" * 100)
        trim(path, 400)
        assert path.stat().st_size == 400
        trim(path, 399)
        os.write(log, b"new\n")
    finally:
        os.close(log)
    assert path.read_bytes() == b"new\n"
    assert (tmp_path / "log.1").read_bytes() == b"old\n" * 100


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    """No log is no tail."""
    (tmp_path / "log").write_bytes(b"".join(b"%d\n" % number for number in range(100_000)))
    assert tail(tmp_path / "log", 2) == "99998\n99999"
    assert tail(tmp_path / "none") == ""


def test_no_server_is_no_answer(tmp_path: Path) -> None:
    """Neither a missing socket nor a path too long for one is an error."""
    for path in (tmp_path / "none", tmp_path / ("x" * 200)):
        assert not postgres_answers(path)
        assert not valkey_answers(path)


def test_a_program_below_open_folders_needs_no_capability() -> None:
    """Servers get a privilege only where they cannot be started without."""
    stranger = Identity(uid=12345, gid=12345)
    assert stranger.capability_for(Path("/bin/sh").resolve()) is None


def test_the_keeper_imports_the_standard_library_only() -> None:
    """It lives as long as the services; a client library or the engine would cost tens of megabytes."""
    code = "import sys, alur.embedded.keeper; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    root = str(Path(__file__).parents[3])
    loaded = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    ).stdout.split()
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True)
    ours = {"alur"} | {name.partition(".")[0] for name in bare.stdout.split()}
    assert {name for name in loaded if name not in sys.stdlib_module_names} - ours == set()
