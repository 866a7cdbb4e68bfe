"""Cards signed by other programs: they hold, and what was changed in them is refused as in our own."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from tools import need

from signing.certificates import Issued, seal
from signing.development import DevelopmentPki
from signing.private_files import bundle
from signing.verify import verify
from tests.archive_kit import archived, own_pki
from tests.changes_kit import GARBAGE, annotate, appended, flipped, padded, places, swap_page, unpinned
from tests.signing_kit import card_pdf

NAME = "Segel Tamu"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> tuple[DevelopmentPki, Path]:
    """A PKI, and a key store of other programs (NSS) with a signer of it."""
    folder = tmp_path_factory.mktemp("nss")
    made, (root, issuing) = own_pki(folder / "pki")
    signer: Issued = seal(NAME, datetime.now(UTC), 3, issuing)
    (folder / "guest.p12").write_bytes(bundle("guest", signer, [issuing.certificate, root.certificate], None))
    store = f"sql:{folder}"
    _run(need("certutil"), "-N", "-d", store, "--empty-password")
    _run(need("pk12util"), "-i", str(folder / "guest.p12"), "-d", store, "-W", "", "-K", "")
    return made, folder


def by_poppler(folder: Path) -> bytes:
    """A card that poppler's pdfsig signed in a field that was there for it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(card_pdf()))
    append_signature_field(writer, SigFieldSpec("Officer"))
    out, source, target = io.BytesIO(), folder / "field.pdf", folder / "poppler.pdf"
    writer.write(out)
    source.write_bytes(out.getvalue())
    command = ["-nssdir", f"sql:{folder}", "-nick", "guest", "-sign", "Officer", str(source), str(target)]
    # It signs twice and gives up where the second signature is longer than the first: every other time with these keys.
    for _ in range(20):
        done = subprocess.run([need("pdfsig"), *command], check=False, capture_output=True, timeout=120)
        if done.returncode == 0:
            return target.read_bytes()
    raise AssertionError(done.stderr)


def by_libreoffice(folder: Path) -> bytes:
    """A letter that LibreOffice exported and signed; it names the signer by the whole name."""
    text = '<text:p xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">Kartu AK-1</text:p>'
    source = folder / "letter.fodt"
    source.write_text(
        '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>{text}</office:text>'
        "</office:body></office:document>"
    )
    asked = {
        "SignPDF": {"type": "boolean", "value": "true"},
        "SignCertificateSubjectName": {"type": "string", "value": f"CN={NAME},O=DEV – TIDAK SAH,C=ID"},
    }
    _run(
        need("soffice"),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        f"pdf:writer_pdf_Export:{json.dumps(asked, ensure_ascii=False)}",
        "--outdir",
        str(folder),
        str(source),
        MOZILLA_CERTIFICATE_FOLDER=f"sql:{folder}",
        HOME=str(folder),
        LC_ALL="C.UTF-8",
    )
    return (folder / "letter.pdf").read_bytes()


PROGRAMS = [by_poppler, pytest.param(by_libreoffice, marks=pytest.mark.long)]


@pytest.mark.parametrize("sign", PROGRAMS)
def test_files_of_other_programs_hold_until_they_are_changed(
    pki: tuple[DevelopmentPki, Path], sign: Callable[[Path], bytes]
) -> None:
    """The same matrix as for our own cards, as far as it is of the file."""
    made, folder = pki
    pdf = sign(folder)
    found = verify(pdf, made.trust)
    assert found.codes == ()
    assert [s.signer for s in found.signatures] == [NAME]
    told = {
        "garbage": (pdf + GARBAGE, "not_whole_file"),
        "page swapped": (appended(pdf, swap_page), "modified_after_signing"),
        "page swapped and archived": (archived(appended(pdf, swap_page), made), "modified_after_signing"),
        "note added and archived": (archived(appended(pdf, annotate), made), "modified_after_signing"),
        "range of nothing": (unpinned(pdf), "signature_wrapped"),
    }
    for name, (file, code) in told.items():
        assert code in verify(file, made.trust).codes, name
    assert not verify(padded(pdf), made.trust).ok
    assert [at for at in places(pdf, 40) if verify(flipped(pdf, at), made.trust).ok] == []


@pytest.mark.long
@pytest.mark.parametrize("sign", [by_poppler, by_libreoffice])
def test_two_hundred_flipped_bytes_are_refused_in_them_as_well(
    pki: tuple[DevelopmentPki, Path], sign: Callable[[Path], bytes]
) -> None:
    """Spread over the whole file."""
    made, folder = pki
    pdf = sign(folder)
    assert [at for at in places(pdf, 200) if verify(flipped(pdf, at), made.trust).ok] == []


def _run(*command: str, **environ: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=environ or None)
