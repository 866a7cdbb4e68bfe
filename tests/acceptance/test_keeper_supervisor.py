"""`alur serve`'s children: named, restarted, stopped cleanly, and never left behind, whatever is killed."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIN = """
import os, sys
from alur.supervisor import Child, Supervisor
children = [
    Child(name=name, argv=("/bin/sh", "-c", script), env={"PATH": os.environ["PATH"]})
    for name, script in zip(sys.argv[2::2], sys.argv[3::2], strict=True)
]
supervisor = Supervisor(children, grace=float(sys.argv[1]))
code = supervisor.run()
print("restarts", dict(supervisor.restarts), flush=True)
sys.exit(code)
"""
WSGI = """
def app(environ, start):
    start("200 OK", [])
    return [b""]
"""


class Supervised:
    """A supervisor of shell scripts, in a process of its own."""

    def __init__(self, grace: float, **scripts: str) -> None:
        words = [word for pair in scripts.items() for word in pair]
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, str(grace), *words],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.seen: list[str] = []

    def line(self, pattern: str) -> str:
        """The first group of the next output line that matches; the test's own deadline ends a vain wait."""
        while True:
            if found := re.search(pattern, self._read()):
                return found[1] if found.groups() else found[0]

    def await_all(self, *texts: str) -> None:
        """Return once each text stands in some line, in any order."""
        while not all(any(text in line for line in self.seen) for text in texts):
            self._read()

    def _read(self) -> str:
        assert self.process.stdout is not None
        raw = self.process.stdout.readline()
        assert raw, self.seen
        self.seen.append(raw.decode().rstrip("\n"))
        return self.seen[-1]

    def rest(self) -> list[str]:
        """Wait for the end, which takes no longer than the children's, and return every line."""
        out, _ = self.process.communicate(timeout=7)
        return [*self.seen, *out.decode().splitlines()]


@pytest.fixture
def supervise() -> Iterator[Callable[..., Supervised]]:
    """Starts supervisors, which are ended with the test."""
    started: list[Supervised] = []

    def start(grace: float = 10.0, **scripts: str) -> Supervised:
        started.append(Supervised(grace, **scripts))
        signal.alarm(30)
        return started[-1]

    before = signal.signal(signal.SIGALRM, _too_late)
    yield start
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    for one in started:
        one.process.terminate()
        try:
            one.process.communicate(timeout=15)
        finally:
            one.process.kill()


def _too_late(_number: int, _frame: object) -> None:
    raise TimeoutError("the supervisor did not do it in 30 s")


