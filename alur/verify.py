"""`alur-verify F.zip`: an evidence bundle checked offline, with the standard library and `cryptography` alone.

One module that imports nothing of Alur, so that it can be handed on: `python -I verify.py F.zip` works as well. It is
longer than others for that reason (docs/adr/0018-bundle.md). Its format stands in docs/reference/bundle.md.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

FORMAT, VERSION = "alur evidence bundle", 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
#: Bytes of a file that is read at all, and members that it may have.
MAX_BYTES, MAX_MEMBERS = 1 << 28, 10_000

HOLDS, OPEN, FAILS = "holds", "not established", "fails"

_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9@._-]*/)?[A-Za-z0-9_-][A-Za-z0-9@._-]*")
_LOCAL, _ENTRY, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
#: Version 2.0, no flags, stored as it is, midnight of 1 January 1980.
_PLAIN = (20, 0, 0, 0, 33)

_SIGNED_DATA, _TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE, _MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
_PSS = bytes.fromhex("2a864886f70d01010a")
_HASHES: Mapping[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}

#: The keys that may sign, by name and the first four bytes of their hash.
Keys = Mapping[tuple[str, bytes], Ed25519PublicKey]


class BrokenError(Exception):
    """Something is not what it should be; the message is the sentence that is told."""


class Told(NamedTuple):
    """What one check found."""

    #: What was checked, such as `history`.
    check: str
    #: `holds`, `not established` or `fails`.
    state: str
    sentence: str


Found = Iterator[tuple[str, str]]


# The container: a zip of stored members in one form only, so that no byte of it can change unseen.


def pack(members: Mapping[str, bytes]) -> bytes:
    """The zip of `members` in their order: stored, without times, comments or anything that is not needed."""
    out, entries = io.BytesIO(), []
    for name, content in members.items():
        size, at = len(content), out.tell()
        sizes = zlib.crc32(content), size, size
        out.write(_LOCAL.pack(b"PK\3\4", *_PLAIN, *sizes, len(name), 0) + name.encode("ascii") + content)
        made = 3 << 8 | 20, *_PLAIN
        entries.append(_ENTRY.pack(b"PK\1\2", *made, *sizes, len(name), 0, 0, 0, 0, 0o100644 << 16, at))
        entries.append(name.encode("ascii"))
    directory = b"".join(entries)
    count = len(members)
    return b"".join(
        (out.getvalue(), directory, _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), out.tell(), 0))
    )


def unpack(content: bytes) -> dict[str, bytes]:
    """The members of a zip that `pack` wrote, in their order; raises BrokenError for names that no bundle has."""
    members: dict[str, bytes] = {}
    at = 0
    while content[at : at + 4] == b"PK\3\4":
        if len(content) < at + _LOCAL.size or len(members) >= MAX_MEMBERS:
            raise BrokenError("The file ends within a member, or has too many of them.")
        *_, size, length, extra = _LOCAL.unpack_from(content, at)
        start = at + _LOCAL.size + length + extra
        name = content[at + _LOCAL.size : start - extra].decode("ascii", "replace")
        if not _NAME.fullmatch(name) or name in members:
            raise BrokenError(f"The name {name[:80]!r} is one that no bundle has, or stands there twice.")
        at = start + size
        members[name] = content[start:at]
    if MANIFEST not in members or SIGNATURE not in members:
        raise BrokenError("The file is no evidence bundle: it has no manifest that is signed.")
    return members


# Texts: canonical JSON (RFC 8785, without floats), keys and signed notes.


def canonical(value: Any) -> bytes:
    """The one text of a value; keys outside the BMP, which would sort otherwise, are admitted nowhere."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def read(text: bytes) -> Any:
    """The value of a canonical text; raises BrokenError for any other spelling of it."""
    value = json.loads(text.decode(), parse_float=_no_number, parse_constant=_no_number)
    if canonical(value) != text:
        raise BrokenError("A text is not canonical JSON.")
    return value


