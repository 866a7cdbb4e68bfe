"""How long the supervisor and the keeper wait before a restart."""

from hypothesis import given
from hypothesis import strategies as st

from alur.supervisor import restart_delay

lives = st.lists(st.floats(min_value=0, max_value=1e6))


def test_short_lives_in_a_row_double_the_delay_up_to_the_ceiling() -> None:
    """0.5, 1, 2, 4, 8 and from then on 10 seconds."""
    assert [restart_delay([0.1] * count) for count in range(8)] == [0.5, 0.5, 1, 2, 4, 8, 10, 10]


def test_a_steady_life_starts_the_count_anew() -> None:
    """Who lived for half a minute had started well, whatever happened before."""
    assert restart_delay([0.1] * 9 + [30.0]) == 0.5
    assert restart_delay([0.1] * 9 + [30.0, 0.1, 0.1]) == 1.0


@given(lives, st.floats(min_value=0, max_value=29))
def test_one_more_short_life_never_shortens_the_delay(history: list[float], life: float) -> None:
    """The delay stays between first and ceiling, also after ten thousand deaths."""
    before, after = restart_delay(history), restart_delay([*history, life])
    assert 0.5 <= before <= after <= 10
    assert restart_delay([0.0] * 10_000) == 10
