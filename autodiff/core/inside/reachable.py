"""The names that a function can come to: those that its code mentions, and the code that it calls.

To exchange all names of NumPy, and to put them back, takes as long as the gradient of a small
function.  Most functions mention a few, and call what their globals, closures and objects hold.
Where that can't be known (`getattr`, an import, an object of a package's class, many functions)
they come to any name.  A name that is overlooked does no harm: NumPy's own function refuses a
traced value.

>>> import math
>>> def length(x):
...     return math.hypot(*x)
>>> [sorted(code.names) for code in reach(lambda x: 2 * length(x))]
[['length'], ['hypot', 'math']]
>>> reach(lambda name: getattr(math, name)) is None
True
"""

from __future__ import annotations

import dis
import functools
import sys
import weakref
from collections.abc import Iterable, Mapping, Sized
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import is_installed
from autodiff.core.inside.remembered import Remembered, is_plain
from autodiff.core.language.op import Op

MOST = 60
"""A program of more values comes to any name: to follow it takes as long as to exchange all."""
MOST_CODES = 1000
FUNCTIONS = (BuiltinFunctionType, np.ufunc, type(np.sum))
"""Classes of functions that run no Python but what they are given."""
PYTHONS = "(vectorized)"
"""So ends the name of a `np.ufunc` that calls a function of Python."""
DYNAMIC = frozenset(
    ["getattr", "setattr", "eval", "exec", "compile", "vars", "globals", "locals"]
).union(
    ["__import__", "__dict__", "__getattribute__", "__globals__", "__builtins__", "f_globals"],
    ["modules", "import_module", "attrgetter", "methodcaller", "frompyfunc", "breakpoint"],
)
"""Names that lead to others by a text."""


class Around(functools.partial[Any]):
    """A function of this library's own that calls nothing of the user's but `function`."""

    function: Any


class Code(NamedTuple):
    """A code object with those inside of it: the names it mentions, and its global variables.

    `dynamic` says that it may come to any name; `users`, that it is the user's own.
    """

    code: CodeType
    names: frozenset[str]
    variables: tuple[str, ...]
    dynamic: bool
    users: bool


def reach(
    function: Any, values: Iterable[Any] = (), told: Mapping[int, Any] | None = None
) -> list[Code] | None:
    """The code that a function comes to when it is called with values; None where it may be any.

    It may be any too where a variable of its module stands for one of the functions `told`, by
    their identity.
    """
    told = told or {}
    while isinstance(function, Around):
        function = function.function
    others = [value for value in values if not is_plain(value)]
    root = function.__code__ if function.__class__ is FunctionType else None
    known = _reached.get(id(root)) if root is not None and not others else None
    if known is not None and known[0].holds_for(function, len(told)):
        return known[1]
    walk = _Walk(told)
    try:
        walk.call(function)
        walk.all(others, others)
        walk.modules_by_names()
    except _AnyName:
        return None
    if root is not None and walk.seen.lasting and not others:
        if len(_reached) >= MOST_CODES:
            _reached.clear()
        _reached[id(root)] = (walk.seen, walk.found)
    return walk.found


_reached: dict[int, tuple[Remembered, list[Code]]] = {}
"""By the identity of the code of a function, which is kept alive by it."""


class _AnyName(Exception):
    """Something was met that may come to any name."""


