"""The collector's settings for a process that makes and drops many small objects."""

from __future__ import annotations

import gc

#: Allocations between two young collections. A batch of 200 makes some 50,000 objects and keeps none.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100


def settle_memory() -> None:
    """Take what was loaded so far out of collection and collect less often; call it once, before the first job."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
