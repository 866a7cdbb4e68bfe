"""The aspects of a verification, each told on its own: what was found of the file, and what its register says.

What holds in one aspect says nothing about another: AdES passes a file whose pages were swapped, and a perfect file may
be of a card that was revoked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signing.marks import Mark
from signing.sayings import SAYINGS
from signing.verdict import PROBLEMS, SignatureFinding, Verdict

ADES, MODIFICATION, COVERAGE, SIGNERS, REGISTER, STATUS = (
    "ades",
    "modification",
    "coverage",
    "signers",
    "register",
    "status",
)

#: Names of the aspects, in the order in which they are told: Indonesian, English.
TITLES: Mapping[str, tuple[str, str]] = {
    ADES: ("Pemeriksaan AdES", "AdES validation"),
    MODIFICATION: ("Perubahan isi", "Modification"),
    COVERAGE: ("Cakupan tanda tangan", "Coverage"),
    SIGNERS: ("Penanda tangan", "Signers"),
    REGISTER: ("Daftar kartu", "Register"),
    STATUS: ("Status kartu", "Card status"),
}

#: Where each problem of a verdict belongs.
_OF: Mapping[str, str] = {
    "ades_not_passed": ADES,
    "document_unreadable": COVERAGE,
    "verification_stopped": COVERAGE,
    "not_whole_file": COVERAGE,
    "signature_wrapped": COVERAGE,
    "signature_loose": COVERAGE,
    "content_changed": MODIFICATION,
    "modified_after_signing": MODIFICATION,
    "hidden_layers": MODIFICATION,
} | dict.fromkeys(
    (
        "signature_missing",
        "signature_unexpected",
        "signature_forged",
        "signer_not_trusted",
        "certificate_expired",
        "certificate_revoked",
        "revocation_unknown",
        "timestamp_invalid",
        "archive_stamp_invalid",
    ),
    SIGNERS,
)


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One aspect, and what was found."""

    #: A key of TITLES.
    name: str
    #: Whether it speaks for the card; None where nothing can be said.
    holds: bool | None
    #: What was found: a key of SAYINGS, or of PROBLEMS where it does not hold.
    code: str
    #: What the card is reported as; the status tells it.
    marks: tuple[Mark, ...] = ()

    @property
    def title(self) -> dict[str, str]:
        """Its name for people, by language: `id`, `en`."""
        return _both(TITLES[self.name])

    @property
    def text(self) -> dict[str, str]:
        """The sentence for people, by language: `id`, `en`."""
        said = _both(SAYINGS.get(self.code) or PROBLEMS[self.code])
        marks = {lang: "; ".join(mark.text[lang] for mark in self.marks) for lang in said}
        return {lang: f"{words[:-1]}: {marks[lang]}." if self.marks else words for lang, words in said.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the aspect as a JSON-able mapping with its title and sentence."""
        return {"name": self.name, "holds": self.holds, "code": self.code, "title": self.title, "text": self.text}


def of_file(verdict: Verdict) -> tuple[Aspect, ...]:
    """Return what the file alone tells: AdES, modification, coverage and signers."""
    found = {name: [code for code in verdict.codes if _OF[code] == name] for name in (ADES, *_SOUND)}
    return tuple(_aspect(name, codes, verdict) for name, codes in found.items())


def of_register(
    same_file: bool | None, state: str, *, earlier: bool = False, marks: Sequence[Mark] = ()
) -> tuple[Aspect, ...]:
    """Return what the register tells: whether it holds this very file, and what the card is worth now.

    `earlier` is a file that the card had before its archive was renewed; `marks` is what a valid one is reported as.
    """
    code = "earlier_file" if earlier else {True: "same_file", False: "other_file", None: "no_such_file"}[same_file]
    known = None if state == "unknown" else state == "valid"
    return (
        Aspect(name=REGISTER, holds=bool(same_file) or earlier, code=code),
        Aspect(name=STATUS, holds=known, code="reported" if marks else state, marks=tuple(marks)),
    )


def unasked(why: str = "not_asked") -> tuple[Aspect, ...]:
    """Return the register's aspects where it was not asked: offline, or since there is `no_register`."""
    return tuple(Aspect(name=name, holds=None, code=why) for name in (REGISTER, STATUS))


def _aspect(name: str, codes: Sequence[str], verdict: Verdict) -> Aspect:
    if codes:
        return Aspect(name=name, holds=False, code=codes[0])
    why = _unjudged(name, verdict)
    if why is not None:
        return Aspect(name=name, holds=None, code=why)
    return Aspect(name=name, holds=True, code="passed" if name == ADES else _SOUND[name](verdict.signatures))


def _unjudged(name: str, verdict: Verdict) -> str | None:
    """Why nothing can be said of an aspect in which nothing speaks against the file; None where it holds."""
    found = set(verdict.codes)
    for code, why in _NOT_LOOKED_AT.items():
        if code in found:
            return why
    if not verdict.signatures:
        return "no_signature"
    return next((why for why, codes in _BLIND.get(name, {}).items() if codes & found), None)


def _changes(signatures: Sequence[SignatureFinding]) -> str:
    if signatures[-1].modification != "NONE":
        return "archived"
    return "countersigned" if len(signatures) > 1 else "unmodified"


def _cover(signatures: Sequence[SignatureFinding]) -> str:
    return "entire_file" if signatures[-1].coverage == "ENTIRE_FILE" else "archive_covers"


def _signed(_signatures: Sequence[SignatureFinding]) -> str:
    return "trusted"


#: What keeps every aspect from being looked at.
_NOT_LOOKED_AT = {"document_unreadable": "unreadable", "verification_stopped": "stopped"}

#: What takes the ground from under another aspect: a signature that does not fit tells neither who signed nor what, and
#: nobody can judge what no signature covers.
_BLIND: Mapping[str, Mapping[str, frozenset[str]]] = {
    MODIFICATION: {
        "changes_unknown": frozenset({"signature_forged"}),
        "within_signed": frozenset({"not_whole_file", "signature_wrapped", "signature_loose"}),
    },
    COVERAGE: {"covers_nothing": frozenset({"content_changed", "signature_forged", "archive_stamp_invalid"})},
    SIGNERS: {"signers_unknown": frozenset({"content_changed"})},
}

#: What a sound aspect says, by what was found of the signatures.
_SOUND = {MODIFICATION: _changes, COVERAGE: _cover, SIGNERS: _signed}


def _both(words: tuple[str, str]) -> dict[str, str]:
    return {"id": words[0], "en": words[1]}