class _Walk:
    """The code that was met so far, and how many more values are looked at."""

    __slots__ = ("found", "left", "met", "modules", "seen", "told")

    def __init__(self, told: Mapping[int, Any]) -> None:
        self.told, self.left = told, MOST
        self.found: list[Code] = []
        self.met: set[int] = set()
        self.modules: list[ModuleType] = []
        self.seen = Remembered(len(told))

    def see(self, value: Any) -> None:
        """Follow a value that the function holds or is given."""
        kind = value.__class__
        self.left -= 1
        if is_plain(value):
            return
        if kind is np.ndarray:  # of objects
            raise _AnyName
        if kind is tuple or kind is list:
            self.seen.lasting = False
            self.all(value, value)
        elif kind is dict:
            self.seen.lasting = False
            self.all(list(value.values()), value)
        elif kind is ModuleType:
            if not _is_packages(value):
                self.modules.append(value)
        elif kind is type:
            if value.__module__ not in ("builtins", "numpy"):
                self.whole_class(value)
        elif isinstance(value, FUNCTIONS):
            if value.__name__ in DYNAMIC or value.__name__.endswith(PYTHONS):
                raise _AnyName
        elif kind is Op:
            if not _is_of_packages(value):
                raise _AnyName
        else:
            self.call(value)

    def all(self, values: Iterable[Any], container: Sized) -> None:
        """Follow each value of a container; it may have changed since the last time."""
        if len(container) > self.left:
            raise _AnyName
        for value in values:
            self.see(value)

    def call(self, function: Any) -> None:
        """Follow what can be called, or an object whose methods can."""
        if id(function) in self.met:
            return
        self.met.add(id(function))
        if function.__class__ is FunctionType:
            self.function(function)
            return
        self.seen.lasting = False
        if function.__class__ is MethodType:
            self.see(function.__func__)
            self.see(function.__self__)
        elif isinstance(function, functools.partial):
            self.see(function.func)
            self.all(function.args, function.args)
            self.all(function.keywords.values(), function.keywords)
        else:
            self.whole_class(type(function))
            if type(function).__dictoffset__:
                self.all(list(vars(function).values()), vars(function))

    def function(self, function: FunctionType) -> None:
        """Follow what a function mentions, its closure, its defaults, its attributes."""
        code = _code(function.__code__)
        self.seen.function(function, code.variables if code.users else ())
        if code.users:
            self.mention(code, function.__globals__)
        for cell in function.__closure__ or ():
            try:
                self.see(cell.cell_contents)
            except ValueError:  # the variable is not bound yet
                raise _AnyName from None
        for values in (function.__defaults__, function.__kwdefaults__, function.__dict__):
            if values:
                self.see(values)

    def whole_class(self, kind: type) -> None:
        """Follow all that a class of the user's defines, and the classes that it is made of."""
        self.seen.lasting = False
        for base in kind.__mro__[:-1]:
            if id(base) in self.met:
                continue
            self.met.add(id(base))
            module = sys.modules.get(base.__module__)
            if base.__class__ is not type or module is None or _is_packages(module):
                raise _AnyName
            for name, part in list(vars(base).items()):
                if part.__class__ in (staticmethod, classmethod):
                    self.see(part.__func__)
                elif part.__class__ is property:
                    self.see((part.fget, part.fset, part.fdel))
                elif part.__class__ is FunctionType or not name.startswith("__"):
                    self.see(part)

    def mention(self, code: Code, variables: Mapping[str, Any]) -> None:
        """Follow what the user's code mentions."""
        if code.dynamic or self.left < 0:
            raise _AnyName
        self.found.append(code)
        for name in code.variables:
            self.variable(variables.get(name))

    def variable(self, value: Any) -> None:
        """Follow what a variable of one of the user's modules stands for."""
        if id(value) in self.told:
            raise _AnyName
        self.see(value)

    def modules_by_names(self) -> None:
        """Follow what the user's modules hold under the names that are mentioned."""
        seen: set[tuple[int, str]] = set()
        while self.modules:
            names: set[str] = set().union(*[code.names for code in self.found])
            places = [(m, n) for m in self.modules for n in names & vars(m).keys()]
            new = [(m, n) for m, n in places if (id(m), n) not in seen]
            if not new:
                for module in self.modules:
                    self.seen.module(module, names)
                return
            for module, name in new:
                seen.add((id(module), name))
                self.variable(vars(module)[name])


def _is_packages(module: ModuleType) -> bool:
    """Whether a module is Python's own or of an installed package."""
    known = _modules.get(id(module))
    if known is None or known[0] is not module:
        file = getattr(module, "__file__", None)
        own = module.__name__ in sys.builtin_module_names if file is None else is_installed(file)
        known = _modules[id(module)] = (module, own)
    return known[1]


def _is_of_packages(op: Op) -> bool:
    """Whether an op is all an installed package's, so that it calls no code of the user's."""
    known = _ops.get(op)
    if known is None:
        rules = (op.function, *op.partials, *op.rules.values(), op.joint_vjp, op.add_vjp, op.binder)
        known = _ops[op] = all(map(_is_packages_rule, rules))
    return known


def _is_packages_rule(rule: Any) -> bool:
    if isinstance(rule, functools.partial):
        return all(map(_is_packages_rule, (rule.func, *rule.args, *rule.keywords.values())))
    if rule.__class__ is FunctionType:
        return is_installed(rule.__code__.co_filename)
    return is_plain(rule) or isinstance(rule, FUNCTIONS)


_ops: weakref.WeakKeyDictionary[Op, bool] = weakref.WeakKeyDictionary()
_modules: dict[int, tuple[ModuleType, bool]] = {}
_codes: dict[int, Code] = {}


def _code(code: CodeType) -> Code:
    """What a code object mentions, worked out once."""
    known = _codes.get(id(code))
    if known is None or known.code is not code:
        if len(_codes) >= MOST_CODES:
            _codes.clear()
        known = _codes[id(code)] = _mentions(code)
    return known


def _mentions(code: CodeType) -> Code:
    names, variables, imports = set(code.co_names), set(), False
    for instruction in dis.get_instructions(code):
        if instruction.opcode in dis.hasname:
            if instruction.opname.startswith("IMPORT"):
                imports = True
            elif not instruction.opname.endswith(("_ATTR", "_METHOD")):
                variables.add(str(instruction.argval))
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found = _mentions(inner)
            names |= found.names
            variables |= set(found.variables)
            imports |= found.dynamic
    dynamic = imports or not names.isdisjoint(DYNAMIC)
    users = not is_installed(code.co_filename)
    return Code(code, frozenset(names), tuple(sorted(variables)), dynamic, users)
