"""Run a cell and say what it shows: what the worker of a page calls, and a test can call too.

>>> runner = Runner()
>>> runner.run("x = 3\\nprint('now')\\nx + 1", 1)
[{'kind': 'text', 'data': 'now\\n'}, {'kind': 'text', 'data': '4'}]
>>> runner.run("1 / 0", 2)[0]["data"]
'ZeroDivisionError: division by zero\\n  in cell 2, line 1: 1 / 0'
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import linecache
import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from html import escape
from typing import Any

from autodiff.course.grading.plain import plain

Shown = dict[str, Any]
"""A piece of output: its kind, "text", "html", "error" or "check", and its data."""


class Runner:
    """The namespace of a page, in which its cells run one after another."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {"__name__": "__main__", "display": self._display}
        self.printed, self.shown = io.StringIO(), list[Shown]()
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # "may take a moment"

    def run(self, source: str, number: int) -> list[Shown]:
        """What a cell shows: printed text, the last expression as it shows itself, or an error.

        As in Jupyter, `display(x)` shows x in between, `%` and `!` lines are passed over, and what
        was drawn by pyplot is shown at the end.
        """
        name = f"cell {number}"
        source = plain(source)
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        self.printed, self.shown = io.StringIO(), []
        with (
            contextlib.redirect_stdout(self.printed),
            contextlib.redirect_stderr(self.printed),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("default")
            warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
            warnings.showwarning = lambda message, kind, *_, **__: print(
                f"{kind.__name__}: {message}"
            )
            try:
                self._display(*filter(_is_something, [self._value(source, name)]))
                self._display(*_figures())
            except Exception as error:
                self._flush()
                self.shown.append({"kind": "error", "data": _words(error)})
        self._flush()
        return self.shown

    def _display(self, *values: Any, **_: Any) -> None:
        """Show values after what was printed so far."""
        for value in values:
            found = list(_shown(value))
            self._flush()
            self.shown += found

    def _flush(self) -> None:
        text = self.printed.getvalue()
        if text:
            self.shown.append({"kind": "text", "data": text})
            self.printed.seek(0)
            self.printed.truncate()

    def answer(self, session: str, request: str) -> str:
        """What a live picture of this page is answered; both are JSON."""
        from autodiff.view.live.widget import answer

        return json.dumps(answer(session, json.loads(request)), allow_nan=False)

    def _value(self, source: str, name: str) -> Any:
        """The value of the last expression, None where the cell ends in something else."""
        tree = ast.parse(source, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), self.space)
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), name, "eval"), self.space)


def _is_something(value: Any) -> bool:
    return value is not None


def _figures() -> Iterator[Any]:
    """What pyplot has open, which is closed then."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        for number in pyplot.get_fignums():
            yield pyplot.figure(number)
        pyplot.close("all")


def _shown(value: Any) -> Iterator[Shown]:
    bundle = getattr(value, "_repr_mimebundle_", None)
    data = bundle() if callable(bundle) and not isinstance(value, type) else {}
    html = data.get("text/html")
    if html is None and hasattr(value, "_repr_html_") and not isinstance(value, type):
        html = value._repr_html_()
    if type(value).__module__ == "matplotlib.figure" and not data:
        buffer = io.BytesIO()
        value.savefig(buffer, format="png", dpi=100, bbox_inches="tight")
        png = base64.b64encode(buffer.getvalue()).decode()
        data = {"image/png": png, "text/plain": repr(value)}
    if html is None and "image/png" in data:
        alt = escape(data.get("text/plain", "a picture"))
        html = f'<img alt="{alt}" src="data:image/png;base64,{data["image/png"]}">'
    if html is not None:
        yield {"kind": "html", "data": html}
    else:
        yield {"kind": "text", "data": data.get("text/plain") or repr(value)}
    from autodiff.course.report import CheckReport

    if isinstance(value, CheckReport):
        yield {"kind": "check", "exercise": value.number, "passed": value.passed}


def _words(error: BaseException) -> str:
    """The error, and the innermost line of the page's own cells."""
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).strip()
    said = f"{type(error).__name__}: {error}"
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("cell ")]
    if not own or " line " in said:
        return said
    return f"{said}\n  in {own[-1].filename}, line {own[-1].lineno}: {own[-1].line}"