def ended(pid: int) -> bool:
    """Whether the process has ended, reaped or not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    return True


def await_ends(*pids: int, seconds: float = 6) -> None:
    """Return once all have ended."""
    deadline = time.monotonic() + seconds
    while not all(ended(pid) for pid in pids):
        assert time.monotonic() < deadline, [pid for pid in pids if not ended(pid)]
        time.sleep(0.02)


def test_each_line_carries_the_name_of_its_child(supervise: Callable[..., Supervised]) -> None:
    """Both streams, also the last line without an end; names are padded to one width."""
    one = supervise(web="echo out; echo err >&2; printf unfinished; exec sleep 60", engine="echo hello; exec sleep 60")
    one.await_all("hello", "out", "err")
    one.process.terminate()
    lines = one.rest()
    assert {"web    | out", "web    | err", "web    | unfinished", "engine | hello"} <= set(lines)


def test_a_child_that_dies_is_started_again_after_a_growing_delay(
    supervise: Callable[..., Supervised],
) -> None:
    """The other child does not notice; the deaths are told and counted."""
    one = supervise(bad="exit 3", good="echo up $$; exec sleep 60")
    delays = [one.line(r"bad +\| \[ended with code 3; starts again in (\S+) s\]") for _ in range(3)]
    one.process.terminate()
    lines = one.rest()
    assert delays == ["0.5", "1", "2"]
    assert "restarts {'bad': 2, 'good': 0}" in lines
    assert sum("good | up" in line for line in lines) == 1


def test_a_program_that_does_not_exist_is_told_and_tried_again(supervise: Callable[..., Supervised]) -> None:
    """A child that cannot be started takes nobody else down."""
    one = supervise(bad="exec /nowhere/program")
    assert one.line(r"not found|No such file")
    assert one.line(r"starts again in (\S+) s") == "0.5"


def test_a_killed_child_takes_its_own_children_along(supervise: Callable[..., Supervised]) -> None:
    """Else the old ones would hold the port that the new child needs."""
    one = supervise(web="sleep 60 & echo pids $! $$; wait")
    grandchild, child = map(int, one.line(r"pids (\d+ \d+)").split())
    os.kill(child, signal.SIGKILL)
    one.line("was ended by signal 9")
    await_ends(grandchild, child)
    assert int(one.line(r"pids (\d+) \d+")) != grandchild


def test_sigterm_ends_all_children_cleanly(supervise: Callable[..., Supervised]) -> None:
    """Each child may finish what it is doing."""
    one = supervise(a="trap 'echo finished; exit 0' TERM; echo pid $$; while :; do sleep 0.05; done", b="exec sleep 60")
    pid = int(one.line(r"pid (\d+)"))
    one.process.terminate()
    lines = one.rest()
    assert one.process.returncode == 0
    assert "a | finished" in lines
    assert "a | [ended with code 0]" in lines
    assert "b | [was ended by signal 15]" in lines
    assert ended(pid)


def test_a_child_that_does_not_end_is_killed_after_the_grace(supervise: Callable[..., Supervised]) -> None:
    """One hanging child must not keep the machine from restarting."""
    one = supervise(grace=0.5, deaf="trap '' TERM; echo pid $$; while :; do sleep 0.05; done")
    one.line(r"pid (\d+)")
    one.process.terminate()
    assert "deaf | [was ended by signal 9]" in one.rest()


def test_a_second_ctrl_c_kills_at_once(supervise: Callable[..., Supervised]) -> None:
    """The person at the keyboard does not want to wait any longer."""
    one = supervise(grace=60, deaf="trap 'echo heard' TERM; echo pid $$; while :; do sleep 0.05; done")
    one.line(r"pid (\d+)")
    one.process.send_signal(signal.SIGINT)
    one.line("heard")
    one.process.send_signal(signal.SIGINT)
    assert "deaf | [was ended by signal 9]" in one.rest()
    assert one.process.returncode == 0


def test_no_child_outlives_a_killed_supervisor(supervise: Callable[..., Supervised]) -> None:
    """Not even one that is deaf to signals."""
    deaf = "trap '' TERM INT HUP; echo a $$; while :; do sleep 0.05; done"
    one = supervise(a=deaf, b="echo b $$; exec sleep 60")
    pids = [int(one.line(r"\| [ab] (\d+)")) for _ in range(2)]
    assert not any(ended(pid) for pid in pids)
    one.process.kill()
    await_ends(*pids)


def test_no_web_worker_outlives_a_killed_supervisor(supervise: Callable[..., Supervised], tmp_path: Path) -> None:
    """gunicorn's workers are grandchildren: the kernel ends their master, and they miss it."""
    (tmp_path / "wsgi.py").write_text(WSGI)
    options = ("--chdir", str(tmp_path), "-k", "gthread", "--threads", "2", "-b", f"unix:{tmp_path}/s")
    one = supervise(web=f"exec {shlex.join([sys.executable, '-m', 'gunicorn', *options, 'wsgi:app'])}")
    worker = int(one.line(r"Booting worker with pid: (\d+)"))
    master = int(Path(f"/proc/{worker}/stat").read_text().rpartition(") ")[2].split()[1])
    one.process.kill()
    await_ends(master, worker, seconds=10)
