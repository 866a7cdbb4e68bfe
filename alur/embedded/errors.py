"""What can go wrong with the services that Alur starts for itself."""

from typing import Final


class EmbeddedError(Exception):
    """An embedded service could not be brought up, reached or trusted.

    `code` is stable, for programs; `str(error)` is a sentence, with the logs' tails where there are any.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Final = code