def read_keys(text: str) -> Keys:
    """The keys of lines `name+hash+key`; empty lines and those that begin with # are left out. Raises BrokenError."""
    lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
    try:
        return dict(map(_key, lines))
    except ValueError as error:
        raise BrokenError("A line of the keys is not an Ed25519 key in the form name+hash+key.") from error


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 bytes of a key, as transcripts of key ceremonies and openssl write it: AA:BB:…."""
    digest = _sha256(key.public_bytes_raw())
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)).upper()


def open_note(note: str, keys: Keys) -> tuple[str, str, Ed25519PublicKey] | None:
    """The text of a signed note with the name and the key that signed it; None when none of `keys` did."""
    text, _, below = note.rpartition("\n\n")
    for line in below.split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        signature = base64.b64decode(value, validate=True)
        # A house that moved to another address signs with the same key under another name: the key counts.
        for key in keys.values() if dash == "\N{EM DASH}" else ():
            fits = _key_id(name, b"\1" + key.public_bytes_raw()) == signature[:4]
            if fits and _signed(key, signature[4:], f"{text}\n".encode()):
                return f"{text}\n", name, key
    return None


def _key_id(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + content).digest()[:4]


def _key(line: str) -> tuple[tuple[str, bytes], Ed25519PublicKey]:
    name, hash_, value = line.split("+", 2)
    content = base64.b64decode(value, validate=True)
    id_ = _key_id(name, content)
    if content[:1] != b"\1" or id_.hex() != hash_:
        raise ValueError(line)
    return (name, id_), Ed25519PublicKey.from_public_bytes(content[1:])


def _signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _pins(type_: str) -> bool:
    return type_ in ("submitted", "migrated")


def _no_number(text: str) -> NoReturn:
    raise BrokenError(f"The number {text[:40]} is not admitted.")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# The checks.


@dataclass
class Bundle:
    """A bundle that is being checked."""

    content: bytes
    #: Keys that the reader trusts; None: the bundle's own key is used, which establishes nobody.
    keys: Keys | None
    #: Certificates of time-stamping authorities, or of their issuers, that the reader trusts.
    authorities: Sequence[x509.Certificate] = ()
    members: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def manifest(self) -> Any:
        """What the bundle says of itself."""
        return self.json(MANIFEST)

    @cached_property
    def signers(self) -> Keys:
        """The keys by which signatures are judged."""
        return read_keys(self.manifest["key"]) if self.keys is None else self.keys

    @cached_property
    def events(self) -> list[Any]:
        """The events, oldest first; whether their chain holds is the check `history`."""
        lines = self.members["events.jsonl"].split(b"\n")
        if lines.pop() != b"" or not lines:
            raise BrokenError("events.jsonl holds no lines, or does not end with a line end.")
        return [read(line) for line in lines]

    def json(self, name: str) -> Any:
        """A member's value."""
        if name not in self.members:
            raise BrokenError(f"The member {name} is missing.")
        return read(self.members[name])

    def folder(self, name: str) -> list[str]:
        """Names of the members in a folder."""
        return [member for member in self.members if member.startswith(f"{name}/")]

    def definition(self, seq: int) -> str:
        """Hash of the definition that the case had after event `seq`."""
        told = [(e["type"], e["body"]) for e in self.events[:seq]]
        hashes_ = [body["to"] if type_ == "migrated" else body["definition"] for type_, body in told if _pins(type_)]
        return str(hashes_[-1])

    def told(self, part: str) -> Iterator[tuple[int, Any]]:
        """Number and content of the bodies of events that tell of `part`."""
        return ((e["seq"], e["body"][part]) for e in self.events if part in e["body"])


def verify(content: bytes, keys: Keys | None, authorities: Sequence[x509.Certificate] = ()) -> list[Told]:
    """Everything that can be told of a bundle. Never raises over its content: what cannot be read fails."""
    bundle = Bundle(content, keys, authorities)
    found: list[Told] = []
    for check, function in CHECKS.items():
        try:
            found += [Told(check, *told) for told in function(bundle)]
        except BrokenError as error:
            found.append(Told(check, FAILS, str(error)))
        except Exception as error:
            # A hostile file makes readers raise anything at all; whatever it is, what is told cannot be relied on.
            found.append(
                Told(check, FAILS, f"A part of it is missing or not of the documented form ({type(error).__name__}).")
            )
        if not bundle.members:
            break
    return found


def _container(b: Bundle) -> Found:
    b.members = unpack(b.content)
    if pack(b.members) != b.content:
        raise BrokenError("The zip is not in the one form that a bundle has: bytes of it were changed or added.")
    yield HOLDS, f"{len(b.members)} members, and no byte beside them."


