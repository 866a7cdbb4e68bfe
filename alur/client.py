"""A small client of Alur's own API, for the demo and for tests of a running house."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from workflow.errors import AlurError


class SurpriseError(AlurError):
    """The server answered something else than what was expected."""

    code = "surprise"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def revision(self) -> str:
        """The `ETag`, as `If-Match` wants it."""
        return self.headers["etag"]


class Client:
    """One person at the API."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._address = (host, port)
        self._token = token

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        file: tuple[str, bytes, str] | None = None,
        expect: int = 200,
        **headers: str,
    ) -> Answer:
        """Send one request; `file` is (name, content, media type). Raises `SurpriseError` unless `expect` comes back.

        Header names are given with underscores: `If_Match='"3"'`.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        content = b""
        if file is not None:
            content, sent["Content-Type"] = _multipart(*file)
        elif body is not None:
            content, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = HTTPConnection(*self._address, timeout=60)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()
        if answer.status != expect:
            said = answer.body.decode(errors="replace")[:800]
            raise SurpriseError(f"{method} {path} answered {answer.status} instead of {expect}: {said}")
        return answer


def _multipart(name: str, content: bytes, media_type: str) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
