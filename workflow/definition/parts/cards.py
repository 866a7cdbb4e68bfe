"""Reader of the card: the template's fields, each with what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.definition.card import GIVEN, Card, Entry, Fixed, Joined, Piece
from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_period, read_title
from workflow.definition.process import Text
from workflow.definition.templates import fields_of, stands_alone

#: Rows that the nationwide card has.
_ROWS = 4
_DATA = "data."
#: Ways of writing a field as a mapping; exactly one of them.
_WAYS = ("field", "text", "join")


def read_card(node: Node, template: str, fields: Sequence[str]) -> Card | None:
    """The card of card.yaml; None where the process has none. `fields` are those of the form."""
    if not node.present:
        return None
    card = Card(
        template=node.get("template").text(),
        source=template,
        title=_text(node.get("title")),
        valid=read_period(node.get("valid")),
        report_rows=node.get("report_rows").integer(_ROWS),
        signatory=_text(node.get("signatory")),
        reason=_text(node.get("reason")) or _text(node.get("title")),
        fields={name: _piece(field, fields) for name, field in node.get("fields").items()},
    )
    _check(node, card)
    return card


def _check(node: Node, card: Card) -> None:
    """The template is given what it reads, and reads nothing from elsewhere."""
    if not stands_alone(card.source):
        node.get("template").problem(
            "template_not_alone",
            "A template stands alone: `import`, `include`, `plugin` and `eval` have no place in it.",
        )
    for name in card.fields:
        if name in GIVEN:
            node.get("fields").get(name).problem(
                "reserved_name", f"Every template is given `{name}`; call the field otherwise.", key=True
            )
    missing = sorted(fields_of(card.source) - {*card.fields, *GIVEN})
    if missing and node.get("fields").present:
        listed = ", ".join(f"`{name}`" for name in missing)
        node.get("fields").problem(
            "card_field_missing", f"The template {card.template} reads {listed}; add what is shown there.", key=True
        )


def _text(node: Node) -> Text:
    return read_title(node) if node.present else {}


def _piece(node: Node, fields: Sequence[str]) -> Piece:
    if isinstance(node.value, str):
        return _entry(node, "", fields)
    ways = [way for way in _WAYS if node.get(way).present]
    if len(ways) != 1:
        node.problem("bad_card_field", "A field shows one thing: `field`, `text` or `join`.")
        return Fixed(text="")
    if ways == ["field"]:
        return _entry(node.get("field"), node.get("before").text(), fields)
    if ways == ["text"]:
        return Fixed(text=node.get("text").text())
    pieces = tuple(_piece(element, fields) for element in node.get("join").elements())
    return Joined(pieces=pieces, between=node.get("with").text(", "))


def _entry(node: Node, before: str, fields: Sequence[str]) -> Entry:
    name = node.text().removeprefix(_DATA)
    if fields and name not in fields:
        known = [_DATA + field for field in fields]
        node.problem(
            "unknown_field",
            f"The form has no field `{node.text()}`: {did_you_mean(node.text(), known)}",
            hint=nearest(node.text(), known),
        )
    return Entry(field=name, before=before)
