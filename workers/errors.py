"""How a step fails."""

from __future__ import annotations


class StepError(Exception):
    """A step could not be done; `code` is stable and told in the incident, the message is a sentence."""

    def __init__(self, code: str, sentence: str, *, final: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        #: Trying again would not help, or might do harm.
        self.final = final


class StepWaits(StepError):
    """Something is away, and nothing is wrong: the step is looked at again until it is back, and never given up."""
