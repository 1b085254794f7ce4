"""The user's own functions as groups: each call of `softmax(z)` is a part of the picture.

A program is a flat list; the structure that its author gave it is in the functions that were
called.  While a function is drawn it is run once with Python's profiler looking on, which tells
when a function of the user's is entered and left; every operation recorded in between belongs to
that call.  A call goes by the words on its line.  Nothing of this costs anything elsewhere.

>>> import autodiff as ad
>>> def softmax(z):
...     e = np.exp(z)
...     return e / np.sum(e)
>>> def f(z):
...     return np.sum(softmax(z) ** 2) + np.sum(softmax(2 * z))
>>> from autodiff.view import draw
>>> list(dict.fromkeys(node.scope for node in draw(f, np.ones(2)).graph.nodes))
[(), ('softmax(z)',), ('softmax(…)',)]
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

import numpy as np

from autodiff.core.ground.locations import is_installed, locate
from autodiff.core.language.equation import Equation, next_number
from autodiff.view.words.text import clipped

WIDEST = 44
"""Characters of a call's words."""
LEAST = 2
"""A call of fewer operations than this is no group."""
SIMPLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant)
MANY = 4
"""So many equal calls one after another become one group of their own."""
CALLED = "__call__"
Path = tuple[str, ...]


@dataclass(slots=True, eq=False)
class Call:
    """One call of a user's function: its words, and the numbers between which it recorded.

    `kind` is the class whose method it is.
    """

    words: str
    code: CodeType | None
    start: int
    kind: str = ""
    stop: int = 0
    inner: list[Call] = field(default_factory=list)


@contextmanager
def watched_calls() -> Iterator[Call]:
    """Note every call of a user's function in this thread, as a tree; the root is the block."""
    root = Call("", None, next_number())
    stack: list[tuple[FrameType | None, Call]] = [(None, root)]
    before = sys.getprofile()

    def look(frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if event == "call":
            if code.co_name.startswith("<") or is_installed(code.co_filename):
                return
            call = Call(_words(frame), code, next_number(), _kind(frame))
            stack[-1][1].inner.append(call)
            stack.append((frame, call))
        elif event == "return" and stack[-1][0] is frame:
            stack.pop()[1].stop = next_number()

    sys.setprofile(look)
    try:
        yield root
    finally:
        sys.setprofile(before)
        for _, call in stack:
            call.stop = next_number()


def _words(frame: FrameType) -> str:
    """The call as it stands in the caller's code, `softmax(z)`; else the function's name."""
    caller, special = frame.f_back, _is_special(frame)
    name = _name(frame) if special else frame.f_code.co_name
    if caller is None or is_installed(caller.f_code.co_filename):
        return name
    place = locate(caller.f_code, caller.f_lasti)
    if place is None:
        return name
    return _call_in_words(place.whole, "" if special else name) or name


def _is_special(frame: FrameType) -> bool:
    """Whether a method is called without its name: `layer(x)`, `a @ b`, `Layer(3)`."""
    return frame.f_code.co_name.startswith("__") or _is_method(frame, CALLED)


def _kind(frame: FrameType) -> str:
    """The class whose method is called, or nothing."""
    return _owner(frame).__name__ if _is_method(frame, frame.f_code.co_name) else ""


def _is_method(frame: FrameType, name: str) -> bool:
    """Whether the code that runs is this method of its first argument."""
    code = frame.f_code
    if not code.co_argcount:
        return False
    return getattr(getattr(_owner(frame), name, None), "__code__", None) is code


def _name(frame: FrameType) -> str:
    """Of a method that is called without its name its class: `Layer`, `Layer.__matmul__`."""
    code = frame.f_code
    if not code.co_argcount:
        return code.co_name
    owner = _owner(frame).__name__
    return owner if code.co_name in ("__init__", CALLED) else f"{owner}.{code.co_name}"


def _owner(frame: FrameType) -> type:
    """The class of a method's first argument."""
    return type(frame.f_locals.get(frame.f_code.co_varnames[0]))


@lru_cache(maxsize=1000)
def _call_in_words(expression: str, name: str) -> str:
    """`attention(p, …)`: a call; arguments that are expressions, or too many, are left out.

    Without a name, which special methods have none of, any expression is told as it stands.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(tree, ast.Call):
        return "" if name else clipped(ast.unparse(tree), WIDEST)
    if not ast.unparse(tree.func).endswith(name):
        return ""
    told = [ast.unparse(a) if isinstance(a, SIMPLE) else "…" for a in tree.args]
    for keyword in tree.keywords:
        value = ast.unparse(keyword.value) if isinstance(keyword.value, SIMPLE) else "…"
        told.append(f"**{value}" if keyword.arg is None else f"{keyword.arg}={value}")
    while len(told) > 1 and told[-1] == told[-2] == "…":
        told.pop()
    own = ast.unparse(tree.func)
    while len(f"{own}({', '.join(told)})") > WIDEST and told != ["…"]:
        told = [*told[: -2 if told[-1] == "…" else -1], "…"]
    return clipped(f"{own}({', '.join(told)})", WIDEST)


def call_paths(root: Call, program: Sequence[Equation]) -> dict[Equation, Path]:
    """For each operation the calls around it, outermost first, by names that are unique."""
    numbers = np.array([e.number for e in program if e.op is not None])
    owners = [e for e in program if e.op is not None]
    paths: dict[Equation, Path] = {}

    def count(call: Call) -> int:
        low, high = np.searchsorted(numbers, [call.start, call.stop])
        return int(high - low)

    def useful(call: Call, whole: int) -> list[Call]:
        """The calls inside one that are groups; what wraps all of it is seen through."""
        found: list[Call] = []
        for inner in call.inner:
            size = count(inner)
            if size >= whole:
                found += useful(inner, whole)
            elif size >= LEAST:
                found.append(inner)
            elif size:
                found += useful(inner, whole)
        return found

    pending: list[tuple[Call, Path]] = [(root, ())]
    while pending:
        call, path = pending.pop()
        inner = useful(call, count(call))
        many = _runs(inner)
        taken: Counter[str] = Counter()
        kinds: dict[str, set[str]] = {}  # one line may call methods of several classes
        for each in inner:
            kinds.setdefault(each.words, set()).add(each.kind)
        for each in inner:
            outer = path
            if each in many:
                outer = (*path, many[each])
            several = each.kind and len(kinds[each.words]) > 1
            title = f"{each.kind}: {each.words}" if several else each.words
            taken[title] += 1
            repeat = f" ({taken[title]})" if taken[title] > 1 else ""
            own = (*outer, title + repeat)
            low, high = np.searchsorted(numbers, [each.start, each.stop])
            for equation in owners[low:high]:
                paths[equation] = own
            pending.append((each, own))
    return paths


def _runs(calls: Sequence[Call]) -> dict[Call, str]:
    """Runs of calls of the same function one after another, and the name of each run."""
    found: dict[Call, str] = {}
    start = 0
    for place in range(1, len(calls) + 1):
        if place == len(calls) or calls[place].code is not calls[start].code:
            if place - start >= MANY:
                name = calls[start].code.co_name if calls[start].code else "block"
                title = f"{name} × {place - start}"
                same = sum(other.startswith(title) for other in set(found.values()))
                title += f" ({same + 1})" if same else ""
                found |= dict.fromkeys(calls[start:place], title)
            start = place
    return found
