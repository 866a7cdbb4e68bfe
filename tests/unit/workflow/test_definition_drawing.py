"""Pictures of state machines."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as tree

import pytest

from alur.furnish import SHIPPED
from tests.lifecycle_kit import FOLDER
from workflow.definition.drawing import _buses, _placed, draw
from workflow.definition.lanes import Bus, assign
from workflow.definition.process import Process
from workflow.definition.reader import load_process, parse_process, read_process

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=SHIPPED)
def process(request: pytest.FixtureRequest) -> Process:
    """Each process that ships."""
    return read_process(FOLDER.parent / request.param)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_state_and_move_is_drawn_and_described(process: Process, language: str) -> None:
    """A box a state, two lines of words a move and state; the description says the same for those who do not see."""
    root = tree.fromstring(draw(process, language))
    assert root.get("role") == "img"
    words = [t.text or "" for t in root.iter(f"{SVG}text")]
    desc = root.findtext(f"{SVG}desc") or ""
    assert root.findtext(f"{SVG}title") == process.title[language]
    for state in process.states.values():
        assert any(w.rstrip("…") and state.title[language].startswith(w.rstrip("…")) for w in words)
        assert state.title[language] in desc
    boxes = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "box"]
    moves = [t for t in root.iter(f"{SVG}text") if t.get("class") == "move"]
    assert len(boxes) == len(process.states)
    assert len(moves) == sum(len(t.sources) for t in process.transitions.values())


def test_a_drawing_is_always_the_same(process: Process) -> None:
    """Also of the process as it comes back from the database."""
    assert draw(process) == draw(load_process(process.body))


def test_a_drawing_fits_a_phone(process: Process) -> None:
    """At most 400 pixels wide at its own size, so that on a phone of 360 its smallest words keep about 10 pixels."""
    root = tree.fromstring(draw(process))
    assert float(root.get("width") or 999) <= 400
    width = float(root.get("width") or 0)
    assert all(float(r.get("x") or 0) + float(r.get("width") or 0) <= width for r in root.iter(f"{SVG}rect"))


def test_lines_to_different_states_never_lie_on_each_other(process: Process) -> None:
    """Two buses share a lane only where one ends above the other."""
    buses = _buses(_placed(process))
    lanes = assign(buses)
    for one in buses:
        for other in buses:
            if one.target < other.target and lanes[one.target] == lanes[other.target]:
                assert one.span[1] < other.span[0] or other.span[1] < one.span[0]


def test_boxes_do_not_overlap(process: Process) -> None:
    """One below the other, in the order in which a case meets them."""
    placed = _placed(process)
    assert placed[0].state.initial
    assert all(a.top + a.height < b.top for a, b in pairwise(placed))
    assert all(not a.state.final or b.state.final for a, b in pairwise(placed))


def test_short_lines_lie_inside_long_ones() -> None:
    """Lane 0 is nearest to the boxes."""
    assert assign([Bus("far", (10,), 500), Bus("near", (100,), 140), Bus("apart", (600,), 700)]) == {
        "near": 0,
        "apart": 0,
        "far": 1,
    }


def test_words_of_a_definition_are_never_markup() -> None:
    """A title may hold any character."""
    text = (FOLDER / "process.yaml").read_text().replace("Kartu AK-1 daring", "<script>&x</script>")
    files = {f.name: f.read_text() for f in FOLDER.glob("*.yaml")} | {"process.yaml": text}
    root = tree.fromstring(draw(parse_process(files)))
    assert root.findtext(f"{SVG}title") == "<script>&x</script>"
    assert not list(root.iter(f"{SVG}script"))
