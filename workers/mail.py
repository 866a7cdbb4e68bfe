"""Mail: the subject and a link, never data; what is personal stays behind the sign-in."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
SENDER = "no-reply@localhost"


class MailError(Exception):
    """The mail server did not take the message."""


def send(url: str, to: str, subject: str, link: str) -> None:
    """Send one message through `smtp://[user:password@]host[:port]` or `smtps://…`; raises `MailError`."""
    parts = urlsplit(url)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, subject
    message.set_content(f"{subject}\n\n{link}\n")
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_SECONDS) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        # What a mail server answers may name the person.
        raise MailError(type(error).__name__) from error