def _members(b: Bundle) -> Found:
    listed, manifest = b.manifest["members"], b.manifest
    if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
        raise BrokenError(f"The manifest is not one of {FORMAT} {VERSION}.")
    there = [name for name in b.members if name not in (MANIFEST, SIGNATURE)]
    if list(b.members)[:2] != [MANIFEST, SIGNATURE] or [m["name"] for m in listed] != there:
        raise BrokenError("The members are not those that the manifest lists.")
    wrong = [m["name"] for m in listed if (m["size"], m["sha256"]) != _measure(b.members[m["name"]])]
    if wrong:
        raise BrokenError(f"Not what the manifest lists: {', '.join(wrong)}.")
    yield HOLDS, f"The manifest lists {len(listed)} members of the bundle of case {manifest['case']}."


def _measure(content: bytes) -> tuple[int, str]:
    return len(content), _sha256(content)


def _signature(b: Bundle) -> Found:
    note = b.members[SIGNATURE].decode()
    opened = open_note(note, b.signers)
    if opened is None:
        raise BrokenError("The manifest is not signed by any of the keys.")
    text, name, key = opened
    value = base64.b64decode(note.split(" ")[-1])
    written = f"{text}\n\N{EM DASH} {name} {base64.b64encode(value).decode()}\n"
    if text != f"{FORMAT} {VERSION}\n{name}\n{_sha256(b.members[MANIFEST])}\n" or written != note:
        raise BrokenError("What is signed is not the manifest of this bundle.")
    if b.manifest["house"] != name:
        raise BrokenError(f"The manifest speaks for {b.manifest['house']}, and {name} signed it.")
    if b.keys is None:
        yield HOLDS, f"The manifest is signed by the key that it names, fingerprint {fingerprint(key)}."
        yield OPEN, "Who holds that key: compare the fingerprint with what the office publishes, or name --keys."
    else:
        yield HOLDS, f"Signed by {name}, fingerprint {fingerprint(key)}."


def _history(b: Bundle) -> Found:
    previous = b""
    for n, event in enumerate(b.events, start=1):
        rest = {key: value for key, value in event.items() if key != "hash"}
        hash_ = hashlib.sha256(previous + canonical(rest))
        if (event["case"], event["seq"]) != (b.manifest["case"], n):
            raise BrokenError(f"Event {n} of case {b.manifest['case']} is missing.")
        if event["hash"] != hash_.hexdigest():
            raise BrokenError(f"Event {n} was changed: its hash does not follow from it.")
        previous = hash_.digest()
    yield HOLDS, f"{len(b.events)} events are a whole chain, {b.events[0]['at']} to {b.events[-1]['at']}."


def _seal(b: Bundle) -> Found:
    proof = b.json("proof.json")
    sealed = 0
    if proof["leaf"] is not None:
        leaf = read(proof["leaf"].encode())
        sealed = leaf["seq"]
        if leaf != {"kind": "case", "case": b.manifest["case"], "seq": sealed, "head": _head(b, sealed)}:
            raise BrokenError(f"The leaf of the log does not seal event {sealed} as it stands here.")
        yield from _checkpoint(b, proof, sealed)
    elif "checkpoint.txt" in b.members:
        raise BrokenError("There is a checkpoint, and nothing that stands under it.")
    if sealed < len(b.events):
        yield (
            OPEN,
            f"Events {sealed + 1} to {len(b.events)}: no checkpoint seals them yet, so the house alone tells them.",
        )


def _head(b: Bundle, seq: int) -> Any:
    if not 0 < seq <= len(b.events):
        raise BrokenError(f"Event {seq} was sealed and is missing.")
    return b.events[seq - 1]["hash"]


