"""Named child processes of one command: started, watched, restarted when they die, never left behind."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO

from alur.embedded.backoff import restart_delay
from alur.embedded.leash import leash

__all__ = ["Child", "Supervisor", "restart_delay"]

GRACE = 10.0  # seconds for a clean end, then SIGKILL
LONGEST_LINE = 64 * 1024  # bytes of output without a line end that are kept waiting for one
LAST_PIECES = 100  # of at most LONGEST_LINE bytes each, read after a child has ended
REMEMBERED = 20  # lives; enough for the longest delay

_ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to run."""

    #: Its name, put before each line that it writes; unique.
    name: str
    #: Program and arguments.
    argv: tuple[str, ...]
    #: Its whole environment.
    env: Mapping[str, str]
    #: What it gets when the supervisor is killed. SIGKILL cannot be put off; transactions keep the work safe.
    when_orphaned: signal.Signals = signal.SIGKILL


class Supervisor:
    """Runs children until SIGTERM, SIGINT or SIGHUP, or until `end` is called.

    Each child leads a process group of its own: Ctrl-C reaches the supervisor only, and what a child leaves
    behind is killed with its group before it is started again.
    """

    def __init__(self, children: Sequence[Child], *, out: BinaryIO | None = None, grace: float = GRACE) -> None:
        """Take the children, where their output goes (standard output) and the seconds for a clean end."""
        width = max((len(child.name) for child in children), default=0)
        self._out = _Output(sys.stdout.buffer if out is None else out, width)
        self._runs = [_Run(child, self._out) for child in children]
        self._grace = grace
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._waking = threading.Lock()
        self._kill_at: float | None = None

    @property
    def restarts(self) -> Mapping[str, int]:
        """How many times each child was started again."""
        return {run.child.name: max(0, run.starts - 1) for run in self._runs}

    def end(self) -> None:
        """Ask for a clean end; from any thread."""
        with self._waking:
            if self._wake_write >= 0:
                os.write(self._wake_write, bytes([signal.SIGTERM]))

    def run(self) -> int:
        """Run the children and return 0 once all have ended; call it in the main thread, and once."""
        with self._signals(), selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ, None)
            try:
                while self._tend(selector):
                    self._listen(selector)
            finally:
                for run in self._runs:
                    run.kill()
        return 0

    def _tend(self, selector: selectors.BaseSelector) -> bool:
        """Bury, kill and start whom it is time for; False once the end was asked for and none is left."""
        now = time.monotonic()
        for run in self._runs:
            if run.has_ended():
                run.bury(now, selector, final=self._kill_at is not None)
            elif self._kill_at is not None and now >= self._kill_at:
                run.kill()
            elif self._kill_at is None and run.is_due(now):
                run.start(now, selector)
        return self._kill_at is None or any(run.process is not None for run in self._runs)

    def _listen(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(self._pause()):
            if isinstance(key.data, _Run):
                key.data.read(selector)
            else:
                self._hear(os.read(self._wake_read, 4096))

    def _pause(self) -> float:
        now = time.monotonic()
        if self._kill_at is not None:
            return self._kill_at - now if now < self._kill_at else 0.05
        return max(0.0, min((run.next_start - now for run in self._runs if run.process is None), default=1.0))

    def _hear(self, numbers: bytes) -> None:
        for number in numbers:
            if number not in _ENDINGS:
                continue
            if self._kill_at is None:
                self._kill_at = time.monotonic() + self._grace
                for run in self._runs:
                    run.ask_to_end()
            elif number == signal.SIGINT:
                self._kill_at = time.monotonic()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        # The wake-up pipe brings the numbers; the handlers only keep the default action away.
        before = {number: signal.signal(number, _nothing) for number in (*_ENDINGS, signal.SIGCHLD)}
        pipe_before = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(pipe_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            with self._waking:
                os.close(self._wake_read)
                os.close(self._wake_write)
                self._wake_write = -1


class _Run:
    """One child's lives."""

    def __init__(self, child: Child, out: "_Output") -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self.next_start = 0.0
        self.starts = 0
        self._out = out
        self._started = 0.0
        self._lives: list[float] = []
        self._rest = b""

    def is_due(self, now: float) -> bool:
        return self.process is None and now >= self.next_start

    def start(self, now: float, selector: selectors.BaseSelector) -> None:
        self._started = now
        self.starts += 1
        try:
            self.process = subprocess.Popen(
                self.child.argv,
                env=self.child.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
                # Between fork and exec it makes system calls only, which other threads' locks cannot block.
                preexec_fn=leash(self.child.when_orphaned),  # noqa: PLW1509
            )
        except (OSError, subprocess.SubprocessError) as error:
            self._plan(now, f"cannot be started ({error})", final=False)
            return
        pipe = self._pipe()
        os.set_blocking(pipe.fileno(), False)
        selector.register(pipe, selectors.EVENT_READ, self)

    def has_ended(self) -> bool:
        if self.process is None:
            return False
        # Seen, not yet reaped: as long as the process is a zombie, its group's number is not given to others.
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def bury(self, now: float, selector: selectors.BaseSelector, *, final: bool) -> None:
        assert self.process is not None
        self.kill()
        self.process.wait()
        self.read(selector, pieces=LAST_PIECES)
        self._close(selector)
        code = self.process.returncode
        self.process = None
        self._plan(now, f"ended with code {code}" if code >= 0 else f"was ended by signal {-code}", final=final)

    def ask_to_end(self) -> None:
        if self.process is not None and not self.has_ended():
            os.kill(self.process.pid, signal.SIGTERM)  # Popen.terminate() might reap it

    def kill(self) -> None:
        """Kill the child and whatever it started in its group."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def read(self, selector: selectors.BaseSelector, pieces: int = 1) -> None:
        """Write the lines that have come in, at most so many pieces: no child may keep us busy."""
        pipe = self._pipe()
        for _ in range(pieces):
            piece = None if pipe.closed else pipe.read(LONGEST_LINE)
            if piece is None:
                return
            if piece == b"":
                self._close(selector)
                return
            *lines, self._rest = (self._rest + piece).split(b"\n")
            for line in lines:
                self._out.line(self.child.name, line)
            if len(self._rest) > LONGEST_LINE:
                self._flush()

    def _plan(self, now: float, what: str, *, final: bool) -> None:
        self._lives = [*self._lives[1 - REMEMBERED :], now - self._started]
        if final:
            self._out.line(self.child.name, f"[{what}]".encode())
            return
        delay = restart_delay(self._lives)
        self.next_start = now + delay
        self._out.line(self.child.name, f"[{what}; starts again in {delay:g} s]".encode())

    def _pipe(self) -> IO[bytes]:
        assert self.process is not None
        pipe = self.process.stdout
        assert pipe is not None
        return pipe

    def _flush(self) -> None:
        if self._rest:
            self._out.line(self.child.name, self._rest)
            self._rest = b""

    def _close(self, selector: selectors.BaseSelector) -> None:
        self._flush()
        pipe = self._pipe()
        if not pipe.closed:
            selector.unregister(pipe)
            pipe.close()


class _Output:
    """Where all children's lines go."""

    def __init__(self, out: BinaryIO, width: int) -> None:
        self._out, self._width = out, width
        self._gone = False

    def line(self, name: str, text: bytes) -> None:
        """Write one line behind a child's name; a reader that has gone is no reason to stop."""
        if self._gone:
            return
        try:
            self._out.write(f"{name:<{self._width}} | ".encode() + text.rstrip(b"\r") + b"\n")
            self._out.flush()
        except (BrokenPipeError, ValueError):
            self._gone = True


def _nothing(_number: int, _frame: object) -> None:
    """Let the wake-up pipe tell."""
