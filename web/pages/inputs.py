"""What is entered with a transition: as fields on a page, and back again as inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import FileStorage, MultiDict

from web.database import commit
from web.pages.words import _, local
from web.services import drawings
from web.services.corrections import FIELDS, REASON
from web.services.sight import Seen
from workflow.definition.process import Input

#: Name of the tick boxes whose words come before the text of an input.
USUAL = "usual"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """An input as a page asks for it."""

    #: Name of the form's input; the transition's name comes first, since a page has several forms.
    name: str
    kind: Literal["area", "day", "drawing", "lines", "radios", "ticks", "text"]
    title: str
    required: bool
    #: Value and words, for `radios` and `ticks`.
    choices: Sequence[tuple[str, str]] = ()
    #: Ready-made sentences that may be ticked.
    usual: Sequence[str] = ()


def asked(found: Seen, do: str, inputs: Sequence[Input]) -> list[Asked]:
    """The inputs of the transition `do` as fields."""
    return [_asked(found, do, i, returns=any(o.name == FIELDS for o in inputs)) for i in inputs]


def given(do: str, inputs: Sequence[Input], form: MultiDict[str, str]) -> dict[str, Any]:
    """The inputs that a browser sent for `do`; empty ones are left out."""
    values = {i.name: _given(f"{do}.{i.name}", i, form) for i in inputs}
    return {name: value for name, value in values.items() if value}


def drawn(case: int, do: str, inputs: Sequence[Input], files: MultiDict[str, FileStorage]) -> dict[str, str]:
    """The drawings that a browser sent for `do`, kept: input → digest. Raises as `drawings.inspect` does."""
    out = {}
    for spec in inputs:
        file = files.get(f"{do}.{spec.name}")
        if spec.kind == drawings.KIND and file is not None and (content := file.stream.read()):
            out[spec.name] = drawings.keep(drawings.inspect(case, content))
            commit()
    return out


def usual_reasons() -> Sequence[str]:
    """The usual reasons for a correction."""
    return (
        _("Nama pada KTP dan ijazah berbeda."),
        _("Ada angka NIK yang salah."),
        _("Pasfoto tidak terbaca atau wajah tidak jelas."),
        _("Berkas terpotong atau tidak terbaca."),
        _("Berkas bukan dokumen yang diminta."),
    )


def _asked(found: Seen, do: str, spec: Input, *, returns: bool) -> Asked:
    name, required = f"{do}.{spec.name}", not spec.optional
    title = local(spec.title)
    if spec.name == FIELDS and spec.kind == "list" and not spec.choices:
        return Asked(name=name, kind="ticks", title=title, required=required, choices=_every_field(found))
    if spec.kind == "text":
        usual = usual_reasons() if returns and spec.name == REASON else ()
        return Asked(name=name, kind="area", title=title, required=required, usual=usual)
    if spec.choices:
        kind: Literal["ticks", "radios"] = "ticks" if spec.kind == "list" else "radios"
        choices = [(c, local(spec.words.get(c)) or c) for c in spec.choices]
        return Asked(name=name, kind=kind, title=title, required=required, choices=choices)
    kinds: Mapping[str, Literal["day", "drawing", "lines", "text"]]
    kinds = {"date": "day", "list": "lines", "drawing": "drawing"}
    return Asked(name=name, kind=kinds.get(spec.kind, "text"), title=title, required=required)


def _given(name: str, spec: Input, form: MultiDict[str, str]) -> Any:
    if spec.kind == "list":
        values = form.getlist(name)
        if len(values) == 1 and "\n" in values[0]:
            values = values[0].splitlines()
        return [v.strip() for v in values if v.strip()]
    text = form.get(name, "").replace("\r\n", "\n").strip()
    if spec.kind == "text":
        return "\n".join([*form.getlist(f"{name}.{USUAL}"), *([text] if text else [])])
    return text


def _every_field(found: Seen) -> list[tuple[str, str]]:
    documents = [(d.name, local(d.title)) for d in found.process.documents.values()]
    titles = found.process.form.titles
    return [*((name, local(titles.get(name)) or name) for name in found.process.form.fields), *documents]
