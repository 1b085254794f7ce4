"""Torch's own scripts, unchanged: Lua runs in this process (by the wheel `lupa`), over our tensors.

    from autodiff.frontends.torch.lua import Lua
    Lua().run("example-linear-regression.lua")        # or frontends.run torch PROGRAM.lua

A tensor or a module is a Lua table whose metatable asks Python; `#t`, `t[i]`, `t[{ {}, 1 }]` and
`t:add(x)` mean what they mean in Torch.  A Lua table that Python gets is a list, or a mapping that
writes into it; a Lua function is called with Lua's values, and its results come back as Python's.
"""

from __future__ import annotations

import ast
import csv
import re
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.data.errors import package
from autodiff.frontends import torch
from autodiff.frontends.torch.tensor import Tensor

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
return function(of) return setmetatable({of = of}, meta) end,
       function(t) if getmetatable(t) == meta then return rawget(t, "of") end end,
       function(f) return function(...) return f(...) end end
"""


def _read(word: str) -> Any:
    """A number where it is one, else the text without its quotes."""
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError):
        return word


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


class Lua:
    """A Lua with `torch`, `nn` and `optim`; `require` of them, and of what prints, finds them."""

    def __init__(self) -> None:
        lupa = package("lupa.lua52", "Torch's scripts", "lua")
        self.kind = lupa.lua_type
        self.runtime = lupa.LuaRuntime(unpack_returned_tuples=True, register_eval=False)
        ask = self.runtime.table_from({
            "index": self._index, "put": self._put, "length": self._length, "text": self._text,
            "call": self._call, "same": lambda a, b: a is b, "arithmetic": self._arithmetic,
            "print": print,
        })  # fmt: skip
        glue = self.runtime.eval("function(text, ...) return load(text)(...) end")
        self._wrap, self._unwrap, self._function = glue(GLUE, ask)
        own = self.runtime.globals()
        for name, library in {"torch": torch, "nn": torch.nn, "optim": torch.optim}.items():
            own[name] = own.package.loaded[name] = self._wrap(library)
        for name in ("pl", "nnx", "image", "gnuplot"):
            own.package.loaded[name] = True
        self._offer("sys", clock=time.perf_counter, dirname=lambda p: str(Path(p).parent))
        self._offer("xlua", progress=lambda *_: None)
        self._offer("csvigo", load=self._columns)
        self._offer(
            "paths", concat=lambda *parts: "/".join(map(str, parts)),
            filep=lambda p: Path(p).is_file(), dirp=lambda p: Path(p).is_dir(),
        )  # fmt: skip
        own.lapp = self._options

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
                found[told[2]] = _read(told[3]) if told[3] is not None else False
        given = iter(self.arguments)
        for word in given:
            name = short.get(word)
            if name is None:
                raise ValueError(f"{word!r} is none of {', '.join(short)}.")
            found[name] = True if found[name] is False else _read(next(given, ""))
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
            of = self._unwrap(value)
            if of is not None:
                return of
            count = len(value)
            if count or not len(list(value.keys())):
                return [self.python(value[i]) for i in range(1, count + 1)]
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
        if isinstance(value, list):
            return self.runtime.table_from([self.lua(v) for v in value])
        if value is None or isinstance(value, bool | int | float | str) or self.kind(value):
            return value
        return self._wrap(value)

    # -- what the metatable asks -----------------------------------------------------------------

    def _call(self, function: Any, *given: Any) -> Any:
        return self.lua(function(*map(self.python, given)))

    def _index(self, of: Any, key: Any) -> Any:
        if not isinstance(key, str):
            return self.lua(of[self._places(key)])
        found = getattr(of, key, None)
        if getattr(found, "__self__", None) is of:  # a method: Lua gives its object first
            return self._function(lambda _, *given: self._call(found, *given))
        return self.lua(found)

    def _put(self, of: Any, key: Any, value: Any) -> None:
        if isinstance(key, str):
            setattr(of, key, self.python(value))
        else:
            of[self._places(key)] = self.python(value)

    def _places(self, key: Any) -> Any:
        found = self.python(key)
        return tuple(found) if isinstance(found, list) else found

    def _length(self, of: Any) -> Any:
        return self.lua(of.size())

    def _text(self, of: Any) -> str:
        return str(of)

    def _arithmetic(self, name: str, a: Any, b: Any) -> Any:
        one, other = self.python(a), self.python(b)
        codes = {
            "add": lambda: one + other, "sub": lambda: one - other,
            "mul": lambda: one * other, "div": lambda: one / other,
        }  # fmt: skip
        return self.lua(codes[name]())
