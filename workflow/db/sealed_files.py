"""Reading the files of a case's card with its person's key."""

from __future__ import annotations

from workflow import sealed_files
from workflow.blobs import BlobStore
from workflow.db import cases, register
from workflow.db.cases import DataErasedError, Executor
from workflow.db.prints import Print
from workflow.vault import Vault


def card_file(db: Executor, vault: Vault, blobs: BlobStore, case: int) -> bytes:
    """The signed card as it was signed; raises `DataErasedError` once it is gone, `BlobError` where there is none."""
    card = register.of_case(db, case)
    key = cases.person_key_of(db, vault, cases.get(db, case))
    name = card.blob if card is not None else None
    return sealed_files.fetch(
        blobs, key, name or "", sealed_files.of_card(case), sha256=card.sha256 if card is not None else None
    )


def print_file(db: Executor, vault: Vault, blobs: BlobStore, kept: Print) -> bytes:
    """What was printed; raises `DataErasedError` once it is gone."""
    key = cases.person_key_of(db, vault, cases.get(db, kept.case))
    if kept.blob is None:
        raise DataErasedError("The data of this case was erased.")
    place = sealed_files.of_print(kept.case, kept.seq)
    return sealed_files.fetch(blobs, key, kept.blob, place, sha256=kept.sha256)
