"""Torch's own scripts, unchanged: Lua runs in this process (by the wheel `lupa`), over our tensors.

    from autodiff.frontends.torch.lua import Lua
    Lua().run("example-linear-regression.lua")        # or frontends.run torch PROGRAM.lua

A tensor or a module is a Lua table whose metatable asks Python; `#t`, `t[i]`, `t[{ {}, 1 }]` and
`t:add(x)` mean what they mean in Torch.  A Lua table that Python gets is a list, or a mapping that
writes into it; a Lua function is called with Lua's values, and its results come back as Python's.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.data.ground.errors import package
from autodiff.frontends import torch
from autodiff.frontends.torch.scripts import new_class, read
from autodiff.frontends.torch.tensor import Sizes, Tensor

LIBRARIES = {"torch": torch, "nn": torch.nn, "optim": torch.optim}
NAMES = {"__init": "__init__", "__tostring": "__repr__", "__tostring__": "__repr__"}
"""Methods of Lua's classes that Python knows by other names."""

GLUE = """
local ask = ...
local meta = {}
meta.__index = function(t, k) return ask.index(rawget(t, "of"), k) end
meta.__newindex = function(t, k, v) ask.put(rawget(t, "of"), k, v) end
meta.__len = function(t) return ask.length(rawget(t, "of")) end
meta.__tostring = function(t) return ask.text(rawget(t, "of")) end
meta.__call = function(t, ...) return ask.call(rawget(t, "of"), ...) end
meta.__eq = function(a, b) return ask.same(rawget(a, "of"), rawget(b, "of")) end
for _, name in ipairs{"add", "sub", "mul", "div"} do
  meta["__" .. name] = function(a, b) return ask.arithmetic(name, a, b) end
end
meta.__unm = function(a) return ask.arithmetic("mul", a, -1) end
unpack, loadstring = table.unpack, load
function print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  ask.print(table.concat(parts, "\\t"))
end
local lengths = {}
return function(of) return setmetatable({of = of}, meta) end,
       function(t) if getmetatable(t) == meta then return rawget(t, "of") end end,
       function(f) return function(...) return f(...) end end,
       function(t) return setmetatable(t, lengths) end,
       function(t) return getmetatable(t) == lengths end
"""


class Settings(MutableMapping[str, Any]):
    """A Lua table as a mapping: what Python writes stands in the table."""

    def __init__(self, lua: Lua, table: Any) -> None:
        self.lua, self.table = lua, table

    def __getitem__(self, key: str) -> Any:
        found = self.table[key]
        if found is None:
            raise KeyError(key)
        return self.lua.python(found)

    def __setitem__(self, key: str, value: Any) -> None:
        self.table[key] = self.lua.lua(value)

    def __delitem__(self, key: str) -> None:
        self.table[key] = None

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.table.keys()))

    def __len__(self) -> int:
        return len(list(self.table.keys()))


class Held:
    """A Python object in one Lua table.

    Each table has a holder of its own: lupa counts an object's places in Lua as one, and would drop
    what a new table still needs when Lua's collector has finished with an old one.
    """

    __slots__ = ("of",)

    def __init__(self, of: Any) -> None:
        self.of = of


