"""Errors of the package: a stable `code`, and a sentence as the message."""

from __future__ import annotations

from collections.abc import Mapping


class SigningError(Exception):
    """Something about a document or a signature was refused or failed."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        #: Stable identifier, shared by API, pages and docs.
        self.code = code
        #: What happened, in one English sentence.
        self.sentence = sentence

    def __reduce__(self) -> tuple[type[SigningError], tuple[object, ...]]:
        """Survive pickling: the constructor takes more than the message."""
        return type(self), (self.code, self.sentence)


class Rejected(SigningError):
    """Final: doing the same again gives the same answer."""


class Unavailable(SigningError):
    """No signature came to be: the same step may be retried."""


class Uncertain(SigningError):
    """A signature may exist somewhere: reconcile or hand to a person, never retry by itself."""


class CeremonyError(SigningError):
    """A key ceremony is not begun, or what it wrote does not hold."""


class CardError(SigningError):
    """A card could not be drawn from these data."""


class DossierError(SigningError):
    """A dossier could not be put together."""


class UploadRefused(SigningError):
    """An upload is refused; `text` tells its sender why and what to do, in Indonesian and English."""

    def __init__(self, code: str, text: Mapping[str, str]) -> None:
        super().__init__(code, text["en"])
        #: The sentence by language: `id`, `en`.
        self.text = dict(text)

    def __reduce__(self) -> tuple[type[SigningError], tuple[object, ...]]:
        """Survive pickling: the constructor takes the texts."""
        return type(self), (self.code, self.text)
