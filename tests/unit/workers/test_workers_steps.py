"""Declared steps and the functions behind them."""

from __future__ import annotations

import inspect

import pytest

from workers.errors import StepError
from workers.jobs.performing import STEP_MODULES, UNASKED, function_of
from workers.queue import EFFECTS, SIGNING
from workflow.steps import STEPS


def test_every_declared_step_has_its_module_and_no_other_is_known() -> None:
    """What a definition may name and what workers can do are one list."""
    assert set(STEPS) == STEP_MODULES
    assert set(STEPS) > UNASKED


@pytest.mark.parametrize("name", STEPS)
def test_every_declared_step_has_its_function(name: str) -> None:
    """It takes the workshop and the work."""
    assert list(inspect.signature(function_of(name)).parameters) == ["workshop", "work"]


@pytest.mark.parametrize("name", STEPS)
def test_steps_that_need_the_key_are_done_by_signing_workers(name: str) -> None:
    """A step that holds the key is sent to the queue of those who hold it; the others never are."""
    source = inspect.getsource(function_of(name))
    signs = "signer_of(workshop)" in source or "signer_for(workshop, work)" in source
    assert STEPS[name].queue == (SIGNING if signs else EFFECTS)


@pytest.mark.parametrize("name", ["os", "workers.jobs.notify", "../notify", "performing", "draining", "__init__", ""])
def test_a_step_that_is_not_declared_is_never_imported(name: str) -> None:
    """No name from outside becomes a module."""
    with pytest.raises(StepError) as told:
        function_of(name)
    assert (told.value.code, told.value.final) == ("unknown_step", True)
