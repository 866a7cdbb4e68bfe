"""How long to wait before something that died is started again."""

from collections.abc import Sequence

STEADY = 30.0  # seconds; who lived that long had started well


def restart_delay(
    history: Sequence[float], *, first: float = 0.5, ceiling: float = 10.0, steady: float = STEADY
) -> float:
    """Seconds to wait, given how many seconds each earlier life lasted (oldest first).

    `first` after a steady life or a first short one, doubled for every further short life in a row,
    never above `ceiling`.
    """
    short = 0
    for life in reversed(history):
        if life >= steady:
            break
        short += 1
    return float(min(ceiling, first * 2.0 ** min(max(0, short - 1), 32)))
