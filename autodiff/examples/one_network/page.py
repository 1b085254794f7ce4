"""Side by side in a notebook: the programs of all systems, and the graphs that they hold."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

import autodiff as ad
from autodiff.examples.one_network.problem import Problem
from autodiff.examples.one_network.styles import CAFFE, STYLES, in_caffe

_GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax({}em,1fr));gap:0.6em;"
_CARD = "border:1px solid #8888;border-radius:6px;padding:0.5em;min-width:0;overflow:auto;"
_CODE = "font-family:monospace;font-size:0.72em;line-height:1.25"
_SMALL = "display:block;max-width:100%;max-height:30em;width:auto;height:auto;margin:0.4em auto"


class SideBySide:
    """Cards with a title, a sentence, and a body in HTML and in words."""

    def __init__(self, cards: Sequence[tuple[str, str, str, str]], width: int) -> None:
        self.cards, self.width = cards, width

    def __str__(self) -> str:
        parts = [
            f"{title}: {sentence}\n\n{textwrap.indent(words, '    ')}"
            for title, sentence, _, words in self.cards
        ]
        return "\n\n".join(parts)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> Any:
        """What a notebook shows."""
        cards = "".join(
            f'<div style="{_CARD}"><b>{escape(title)}</b> <i>{escape(sentence)}</i>{body}</div>'
            for title, sentence, body, _ in self.cards
        )
        html = f'<div style="{_GRID.format(self.width)}">{cards}</div>'
        return {"text/html": html, "text/plain": str(self)}


def programs(*names: str) -> SideBySide:
    """The network as the systems' own programs write it.

    >>> print(str(programs("Theano"))[:45])
    Theano: Write an expression, compile it.
    """
    cards = []
    for name in names or STYLES:
        code = program(name)
        body = f'<pre style="{_CODE}">{escape(code)}</pre>'
        cards.append((name, (STYLES[name].__doc__ or "").strip(), body, code))
    return SideBySide(cards, 30)


def program(name: str) -> str:
    """The source of one style, without its `def`, sentence and imports."""
    style = STYLES[name]
    body = textwrap.dedent("\n".join(inspect.getsource(style).splitlines()[1:])).splitlines()
    kept = [line for line in body if not line.lstrip().startswith(('"""', "from ", "import "))]
    code = "\n".join(kept).strip().replace("  # fmt: skip", "")
    text = CAFFE.format(net=Problem.small()) + "\n\n" if style is in_caffe else ""
    return text + code


def pictures(problem: Problem, *names: str) -> SideBySide:
    """What each system holds of the network after a step, drawn by `ad.draw`."""
    cards = []
    for name in names or STYLES:
        step, graph = STYLES[name](problem)
        step(*problem.batches[0])
        drawing = ad.draw(graph(), detail="value", collapse=False, constants="none", direction="TB")
        sentence = (STYLES[name].__doc__ or "").strip()
        body = re.sub(r'style="max-width[^"]*"', f'style="{_SMALL}"', drawing.still())
        cards.append((name, sentence, body, drawing.outline()))
    return SideBySide(cards, 19)
