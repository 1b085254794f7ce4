"""Which call a frame is making, so that a message can repeat it in the user's own words.

NumPy and Python convert a traced value by `__array__`, `__float__` and their kin without a word
about why.  The frame that asked knows: its bytecode says which instruction runs, and the columns
that Python keeps with it (PEP 657) say which part of it is the callee.

>>> import sys
>>> class Asking:
...     def __float__(self):
...         site = call_site(sys._getframe(1))
...         print(site.operation, site.names, site.function)
...         return 1.0
>>> import math
>>> math.sin(Asking()) > 0
call ('math', 'sin') <built-in function sin>
True
>>> "%.1f" % Asking()
% () None
'1.0'
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType, ModuleType
from typing import Any

REMAINDERS = (6, 19)
"""The arguments of BINARY_OP for `%` and `%=`."""
OPERATIONS = {
    "BINARY_SUBSCR": "a[i]", "STORE_SUBSCR": "a[i] = x", "STORE_SLICE": "a[i] = x",
    "BINARY_OP": "a + b", "COMPARE_OP": "a + b",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallSite:
    """What a frame is doing: `operation` is "call", "%", "a + b", "a[i]", "a[i] = x", or "".

    Of a call: the callee's names (`("X", "dot")`; a first name of "" stands for an expression),
    the callee itself and what it is a method of, where these are names of variables and modules
    (else None), and the source of the receiver and the arguments, where it is at hand.  Of
    "a[i] = x" the receiver is the source of a, the owner is a itself, and `made` the source of what
    was last assigned to the name a.
    """

    operation: str
    names: tuple[str, ...] = ()
    function: Any = None
    owner: Any = None
    receiver: str = ""
    arguments: tuple[str, ...] = ()
    keywords: Mapping[str, str] = field(default_factory=dict)
    made: str = ""


NO_CALL = CallSite("")
BESIDE_THE_CALLEE = ("KW_NAMES", "PUSH_NULL", "LOAD_CONST")
"""Instructions that stand where the callee begins and are no part of it: keywords, say."""


def call_site(frame: FrameType) -> CallSite:
    """What a frame is doing just now."""
    code = frame.f_code
    done = [i for i in dis.get_instructions(code) if i.offset <= frame.f_lasti]
    if not done:
        return NO_CALL
    now = done[-1]
    if now.opname == "BINARY_OP" and now.arg in REMAINDERS:
        return CallSite("%")
    if now.opname.startswith("STORE_"):
        texts = _texts(code, now.positions)
        owner = look_up(frame, tuple(texts[0].split(".")))[0]
        made = _made(frame, texts[0])
        return CallSite(OPERATIONS.get(now.opname, ""), (), None, owner, *texts, made=made)
    if "CALL" not in now.opname:
        return CallSite(OPERATIONS.get(now.opname, ""))
    names = callee(done)
    function, owner = look_up(frame, names)
    return CallSite("call", names, function, owner, *_texts(code, now.positions))


def callee(done: list[dis.Instruction]) -> tuple[str, ...]:
    """The names of which the callee of the last instruction is made: they begin where it begins."""
    call = done[-1].positions
    if call is None or call.col_offset is None:
        return ()
    start, names = (call.lineno, call.col_offset), []
    for one in reversed(done[:-1]):
        place = one.positions
        if place is None or (place.lineno, place.col_offset) != start or place == call:
            continue
        if one.opname in BESIDE_THE_CALLEE:
            continue
        if one.opname in ("LOAD_METHOD", "LOAD_ATTR"):
            names.append(str(one.argval))
        elif one.opname.startswith("LOAD_") and isinstance(one.argval, str):
            return (one.argval, *reversed(names))
        else:
            break
    return ("", *reversed(names)) if names else ()


def look_up(frame: FrameType, names: tuple[str, ...]) -> tuple[Any, Any]:
    """The object that names stand for, and what it is an attribute of, where nothing must run."""
    if not names or not names[0]:
        return None, None
    for scope in (frame.f_locals, frame.f_globals, vars(builtins)):
        if names[0] in scope:
            found, owner = scope[names[0]], None
            break
    else:
        return None, None
    for name in names[1:]:
        owner = found
        if isinstance(owner, ModuleType):
            found = getattr(owner, name, None)
        else:  # without a property that would run
            found = vars(owner).get(name) if hasattr(owner, "__dict__") else None
        if found is None:
            return None, owner if name is names[-1] else None
    return found, owner


def _texts(
    code: CodeType, place: dis.Positions | None
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """The source of a call's receiver and arguments, or of what is indexed; empty where unknown."""
    nothing: tuple[str, tuple[str, ...], dict[str, str]] = ("", (), {})
    if place is None or place.lineno is None or place.end_lineno is None:
        return nothing
    lines = [
        linecache.getline(code.co_filename, number).encode()
        for number in range(place.lineno, place.end_lineno + 1)
    ]
    lines[-1] = lines[-1][: place.end_col_offset]
    lines[0] = lines[0][place.col_offset or 0 :]
    try:
        call = ast.parse(b"".join(lines).decode(), mode="eval").body
    except (SyntaxError, ValueError):
        return nothing
    if isinstance(call, ast.Subscript):
        return _operand(call.value), (), {}
    if not isinstance(call, ast.Call):
        return nothing
    receiver = _operand(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    keywords = {one.arg: _operand(one.value) for one in call.keywords if one.arg}
    return receiver, tuple(map(_operand, call.args)), keywords


def _made(frame: FrameType, name: str) -> str:
    """The source of what the frame's code assigned last to a name of its own, above its line."""
    if name not in frame.f_code.co_varnames:
        return ""
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:
        return ""
    found = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, inside = node.targets[0], frame.f_code.co_firstlineno <= node.lineno
            if isinstance(target, ast.Name) and target.id == name and inside:
                found = ast.unparse(node.value) if node.lineno <= frame.f_lineno else found
    return found


ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.List, ast.Starred)


def _operand(node: ast.expr) -> str:
    """Source that may stand beside an operator: in parentheses where it needs them."""
    text = ast.unparse(node)
    return text if isinstance(node, ATOMS) else f"({text})"
