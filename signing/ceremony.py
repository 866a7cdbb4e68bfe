"""A key ceremony: an office's own PKI, and the keys of its claims and checkpoints, made in one go and written down.

docs/how-to/hold-a-key-ceremony.md tells how people hold it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.ceremony_check import check_written
from signing.certificates import CRL_LIFETIME, Issued, authority, revocation_list, seal, time_stamper
from signing.claim import ClaimKey
from signing.claim_keys import PublishedKey, key_set
from signing.errors import CeremonyError
from signing.private_files import bundle, write_private, write_public
from signing.transcript import Entry, Transcript, of_certificate, of_list, sha256, stamp
from signing.trust import DEVELOPMENT_MARK, DEVELOPMENT_ORGANISATION

#: Lives in years of 365 days. The two time stampers end apart, so that one still stamps while the other is replaced.
ROOT_YEARS, ISSUING_YEARS, SEAL_YEARS, OFFICER_YEARS, STAMPER_YEARS = 20, 10, 3, 2, (9, 8)
#: Days on which a claim key signs, and how long the root's list stays current: its key is brought out once a year.
CLAIM_DAYS, ROOT_LIST = 730, timedelta(days=365)
#: Folder of what is handed out, and what everybody may read; all else is its owner's.
TRUST = "trust"
_PUBLIC = (f"{TRUST}/", "claim/claim-keys.json")
_MAX_NAME = 64  # characters of a name in a certificate (RFC 5280, ub-common-name)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be made."""

    #: Whose keys these are, as every certificate says.
    organisation: str
    #: Name in the certificate of the seal.
    seal: str
    #: Names of the officers who sign cards.
    officers: tuple[str, ...]
    #: Address below which revocation lists are published, without a slash at the end.
    lists: str
    #: Who watches.
    witnesses: tuple[str, ...] = ()
    #: Everything is made under the name of development keys, which count nowhere.
    rehearsal: bool = False

    def __post_init__(self) -> None:
        """Refuse names that no certificate can bear, and the name of development keys for real ones."""
        for name in (self.organisation, self.seal, *self.officers):
            if not 0 < len(name.strip()) <= _MAX_NAME or not name.isprintable():
                raise CeremonyError("ceremony_name", f"A certificate cannot bear the name {name!r}.")
        if self.organisation == DEVELOPMENT_ORGANISATION and not self.rehearsal:
            raise CeremonyError("ceremony_name", f"{DEVELOPMENT_ORGANISATION} is the name of development keys.")


