"""Run a cell and say what it shows: what the worker of a page calls, and a test can call too.

>>> runner = Runner()
>>> runner.run("x = 3\\nprint('now')\\nx + 1", 1)
[{'kind': 'text', 'data': 'now\\n'}, {'kind': 'text', 'data': '4'}]
>>> runner.run("1 / 0", 2)[0]["data"]
'ZeroDivisionError: division by zero\\n  in cell 2, line 1: 1 / 0'
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import re
import traceback
import warnings
from collections.abc import Iterator
from html import escape
from typing import Any

Shown = dict[str, Any]
"""A piece of output: its kind, "text", "html", "error" or "check", and its data."""


class Runner:
    """The namespace of a page, in which its cells run one after another."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {"__name__": "__main__"}

    def run(self, source: str, number: int) -> list[Shown]:
        """What a cell shows: printed text, the last expression as it shows itself, or an error."""
        name = f"cell {number}"
        source = "\n".join("" if re.match(r"\s*[%!]", own) else own for own in source.splitlines())
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        printed, shown = io.StringIO(), []
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("default")
            warnings.showwarning = lambda message, kind, *_, **__: print(
                f"{kind.__name__}: {message}"
            )
            try:
                shown = list(_shown(self._value(source, name)))
            except Exception as error:
                shown = [{"kind": "error", "data": _words(error)}]
        text = printed.getvalue()
        return [{"kind": "text", "data": text}, *shown] if text else shown

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


def _shown(value: Any) -> Iterator[Shown]:
    if value is None:
        return
    bundle = getattr(value, "_repr_mimebundle_", None)
    data = bundle() if callable(bundle) and not isinstance(value, type) else {}
    html = data.get("text/html")
    if html is None and hasattr(value, "_repr_html_") and not isinstance(value, type):
        html = value._repr_html_()
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
