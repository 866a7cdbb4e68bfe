"""What a process does about its memory: collected less often, and written to no disk."""

from __future__ import annotations

import gc
import resource

#: Allocations between two young collections. A batch of 200 makes some 50,000 objects and keeps none.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100


def settle_memory() -> None:
    """Take what was loaded so far out of collection and collect less often; call it once, before the first job."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def leave_no_core() -> None:
    """Let a crash write no picture of this process's memory to disk: signers' secrets pass through it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
