"""Children that do not outlive their parent: PR_SET_PDEATHSIG, set without a race (prctl(2))."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def leash(when_orphaned: signal.Signals, *, enter: Callable[[], None] | None = None) -> Callable[[], None]:
    """What a new child runs between fork and exec (`preexec_fn`) to get `when_orphaned` when its parent dies.

    `enter` runs first, for whatever changes the child's user: the kernel forgets the signal then.
    The kernel takes the death of the *thread* that forked for the parent's: start children from the main
    thread.
    """
    parent = os.getpid()

    def hold() -> None:
        if enter is not None:
            enter()
        check(_libc.prctl(_PR_SET_PDEATHSIG, int(when_orphaned), 0, 0, 0))
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return hold


def check(answer: int) -> None:
    """Raise `OSError` for the failed C call that answered -1."""
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