def _checkpoint(b: Bundle, proof: Any, sealed: int) -> Found:
    note = b.members["checkpoint.txt"].decode()
    origin, size, root, moment = note.rpartition("\n\n")[0].split("\n")
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    leaf = hashlib.sha256(b"\0" + proof["leaf"].encode()).digest()
    if not includes(leaf, proof["index"], int(size), path, base64.b64decode(root, validate=True)):
        raise BrokenError("The leaf does not stand under the root of the checkpoint.")
    opened = open_note(note, b.signers)
    if opened is None and b.keys is not None:
        raise BrokenError("The checkpoint is not signed by any of the keys.")
    if opened is not None and opened[1] != origin:
        raise BrokenError("The checkpoint is not signed by the log that it is of.")
    said = f"Events 1 to {sealed} stand under the checkpoint of {size} leaves of {moment.removeprefix('moment ')}."
    yield HOLDS, said
    if opened is None:
        yield OPEN, "Who signed the checkpoint: it is not the key of the manifest. Name --keys."


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True when `path` leads from the hash of leaf `index` of `size` to `root` (RFC 9162, 2.1.3.2)."""
    place, last, found = index, size - 1, leaf
    if not 0 <= index < size:
        return False
    for sibling in path:
        if last == 0:
            return False
        left = place & 1 or place == last
        found = hashlib.sha256(b"\1" + (sibling + found if left else found + sibling)).digest()
        while left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def _stamp(b: Bundle) -> Found:
    if "checkpoint.txt" not in b.members:
        return
    if "checkpoint.tsr" not in b.members:
        yield OPEN, "When it was sealed: no time stamp had come yet, so the house's own clock tells it."
        return
    token = read_token(b.members["checkpoint.tsr"])
    if token.imprint != hashlib.sha256(b.members["checkpoint.txt"]).digest():
        raise BrokenError("The time stamp is over something else than the checkpoint.")
    yield HOLDS, f"The time stamp is over the checkpoint and says {token.moment.isoformat()}."
    if not b.authorities:
        yield OPEN, "Who stamped it: name the certificate of the authority, or of its issuer, with --tsa."
        return
    signer = stamper(token, b.authorities)
    if signer is None:
        raise BrokenError("The time stamp is not signed by an authority that --tsa names.")
    yield HOLDS, f"Stamped by {signer.subject.rfc4514_string()}."


def _definitions(b: Bundle) -> Found:
    there = {name.removeprefix("definitions/").removesuffix(".json") for name in b.folder("definitions")}
    needed = {hash_ for _, hash_ in b.told("definition")}
    needed |= {e["body"][way] for e in b.events if e["type"] == "migrated" for way in ("from", "to")}
    if there != needed:
        raise BrokenError("The definitions are not those that the history names.")
    for hash_ in sorted(there):
        if _sha256(canonical(b.json(f"definitions/{hash_}.json"))) != hash_:
            raise BrokenError(f"The definition {hash_} does not give that hash.")
    yield HOLDS, f"{len(there)} definitions are those that the history names."


def _calendars(b: Bundle) -> Found:
    names = b.folder("calendars")
    for name in names:
        told = b.json(name)
        written = f"calendars/{told['name']}@{told['version']}.json"
        if name != written or _sha256(canonical(told["body"])) != told["hash"]:
            raise BrokenError(f"{name} does not give the hash that it says.")
    if names:
        yield HOLDS, f"{len(names)} versions of calendars give the hashes that they are known by."


def _verdicts(b: Bundle) -> Found:
    told, asked = {v["seq"]: v for v in b.json("verdicts.json")}, 0
    for event in (e for e in b.events if e["type"] == "moved"):
        if not _same_verdicts(b, event, told.pop(event["seq"], None)):
            raise BrokenError(f"The verdicts of event {event['seq']} are not those of the history and its definition.")
        asked += len(event["body"].get("guards", ()))
    if told:
        raise BrokenError(f"There are verdicts of event {min(told)}, which is no move.")
    yield HOLDS, f"{asked} verdicts of guards are those of the history, their conditions those of the definitions."


def _same_verdicts(b: Bundle, event: Any, told: Any) -> bool:
    body, request, now = event["body"], _request(b, event), b.definition(event["seq"])
    if told is None or (told["do"], told["checklist"]) != (body["do"], body.get("checklist", [])):
        return False
    guards, before = told["guards"], b.definition(request)
    known = {hash_: _conditions(b, hash_, body["do"]) for hash_ in (before, now)}
    of_event = [g for g in guards if g["from"] == "event"]
    return bool(
        [g["verdict"] for g in of_event] == body.get("guards", [])
        and all(g["verdict"] is True and g["if"] in known[g["definition"]] for g in guards)
        and all(g["definition"] == before for g in of_event)
        and (before != now or sorted(g["if"] for g in guards) == sorted(known[now]))
    )


def _request(b: Bundle, event: Any) -> int:
    """Number of the event at which a move was asked for: its own, or that of the step which it waited for."""
    seq = event["body"].get("step", event["seq"])
    while "again" in (body := b.events[seq - 1]["body"]):
        if not 0 < body["again"] < seq:
            raise BrokenError(f"Event {seq} asks again for something that was not asked for.")
        seq = body["again"]
    return int(seq)


def _conditions(b: Bundle, definition: str, do: str) -> list[str]:
    conditions = b.json(f"definitions/{definition}.json")["process"]["transitions"].get(do, {}).get("when", [])
    return [c["if"] if isinstance(c, dict) else c for c in conditions]


def _clocks(b: Bundle) -> Found:
    moments, clocks = {e["at"] for e in b.events}, b.json("clocks.json")
    for clock in clocks:
        at, counted = clock["started"], 0
        if not {clock["started"], clock["stopped"] or at, clock["paused_at"] or at} <= moments:
            raise BrokenError(f"The clock {clock['clock']} began or ended when nothing happened.")
        for line in clock["lines"]:
            runs = line["kind"] in ("open", "clock_time")
            if line["from"] != at or line["counted"] != (_between(line["from"], line["to"]) if runs else 0):
                raise BrokenError(f"The ledger of the clock {clock['clock']} has a hole at {at}.")
            at, counted = line["to"], counted + line["counted"]
        if clock["said"] is not None:
            yield OPEN, f"The ledger of {clock['clock']}: {clock['said']}"
        elif (at, counted) != (clock["until"], clock["counted"]):
            raise BrokenError(f"The ledger of the clock {clock['clock']} does not add up.")
    if clocks:
        yield HOLDS, f"The ledgers of {len(clocks)} clocks have no hole and add up."


def _between(start: str, end: str) -> int:
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


def _documents(b: Bundle) -> Found:
    # An erasure tells of documents, too: how many they were.
    by_kind = [documents for _, documents in b.told("documents") if isinstance(documents, dict)]
    told = {(kind, digest) for documents in by_kind for kind, digest in documents.items()}
    listed = b.json("documents.json")
    if {(d["kind"], d["digest"]) for d in listed} != told or len(listed) != len(told):
        raise BrokenError("The documents are not those of which the history tells.")
    files = [d for d in listed if d["file"] is not None]
    for d in files:
        if _sha256(bytes.fromhex(d["salt"]) + b.members[d["file"]]) != d["digest"]:
            raise BrokenError(f"{d['file']} is not the document of which the history tells.")
    if sorted(d["file"] for d in files) != sorted(b.folder("documents")):
        raise BrokenError("There are documents of which nothing is told.")
    if listed:
        yield HOLDS, f"{len(listed)} documents are those of which the history tells."
    if len(files) < len(listed):
        yield OPEN, f"What {len(listed) - len(files)} documents show: they are not in this bundle."


def _data(b: Bundle) -> Found:
    told = {d["digest"] for _, d in b.told("data")} | {digest for _, digest in b.told("input")}
    if "data.json" not in b.members:
        yield OPEN, "What was entered: the data are not in this bundle, only their salted digests."
        return
    digests = set()
    for version in b.json("data.json"):
        salted = _sha256(bytes.fromhex(version["salt"]) + canonical(version["content"]))
        if salted != version["digest"]:
            raise BrokenError(f"Version {version['version']} of the data does not give its digest.")
        digests.add(salted)
    if digests != told:
        raise BrokenError("The data are not those of which the history tells.")
    yield HOLDS, f"{len(told)} versions of data and inputs are those of which the history tells."


def _drawings(b: Bundle) -> Found:
    if "drawings.json" not in b.members:
        if b.folder("drawings"):
            raise BrokenError("There are drawings of which nothing is told.")
        return
    named = {(v["version"], name, value) for v in b.json("data.json") for name, value in _texts(v["content"])}
    listed = b.json("drawings.json")
    if not {(d["version"], d["input"], d["digest"]) for d in listed} <= named:
        raise BrokenError("There are drawings that no input names.")
    files = [d for d in listed if d["file"] is not None]
    for d in files:
        if _sha256(bytes.fromhex(d["salt"]) + b.members[d["file"]]) != d["digest"]:
            raise BrokenError(f"{d['file']} is not the drawing that its input names.")
    if sorted(d["file"] for d in files) != sorted(b.folder("drawings")):
        raise BrokenError("There are drawings of which nothing is told.")
    yield HOLDS, f"{len(files)} drawings are those that inputs name."
    if len(files) < len(listed):
        yield OPEN, f"What {len(listed) - len(files)} drawings show: they are not in this bundle."


def _texts(content: Any) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in content.items() if isinstance(value, str))


def _card(b: Bundle) -> Found:
    results = [r for _, r in b.told("result") if isinstance(r, dict) and "sha256" in r and "card" in r]
    if "card-report.json" not in b.members:
        if results or "card.pdf" in b.members:
            raise BrokenError("The history tells of a card, and the report on it is missing.")
        return
    report = b.json("card-report.json")
    if not results or (results[-1]["card"], results[-1]["sha256"]) != (report["card"], report["sha256"]):
        raise BrokenError("The card is not the one of which the history tells.")
    yield HOLDS, f"The report is on the card of which the history tells, SHA-256 {report['sha256']}."
    if "card.pdf" not in b.members:
        yield OPEN, "The card's own signatures: its file is not in this bundle; whoever has it compares its SHA-256."
    elif _sha256(b.members["card.pdf"]) != report["sha256"]:
        raise BrokenError("card.pdf is not the card of which the history tells.")
    else:
        yield HOLDS, "card.pdf is that card; any reader of signed PDFs checks its signatures."


def _erasure(b: Bundle) -> Found:
    for event in b.events:
        if event["type"] == "data_erased":
            under = event["body"]["under"]
            yield HOLDS, f"The personal data were erased by event {event['seq']}, {event['at']}, under {under}."


#: What is checked, in this order.
CHECKS: Mapping[str, Callable[[Bundle], Found]] = {
    "container": _container,
    "members": _members,
    "signature": _signature,
    "history": _history,
    "seal": _seal,
    "time stamp": _stamp,
    "definitions": _definitions,
    "calendars": _calendars,
    "verdicts": _verdicts,
    "clocks": _clocks,
    "documents": _documents,
    "data": _data,
    "drawings": _drawings,
    "card": _card,
    "erasure": _erasure,
}


# Time stamps (RFC 3161, RFC 5652): as much DER as they need.


class Der(NamedTuple):
    """One value with its tag, and all of its bytes."""

    tag: int
    value: bytes
    whole: bytes


class Token(NamedTuple):
    """A time stamp taken apart."""

    #: SHA-256 of what was stamped.
    imprint: bytes
    moment: datetime
    #: What is signed, by way of the attributes.
    content: bytes
    certificates: list[bytes]
    #: The signer's part: version, name, hash, attributes, algorithm, signature.
    signer: list[Der]


def der(content: bytes) -> list[Der]:
    """The values that stand one after the other; raises BrokenError for what DER does not admit."""
    found, at = [], 0
    while at < len(content):
        length, start = content[at + 1] if at + 1 < len(content) else 0x80, at + 2
        if length > 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[at + 2 : start], "big")
        elif length == 0x80:
            raise BrokenError("The time stamp is not DER.")
        if content[at] & 0x1F == 0x1F or start + length > len(content):
            raise BrokenError("The time stamp is not DER.")
        found.append(Der(content[at], content[start : start + length], content[at : start + length]))
        at = start + length
    return found


def read_token(content: bytes) -> Token:
    """A time stamp over a SHA-256."""
    (outer,) = der(content)
    kind, explicit = der(outer.value)
    parts = der(der(explicit.value)[0].value)
    type_, wrapped = der(parts[2].value)
    told = der(wrapped.value)[0].value
    _, _, imprint, _, moment, *_ = der(der(told)[0].value)
    algorithm, hashed = der(imprint.value)
    if (kind.value, type_.value) != (_SIGNED_DATA, _TST_INFO):
        raise BrokenError("The time stamp is none of RFC 3161.")
    if not isinstance(_HASHES.get(der(algorithm.value)[0].value), hashes.SHA256):
        raise BrokenError("The time stamp is not over a SHA-256.")
    certificates = [c.whole for p in parts if p.tag == 0xA0 for c in der(p.value) if c.tag == 0x30]
    return Token(hashed.value, _moment(moment.value.decode()), told, certificates, der(der(parts[-1].value)[0].value))


def stamper(token: Token, trusted: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The authority that signed, one of `trusted` or issued below them; None when it is nobody of these.

    Revocation is not asked: that needs lists of the issuer.
    """
    known, others = list(trusted), [x509.load_der_x509_certificate(c) for c in token.certificates]
    for _ in others:
        known += [c for c in others if c not in known and any(_issued(c, issuer) for issuer in known)]
    valid = [c for c in known if c.not_valid_before_utc <= token.moment <= c.not_valid_after_utc]
    return next((c for c in valid if _stamps(c) and _made(token, c)), None)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False


