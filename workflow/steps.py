"""The steps that a definition may name in `run:`.

A step is work outside the deciding transaction, done by a worker. Here stands what a definition may give it
and what guards may read from its result; the functions are bound in `workers`, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: Names of the types of guards, as `workflow.definition.guards` knows them.
TypeName = Literal["STRING", "INT", "DOUBLE", "BOOL", "LIST", "TIMESTAMP", "DYN"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepInput:
    """A value that a definition gives to a step under `with:`."""

    type: TypeName
    #: The only values allowed, where there is a choice.
    choices: tuple[str, ...] = ()
    #: Used where the definition gives none.
    default: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A declared step."""

    name: str
    #: Which workers perform it: `signing` for those that hold a key.
    queue: Literal["effects", "signing"]
    #: Text for people by language code.
    title: Mapping[str, str]
    #: What it does, for the supervisor who writes definitions.
    text: Mapping[str, str]
    inputs: Mapping[str, StepInput] = field(default_factory=dict)
    #: What guards read as `result.<name>`.
    results: Mapping[str, TypeName] = field(default_factory=dict)


_INTAKE_CHECKS = Step(
    name="intake_checks",
    queue="effects",
    title={"id": "Pemeriksaan awal", "en": "Intake checks"},
    text={
        "id": "Memeriksa NIK, usia, dan berkas yang diunggah; keraguan menjadi catatan bagi petugas.",
        "en": "Checks the NIK, the age and the uploaded files; doubts become notes for the officer.",
    },
    results={"ok": "BOOL", "warnings": "LIST"},
)

_LEVEL = StepInput(type="STRING", choices=("B-B", "B-T", "B-LT", "B-LTA"), default="B-LT")

_SIGN_CARD = Step(
    name="sign_card",
    queue="signing",
    title={"id": "Tanda tangani kartu", "en": "Sign the card"},
    text={
        "id": "Menggambar kartu dan membubuhkan tanda tangan elektronik PAdES.",
        "en": "Draws the card and puts a PAdES signature on it.",
    },
    inputs={"level": _LEVEL, "second": StepInput(type="BOOL")},
    results={"card": "INT", "level": "STRING", "number": "STRING", "sha256": "STRING"},
)

_COUNTERSIGN_CARD = Step(
    name="countersign_card",
    queue="signing",
    title={"id": "Tanda tangan kedua", "en": "Countersign the card"},
    text={
        "id": "Membubuhkan tanda tangan elektronik kedua, oleh orang lain, pada kartu yang sudah ditandatangani.",
        "en": "Puts the second signature, another person's, on a card that was signed with `second: true`.",
    },
    inputs={"level": _LEVEL},
    results={"card": "INT", "level": "STRING", "number": "STRING", "sha256": "STRING"},
)

_DRAW_CARD = Step(
    name="draw_card",
    queue="signing",
    title={"id": "Cetak kartu", "en": "Print the card"},
    text={
        "id": "Menggambar cetakan kartu dengan nomornya, sebelum ditandatangani; cetakan sebelumnya dapat dibatalkan.",
        "en": "Draws a print of the card under its number, before it is signed; the print before may become void.",
    },
    inputs={"void_previous": StepInput(type="BOOL")},
    results={"number": "STRING", "print": "INT", "sha256": "STRING"},
)

_PUBLISH_CARD = Step(
    name="publish_card",
    queue="signing",
    title={"id": "Terbitkan kartu", "en": "Publish the card"},
    text={
        "id": "Memeriksa tanda tangan kartu dan membukanya untuk diunduh pemohon.",
        "en": "Verifies the card's signature and opens it for the applicant to download.",
    },
    results={"ok": "BOOL", "number": "STRING"},
)

_NOTIFY = Step(
    name="notify",
    queue="effects",
    title={"id": "Kirim pemberitahuan", "en": "Send a notice"},
    text={
        "id": "Mengirim satu pemberitahuan kepada orang-orang yang memegang peran tertentu.",
        "en": "Sends one notice to the people who hold the given roles.",
    },
    inputs={"roles": StepInput(type="LIST", default=()), "notice": StepInput(type="STRING")},
    results={"sent": "INT"},
)

_VOID_CARD = Step(
    name="void_card",
    queue="effects",
    title={"id": "Batalkan kartu", "en": "Void the card"},
    text={
        "id": "Membatalkan nomor kartu yang ditandatangani setelah langkahnya dibatalkan.",
        "en": "Voids the number of a card that was signed after its step had been cancelled.",
    },
    results={"card": "INT"},
)

#: Every declared step by name.
STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (_INTAKE_CHECKS, _DRAW_CARD, _SIGN_CARD, _COUNTERSIGN_CARD, _PUBLISH_CARD, _NOTIFY, _VOID_CARD)
}

#: Steps that draw a card, so that the process must describe it.
DRAWING = frozenset({_DRAW_CARD.name, _SIGN_CARD.name, _COUNTERSIGN_CARD.name})
#: The step of the first signature, and that of the second.
SIGNING, COUNTERSIGNING = _SIGN_CARD.name, _COUNTERSIGN_CARD.name
#: Cause of a step that may have been done although nobody knows: only a person asks for it again, with a reason.
UNCERTAIN = "uncertain"
#: Steps after which a card stands.
PUBLISHING = frozenset({_PUBLISH_CARD.name})
