"""A signer's secret: a PIN, a passphrase or a one-time code, which no text, log or message ever shows."""

from __future__ import annotations

from typing import Literal, NoReturn

#: What a key may ask its signer for.
SecretKind = Literal["passphrase", "pin", "totp"]

#: Longest secret, in characters.
MAX_SECRET = 200


class Secret:
    """Characters that are kept in memory only, shown nowhere, and wiped when they are no longer needed.

    Wiping is best effort: Python may have made copies, such as the text that a library was given.
    """

    __slots__ = ("_characters",)

    def __init__(self, text: str) -> None:
        self._characters = bytearray(text.encode())

    def reveal(self) -> str:
        """The characters, for the one call that needs them; empty once wiped."""
        return self._characters.decode()

    def wipe(self) -> None:
        """Overwrite and forget the characters."""
        self._characters[:] = bytes(len(self._characters))
        self._characters.clear()

    def __repr__(self) -> str:
        """Nothing of it, in any message."""
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        """A secret is never written anywhere."""
        raise TypeError("A secret is not pickled.")