def _stamps(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in uses


def _made(token: Token, certificate: x509.Certificate) -> bool:
    _, _, hash_, attributes, algorithm, signature, *_ = token.signer
    chosen = _HASHES[der(hash_.value)[0].value]
    digest = hashlib.new(chosen.name, token.content).digest()
    told = {a[0].value: der(a[1].value)[0].value for a in (der(item.value) for item in der(attributes.value))}
    if attributes.tag != 0xA0 or told.get(_CONTENT_TYPE) != _TST_INFO or told.get(_MESSAGE_DIGEST) != digest:
        return False
    key, signed = certificate.public_key(), b"\x31" + attributes.whole[1:]
    pss = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            pads = pss if der(algorithm.value)[0].value == _PSS else padding.PKCS1v15()
            key.verify(signature.value, signed, pads, chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature.value, signed, ec.ECDSA(chosen))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _moment(text: str) -> datetime:
    whole, _, rest = text.removesuffix("Z").partition(".")
    found = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return found.replace(microsecond=int(f"{rest:0<6}"[:6])) if rest else found


# The command.


def main() -> None:
    """`alur-verify`: exit 0 when nothing fails, 1 when something does, 2 for a call that cannot be performed."""
    parser = argparse.ArgumentParser(prog="alur-verify", description="Check an evidence bundle of Alur, offline.")
    parser.add_argument("bundle", type=Path, metavar="F.zip")
    parser.add_argument("--keys", type=Path, help="keys that the office publishes, one line name+hash+key each")
    parser.add_argument(
        "--tsa", type=Path, help="certificate (PEM or DER) of the time-stamping authority or its issuer"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    try:
        content = _content(given.bundle)
        keys = None if given.keys is None else _read(given.keys, lambda raw: read_keys(raw.decode("utf-8", "replace")))
        authorities = () if given.tsa is None else _read(given.tsa, _certificates)
    except (OSError, BrokenError) as error:
        said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        print(f"alur-verify: {said}", file=sys.stderr)
        sys.exit(2)
    found = verify(content, keys, authorities)
    fails = any(told.state == FAILS for told in found)
    sys.stdout.buffer.write((_as_json(found) if given.json else _in_words(found)).encode("utf-8", "replace"))
    sys.exit(1 if fails else 0)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise BrokenError(f"{path} has more than {MAX_BYTES} bytes; no bundle has.")
    return path.read_bytes()


def _read(path: Path, how: Callable[[bytes], Any]) -> Any:
    try:
        return how(path.read_bytes())
    except (ValueError, BrokenError) as error:
        raise BrokenError(f"{path}: {error}") from error


def _certificates(content: bytes) -> list[x509.Certificate]:
    if content.startswith(b"-----"):
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _as_json(found: Iterable[Told]) -> str:
    told = [t._asdict() for t in found]
    states = {t["check"]: set() for t in told}  # type: dict[str, set[str]]
    for t in told:
        states[t["check"]].add(t["state"])
    ok = not any(FAILS in s for s in states.values())
    value = {"ok": ok, "signer_established": ok and states.get("signature") == {HOLDS}, "checks": told}
    return json.dumps(value, indent=2) + "\n"


def _in_words(found: Sequence[Told]) -> str:
    lines = [f"{t.state:<16} {t.check}: {t.sentence}" for t in found]
    fails, opens = ([t for t in found if t.state == state] for state in (FAILS, OPEN))
    if fails:
        lines.append(f"NOT RELIABLE: {len(fails)} of {len(found)} findings fail.")
    else:
        signer = [t for t in opens if t.check == "signature"]
        lines.append("Nothing fails." + (" The signer is not established." if signer else ""))
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines) + "\n"


if __name__ == "__main__":
    main()
