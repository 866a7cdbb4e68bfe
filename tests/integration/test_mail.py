"""Notices by mail, to a real mail server: only to whom it was agreed, once, and without a word of personal data."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from alur.wiring import House
from tests.drain_kit import by_hand, engine_write, in_verification, one
from tests.support import send, settle
from workers import workshop
from workers.jobs.notify import notify
from workflow.db import outbox
from workflow.db.outbox import Work


class Box(Message):  # type: ignore[misc]
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    def handle_message(self, message: Any) -> None:
        """Keep one letter."""
        self.letters.append(message)


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    """A mail server on a free port, with its address."""
    kept = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{port}"
    controller.stop()


def returned(house: House, **changes: Any) -> int:
    """A case that its applicant, who has an address, was asked to correct; the notice still waits."""
    case, siti = in_verification(house, **changes)
    engine_write(house, "UPDATE account SET email = name || '@example.org' WHERE name = :n", n=siti)
    send(house, case, "return", "operator", given={"reason": "Foto Siti buram", "fields": ["photo"]})
    with by_hand(house) as hand:
        hand.drain()
    return case


def perform(house: House, case: int, smtp: str) -> Work:
    """Do the step that notifies, with a mail server."""
    shop = replace(house.__dict__.setdefault("_workshop", house.workshop(signs=True)), smtp_url=smtp)
    workshop.enter(shop)
    with house.engine.begin() as db:
        work = next(w for w in outbox.dispatchable(db) if w.id.case == case and w.id.kind == "notify")
    notify(shop, work)
    return work


def test_who_agreed_is_mailed_once_and_reads_no_personal_word(quiet: House, box: tuple[Box, str]) -> None:
    """PLM15: the letter says what to do and where; reason and name stay behind the sign-in."""
    kept, address = box
    case = returned(quiet, notices=True)
    work = perform(quiet, case, address)
    letter = kept.letters[0]
    assert "perlu diperbaiki" in str(letter["Subject"])
    assert f"/cases/{case}" in str(letter.get_payload())
    assert "Siti" not in letter.as_string()
    notify(replace(workshop.current(), smtp_url=address), work)
    assert len(kept.letters) == 1


def test_who_did_not_agree_is_not_mailed_but_finds_the_notice(quiet: House, box: tuple[Box, str]) -> None:
    """PLM15: without agreement no letter; the notice waits in the account all the same."""
    kept, address = box
    case = returned(quiet, notices=False)
    perform(quiet, case, address)
    assert kept.letters == []
    assert one(quiet, "SELECT count(*) FROM notice WHERE case_id = :c", c=case) == 1


def test_a_mail_server_that_is_away_keeps_nobody_from_the_notice(quiet: House) -> None:
    """The account has it; the letter is not sent, and the step does not fail."""
    case = returned(quiet, notices=True)
    perform(quiet, case, "smtp://127.0.0.1:9")
    assert one(quiet, "SELECT mailed_at IS NULL FROM notice WHERE case_id = :c", c=case)
    settle(quiet)
