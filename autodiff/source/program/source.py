"""`Source`: the program of a function, or of any transform of one, as text that runs by itself."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.source.guards.constants import refuse_other_constants
from autodiff.source.guards.places import UNREADABLE
from autodiff.source.guards.witnesses import Witnesses
from autodiff.source.records.running import Argument
from autodiff.source.text.module import Module

_number = itertools.count(1)


class Source:
    """A program as text: `print(s)` shows it, `s(*args)` runs it, `s.save(path)` keeps it."""

    def __init__(self, module: Module, captured: Mapping[str, Any], witnesses: Witnesses) -> None:
        self.text = str(module)
        self.name = module.name
        self.body = module.body
        """The lines of the function, without the checks of its arguments."""
        self._getters = dict(captured)
        self._layouts = [layout(get()) for get in captured.values()]
        self._witnesses = witnesses
        self.constants: list[list[Argument]] = []
        """The leaves of the arguments, of which those that are no numbers must stay the same."""
        self.given: Callable[[Any], Any] = lambda array: array
        """What makes of a captured array what the function takes: for PyTorch a tensor."""
        self.file = f"<autodiff source {next(_number)}>"
        linecache.cache[self.file] = (len(self.text), None, self.text.splitlines(True), self.file)
        self.space: dict[str, Any] = {"__name__": "autodiff_source"}
        exec(compile(self.text, self.file, "exec"), self.space)
        self.function: Callable[..., Any] = self.space[self.name]

    @property
    def captured(self) -> dict[str, np.ndarray]:
        """The arrays that the function uses besides its arguments, as they are now."""
        return {name: get() for name, get in self._getters.items()}

    @property
    def is_alone(self) -> bool:
        """Whether it uses nothing but its arguments."""
        return not self._getters and not self._witnesses.known

    def outside(self) -> dict[str, np.ndarray] | None:
        """The arrays besides the arguments; None where the program does not hold for them."""
        try:
            found = self.captured
        except UNREADABLE:
            return None
        if self._witnesses.changed() is not None:
            return None
        return found if list(map(layout, found.values())) == self._layouts else None

    def __call__(self, *args: Any) -> Any:
        """Run the program; refused where it does not hold for these arguments."""
        refuse_other_constants(self.constants, args)
        place = self._witnesses.changed()
        if place is not None:
            raise ValueError(
                f"{place.path}, which the function uses, is not what it was when this program was "
                f"written. Write it anew, ad.source(f, ...), or make it an argument.{here()}"
            )
        taken = {name: self.given(array) for name, array in self.captured.items()}
        return self.function(*args, **taken)

    def save(self, path: str | Path) -> Path:
        """Write the text as a module that needs only NumPy; captured arrays are its keywords."""
        path = Path(path)
        path.write_text(self.text, encoding="utf-8")
        return path

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.name} in {len(self.text.splitlines())} lines; print it, call it, save it>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.text)}</pre>"


def layout(array: Any) -> Any:
    """What a program fixes of an array: its shape, dtype and strides."""
    if type(array) is not np.ndarray:
        return type(array)
    return array.shape, array.dtype, array.strides


def identical(a: Any, b: Any) -> bool:
    """Whether two results are the same to the last bit, in class, dtype and shape too."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if type(a) is not type(b) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        return bool(a.tobytes() == b.tobytes())
    if type(a) is not type(b):
        return False
    if isinstance(a, float | complex | np.generic):
        return np.asarray(a).tobytes() == np.asarray(b).tobytes()
    return bool(a == b)
