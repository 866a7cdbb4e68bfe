"""What a dossier says."""

from __future__ import annotations

import io

from pypdf import PdfReader

from tests.api_kit import Api


def dossier(api: Api, case: int) -> str:
    """What the pages of a dossier say, in one line."""
    answer = api.get(f"/cases/{case}/dossier.pdf")
    assert answer.status_code == 200, answer.json
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())