def hold(plan: Plan, folder: Path, passphrase: Callable[[str], str], clock: Callable[[], datetime]) -> Transcript:
    """Make everything into `folder`, which must not exist or be empty, and return the transcript, which lies there too.

    `passphrase` is asked once for every PKCS#12 file, by its name. Raises CeremonyError `ceremony_folder`, and
    `ceremony_broken` where a file that was written does not open or does not fit.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CeremonyError("ceremony_folder", f"{folder} is not empty; a ceremony never overwrites anything.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return _Ceremony(plan, folder, passphrase, clock).perform()


class _Ceremony:
    def __init__(
        self, plan: Plan, folder: Path, passphrase: Callable[[str], str], clock: Callable[[], datetime]
    ) -> None:
        self._plan, self._folder, self._passphrase, self._clock = plan, folder, passphrase, clock
        organisation = DEVELOPMENT_ORGANISATION if plan.rehearsal else plan.organisation
        self._organisation = organisation
        #: Passphrases by file, until every file was read again.
        self._given: dict[str, str] = {}
        self._told = Transcript(organisation=organisation, rehearsal=plan.rehearsal, witnesses=plan.witnesses)

    def perform(self) -> Transcript:
        now = self._clock()
        root = authority(
            f"Root {self._organisation}"[:_MAX_NAME],
            now,
            ROOT_YEARS,
            organisation=self._organisation,
            lists=self._plan.lists,
        )
        self._authority("offline/root", root, ())
        issuing = authority(f"Issuing {self._organisation}"[:_MAX_NAME], self._clock(), ISSUING_YEARS, root)
        self._authority("issuing/issuing", issuing, (root,))
        self._holders(issuing, (issuing, root))
        self._lists(root, issuing)
        self._claim_key()
        self._bare_key("audit/audit.pem", "key of checkpoints")
        check_written(self._folder, self._given)
        self._note(Entry(at=stamp(self._clock()), what="every file read again: keys, certificates and lists fit"))
        self._write("transcript.json", self._told.to_json().encode())
        self._write("transcript.txt", self._told.to_text().encode())
        return self._told

    def _authority(self, name: str, made: Issued, chain: tuple[Issued, ...]) -> None:
        self._holder(name, f"certification authority, key at {name}.p12", made, chain)
        pem = made.certificate.public_bytes(Encoding.PEM)
        self._public(f"certificate of {Path(name).name}, handed out", f"trust/{Path(name).name}.pem", pem)

    def _holders(self, issuing: Issued, chain: tuple[Issued, ...]) -> None:
        signers = [("seal", self._plan.seal, SEAL_YEARS)]
        signers += [(f"officer-{n}", name, OFFICER_YEARS) for n, name in enumerate(self._plan.officers, 1)]
        for file, name, years in signers:
            made = seal(name, self._clock(), years, issuing)
            self._holder(f"signers/{file}", f"signer {name}", made, chain)
        for n, years in enumerate(STAMPER_YEARS, 1):
            made = time_stamper(f"TSA {n}", self._clock(), years, issuing)
            self._holder(f"tsa/tsa-{n}", f"time stamper {n}", made, chain)

    def _holder(self, name: str, what: str, made: Issued, chain: tuple[Issued, ...]) -> None:
        file = f"{name}.p12"
        above = [issuer.certificate for issuer in chain]
        self._given[file] = self._passphrase(file)
        content = bundle(Path(name).name, made, above, self._given[file].encode())
        self._write(file, content)
        self._note(of_certificate(self._clock(), what, made.certificate, file, content))

    def _lists(self, root: Issued, issuing: Issued) -> None:
        for name, issuer, lifetime in (("root", root, ROOT_LIST), ("issuing", issuing, CRL_LIFETIME)):
            made = revocation_list(issuer, 1, self._clock(), lifetime=lifetime)
            file = f"trust/{name}.crl"
            self._write(file, made.public_bytes(Encoding.DER))
            self._note(of_list(self._clock(), f"first revocation list of {name}", made, file))

    def _claim_key(self) -> None:
        key = self._bare_key("claim/claim.pem", "key of the claims in QR codes")
        today = self._clock().date()
        published = PublishedKey(
            public=ClaimKey(key).public,
            first=today,
            last=today + timedelta(days=CLAIM_DAYS),
            development=self._plan.rehearsal,
        )
        content = json.dumps(key_set([published]), indent=2).encode()
        self._write("claim/claim-keys.json", content)
        self._note(
            Entry(
                at=stamp(self._clock()),
                what=f"published claim keys, kid {published.kid.hex()}",
                file="claim/claim-keys.json",
                file_sha256=sha256(content),
                begins=published.first.isoformat(),
                ends=published.last.isoformat(),
            )
        )

    def _bare_key(self, file: str, what: str) -> Ed25519PrivateKey:
        key = Ed25519PrivateKey.generate()
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        content = DEVELOPMENT_MARK + content if self._plan.rehearsal else content
        self._write(file, content)
        fingerprint = sha256(key.public_key().public_bytes_raw())
        at, digest = stamp(self._clock()), sha256(content)
        self._note(Entry(at=at, what=what, file=file, file_sha256=digest, fingerprint=fingerprint))
        return key

    def _public(self, what: str, file: str, content: bytes) -> None:
        self._write(file, content)
        self._note(Entry(at=stamp(self._clock()), what=what, file=file, file_sha256=sha256(content)))

    def _write(self, name: str, content: bytes) -> None:
        path, public = self._folder / name, name.startswith(_PUBLIC)
        if not path.parent.exists():
            path.parent.mkdir()
            path.parent.chmod(0o755 if path.parent.name == TRUST else 0o700)
        (write_public if public else write_private)(path, content)

    def _note(self, entry: Entry) -> None:
        self._told.entries.append(entry)