class Lua:
    """A Lua with `torch`, `nn` and `optim`; `require` of them, and of what prints, finds them."""

    def __init__(self) -> None:
        lupa = package("lupa.lua52", "Torch's scripts", "lua")
        self.kind = lupa.lua_type
        self.runtime = lupa.LuaRuntime(unpack_returned_tuples=True, register_eval=False)
        ask = self.runtime.table_from({
            "index": self._index, "put": self._put, "length": self._length, "text": self._text,
            "call": lambda held, *given: self._call(held.of, *given),
            "same": lambda a, b: a.of is b.of, "arithmetic": self._arithmetic,
            "print": print,
        })  # fmt: skip
        glue = self.runtime.eval("function(text, ...) return load(text)(...) end")
        found = glue(GLUE, ask)
        self._table_of, self._held, self._function, self._as_sizes, self._is_sizes = found
        own = self.runtime.globals()
        for name, library in LIBRARIES.items():
            own[name] = own.package.loaded[name] = self._wrap(library)
        for name in ("pl", "nnx", "gnuplot"):
            own.package.loaded[name] = True
        self._offer("sys", clock=time.perf_counter, dirname=lambda p: str(Path(p).parent))
        self._offer("xlua", progress=lambda *_: None)
        self._offer("image")
        self._offer("csvigo", load=self._columns)
        self._offer(
            "paths", concat=lambda *parts: "/".join(map(str, parts)),
            filep=lambda p: Path(p).is_file(), dirp=lambda p: Path(p).is_dir(),
        )  # fmt: skip
        own.lapp = self._options

    def _wrap(self, of: Any) -> Any:
        return self._table_of(Held(of))

    def _offer(self, name: str, **functions: Any) -> None:
        own = self.runtime.globals()
        own[name] = own.package.loaded[name] = self.runtime.table_from(functions)

    def _columns(self, path: str) -> Any:
        """A file of comma-separated numbers with a line of names: a table of columns."""
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        columns = {name: [float(row[name]) for row in rows] for name in rows[0]}
        return self.runtime.table_from({n: self.lua(values) for n, values in columns.items()})

    def _options(self, text: str) -> Any:
        """`lapp`: options as they are described, with the values of `arg` or their defaults."""
        found: dict[str, Any] = {}
        short: dict[str, str] = {}
        for line in text.splitlines():
            told = re.match(r"\s*(?:-(\w),)?--(\w+)\s+(?:\(default (.*?)\))?", line)
            if told:
                short[f"-{told[1]}"] = short[f"--{told[2]}"] = told[2]
                found[told[2]] = read(told[3]) if told[3] is not None else False
        given = iter(self.arguments)
        for word in given:
            name = short.get(word)
            if name is None:
                raise ValueError(f"{word!r} is none of {', '.join(short)}.")
            found[name] = True if found[name] is False else read(next(given, ""))
        return self.runtime.table_from(found)

    def run(self, path: Any, arguments: Any = ()) -> None:
        """A script, with its arguments in `arg`; a module that it requires may lie beside it."""
        self.arguments = list(arguments)
        folder = str(Path(path).resolve().parent)
        self.runtime.globals().package.path = f"{folder}/?.lua;./?.lua"
        self.runtime.globals().arg = self.runtime.table_from(list(arguments))
        text = Path(path).read_text(encoding="utf-8")
        load = self.runtime.eval("function(text, name) return assert(load(text, name))() end")
        load(text, f"@{Path(path).name}")

    def python(self, value: Any) -> Any:
        """A value of Lua as Python sees it."""
        kind = self.kind(value)
        if kind == "table":
            held = self._held(value)
            if held is not None:
                return held.of
            count = len(value)
            if count or not len(list(value.keys())):
                listed = [self.python(value[i]) for i in range(1, count + 1)]
                return Sizes(listed) if self._is_sizes(value) else listed
            return Settings(self, value)
        if kind == "function":
            return lambda *given: self._results(value(*map(self.lua, given)))
        return value

    def _results(self, found: Any) -> Any:
        return tuple(map(self.python, found)) if isinstance(found, tuple) else self.python(found)

    def lua(self, value: Any) -> Any:
        """A value of Python as Lua sees it."""
        if isinstance(value, Settings):
            return value.table
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, np.ndarray):
            return value.item() if not value.ndim else self._wrap(Tensor.of(value))
        if isinstance(value, tuple):
            return tuple(map(self.lua, value))
        if isinstance(value, dict):
            return self.runtime.table_from({k: self.lua(v) for k, v in value.items()})
        if isinstance(value, list):
            made = self.runtime.table_from([self.lua(v) for v in value])
            return self._as_sizes(made) if isinstance(value, Sizes) else made
        if value is None or isinstance(value, bool | int | float | str) or self.kind(value):
            return value
        return self._wrap(value)

    # -- what the metatable asks -----------------------------------------------------------------

    def _call(self, function: Any, *given: Any) -> Any:
        return self.lua(function(*map(self.python, given)))

    def _index(self, held: Held, key: Any) -> Any:
        of = held.of
        if not isinstance(key, str):
            return self.lua(of[self._places(key)])
        if of is torch and key == "class":
            return self._wrap(new_class(LIBRARIES))
        found = getattr(of, NAMES.get(key, key), None)
        if getattr(found, "__self__", None) is of:  # a method: Lua gives its object first
            return self._function(lambda _, *given: self._call(found, *given))
        return self.lua(found)

    def _put(self, held: Held, key: Any, value: Any) -> None:
        of = held.of
        if isinstance(key, str):
            setattr(of, NAMES.get(key, key), self.python(value))
        else:
            of[self._places(key)] = self.python(value)

    def _places(self, key: Any) -> Any:
        found = self.python(key)
        return tuple(found) if isinstance(found, list) else found

    def _length(self, held: Held) -> Any:
        return self.lua(held.of.size())

    def _text(self, held: Held) -> str:
        return str(held.of)

    def _arithmetic(self, name: str, a: Any, b: Any) -> Any:
        one, other = self.python(a), self.python(b)
        codes = {
            "add": lambda: one + other, "sub": lambda: one - other,
            "mul": lambda: one * other, "div": lambda: one / other,
        }  # fmt: skip
        return self.lua(codes[name]())
