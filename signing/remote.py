"""Asking a signing service over HTTPS, so that it is always known whether a request may have reached it."""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from signing.errors import Rejected, Unavailable, Uncertain

#: Seconds to wait for a connection and for an answer: less than the lease of a step.
CONNECT_SECONDS = 10
ANSWER_SECONDS = 40
#: Largest answer that is read, in bytes.
MAX_ANSWER = 64 * 1024 * 1024

_TOO_MANY, _BUSY = 429, 503


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the service said."""

    status: int
    #: The JSON object of the body; empty where it holds none.
    body: Mapping[str, Any] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status == 200


class Service:
    """A signing service at an address. TLS is always verified; only this machine itself is talked to without."""

    def __init__(self, url: str, headers: Mapping[str, str], trust: ssl.SSLContext | None = None) -> None:
        """`url` is the base of all paths; `headers` go with each request. Raises Rejected `key_address`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Rejected("key_address", f"The signing service's address is not understood: {error}.") from None
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise Rejected("key_address", "The signing service's address is not understood.")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
            raise Rejected("key_address", "A signing service is reached by https:// only.")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._base = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        self._trust = trust

    def post(self, path: str, body: Mapping[str, Any], *, signs: bool) -> Answer:
        """The answer to a POST; no redirect is followed.

        `signs` says that the request makes a signature: whatever goes wrong once it was sent is Uncertain then.
        Raises Unavailable `holder_away` otherwise, Rejected `holder_tls` where TLS does not hold.
        """
        content = json.dumps(body).encode()
        link = self._connected()
        try:
            try:
                link.request("POST", self._base + path, content, self._headers)
                response = link.getresponse()
                answer = Answer(status=response.status, body=_object(response.read(MAX_ANSWER + 1)))
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _lost(f"its answer did not arrive ({type(error).__name__})", signs=signs) from None
        finally:
            link.close()
        if answer.status == _TOO_MANY or (answer.status == _BUSY and not signs):
            raise Unavailable("holder_away", f"The signing service is busy: it said {answer.status}.")
        if answer.status >= 500 or (answer.ok and not answer.body):
            raise _lost(f"it said {answer.status}", signs=signs)
        return answer

    def _connected(self) -> http.client.HTTPConnection:
        if self._secure:
            context = self._trust or ssl.create_default_context()
            link: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT_SECONDS, context=context
            )
        else:
            link = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        try:
            link.connect()
        except ssl.SSLCertVerificationError as error:
            message = f"The signing service's certificate does not hold: {error.verify_message}."
            raise Rejected("holder_tls", message) from error
        except OSError as error:
            raise Unavailable("holder_away", f"The signing service is not reached: {error}.") from error
        link.sock.settimeout(ANSWER_SECONDS)
        return link


def _lost(why: str, *, signs: bool) -> Uncertain | Unavailable:
    if signs:
        return Uncertain("uncertain", f"The signing service was asked to sign, and {why}.")
    return Unavailable("holder_away", f"The signing service was asked, and {why}.")


def _object(content: bytes) -> Mapping[str, Any]:
    if len(content) > MAX_ANSWER:
        raise ValueError("too long")
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
