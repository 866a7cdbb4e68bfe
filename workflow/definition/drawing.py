"""A process as a picture: its states in one column with their moves, readable on a phone. Pure and deterministic.

Each state is a box that lists its moves; from each a line runs through a lane at the right to the state that it leads
to. All lines to a state share its lane, so no line crosses a word.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple
from xml.sax.saxutils import escape

from workflow.definition.drawing_words import STYLE, legend, said_of, who
from workflow.definition.lanes import Bus, assign
from workflow.definition.process import Process, State, Text, Transition

#: Pixels, of which CSS may make any width.
MARGIN, BOX, LANE = 12, 264, 11
HEAD, ROW, FOOT, GAP, TITLE = 34, 30, 5, 16, 64
#: Letters that fit into a row and into a heading.
ROW_LETTERS, HEAD_LETTERS = 42, 24


class Placed(NamedTuple):
    """A state with its place."""

    state: State
    tone: str
    moves: tuple[Transition, ...]
    top: int

    @property
    def height(self) -> int:
        """Pixels."""
        return HEAD + (ROW * len(self.moves) + FOOT if self.moves else 0)

    @property
    def port(self) -> int:
        """Height at which lines come in."""
        return self.top + HEAD // 2

    def row(self, position: int) -> int:
        """Height at which the line of a move goes out."""
        return self.top + HEAD + ROW * position + ROW // 2


def draw(process: Process, language: str = "id") -> str:
    """The state machine as SVG, with a title and a description for those who do not see it."""
    placed = _placed(process)
    buses = _buses(placed)
    lanes = assign(buses)
    width = 2 * MARGIN + BOX + LANE * (max(lanes.values(), default=0) + 2)
    height = placed[-1].top + placed[-1].height + MARGIN
    title = _words(process.title, language)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="drawing-title drawing-desc" lang="{escape(language)}">',
        f'<title id="drawing-title">{escape(title)}</title>',
        f'<desc id="drawing-desc">{escape(_description(process, placed, language))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        _text("name", MARGIN, 24, _cut(title, HEAD_LETTERS + 10)),
        *_legend(language),
        *(line for bus in buses for line in _lines(bus, lanes[bus.target])),
        *(line for one in placed for line in _box(process, one, language)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def tone_of(process: Process, state: State) -> str:
    """`initial`, `final`, `human` (somebody has a task), `system` (it moves on by itself) or `waiting`."""
    if state.initial:
        return "initial"
    if state.final:
        return "final"
    if state.task is not None:
        return "human"
    return "system" if any(t.by == "system" for t in process.moves_from(state.name)) else "waiting"


def _placed(process: Process) -> list[Placed]:
    out: list[Placed] = []
    top = TITLE
    for name in _order(process):
        state = process.states[name]
        one = Placed(state, tone_of(process, state), process.moves_from(name), top)
        out.append(one)
        top += one.height + GAP
    return out


def _order(process: Process) -> list[str]:
    """States as a case meets them: breadth first along the moves as written, final ones last."""
    seen, queue = {process.initial.name: None}, deque([process.initial.name])
    while queue:
        for move in process.moves_from(queue.popleft()):
            if move.to not in seen:
                seen[move.to] = None
                queue.append(move.to)
    met = [*seen, *(name for name in process.states if name not in seen)]
    return [n for n in met if not process.states[n].final] + [n for n in met if process.states[n].final]


def _buses(placed: list[Placed]) -> list[Bus]:
    out = []
    for target in placed:
        rows = [
            one.row(position)
            for one in placed
            for position, move in enumerate(one.moves)
            if move.to == target.state.name and one is not target
        ]
        if rows:
            out.append(Bus(target.state.name, tuple(rows), target.port))
    return out


def _lines(bus: Bus, lane: int) -> list[str]:
    edge = MARGIN + BOX
    x = edge + LANE * (lane + 1)
    low, high = bus.span
    lines = [f'<path class="line" d="M{edge} {y}H{x}"/>' for y in bus.sources]
    lines.append(f'<path class="line" d="M{x} {low}V{high}"/>')
    lines.append(f'<path class="line" d="M{x} {bus.end}H{edge + 6}"/>')
    lines.append(f'<path class="tip" d="M{edge} {bus.end}l8 -4v8z"/>')
    return lines


def _box(process: Process, one: Placed, language: str) -> list[str]:
    right = MARGIN + BOX
    title = _cut(_words(one.state.title, language), HEAD_LETTERS)
    lines = [
        f'<g class="{one.tone}">',
        f'<rect class="box" x="{MARGIN}" y="{one.top}" width="{BOX}" height="{one.height}" rx="6"/>',
        f'<rect class="head" x="{MARGIN}" y="{one.top}" width="{BOX}" height="{HEAD}" rx="6"/>',
        _text("state", MARGIN + 10, one.top + 22, title),
        _text("tag", right - 10, one.top + 21, said_of(one.tone, language)),
    ]
    for position, move in enumerate(one.moves):
        y = one.row(position)
        there = "↺" if move.to == one.state.name else f"→ {_words(process.states[move.to].title, language)}"
        lines.append(_text("move", MARGIN + 10, y - 2, _cut(_words(move.title, language), ROW_LETTERS - 2)))
        lines.append(_text("where", MARGIN + 10, y + 11, _cut(f"{who(process, move, language)} {there}", ROW_LETTERS)))
    lines.append("</g>")
    return lines


def _legend(language: str) -> list[str]:
    x, out = MARGIN, []
    for tone, words in legend(language):
        out.append(f'<g class="{tone}"><rect class="head" x="{x}" y="38" width="10" height="10" rx="2"/></g>')
        out.append(_text("key", x + 14, 47, words))
        x += 24 + 7 * len(words)
    return out


def _description(process: Process, placed: list[Placed], language: str) -> str:
    """What the picture shows, in words."""
    told = []
    for one in placed:
        told_moves = (
            (_words(t.title, language), who(process, t, language), _words(process.states[t.to].title, language))
            for t in one.moves
        )
        moves = "; ".join(f"{what} ({by}) → {there}" for what, by, there in told_moves)
        state = f"{_words(one.state.title, language)} ({said_of(one.tone, language)})"
        told.append(f"{state}: {moves}." if moves else f"{state}.")
    return " ".join(told)


def _text(kind: str, x: int, y: int, words: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


def _words(text: Text, language: str) -> str:
    return text.get(language) or text["id"]


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
