"""What leaves NumPy: `bool(x)`, `int(x)`, lists, bytes; each answered and guarded, or refused."""

from __future__ import annotations

import operator
import sys
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.locations import here, is_library
from autodiff.source.records.native import method
from autodiff.source.records.nodes import Call, Node
from autodiff.source.records.recorder import Recorder

ROUND = Call("function", "round", round)
"""Python's own, which makes whole numbers."""


class Answers:
    """What a recorded value answers where one of Python's own is asked for."""

    __slots__ = ()
    recorder: Recorder
    node: Node
    ndim: int

    def answered(self, found: Any) -> Any:
        """A result that is one of Python's own, which is guarded."""
        return answered(self.recorder, found)

    def _answer(self, kind: str, answer: Any) -> Any:
        self.recorder.guard(self.node, kind, answer)
        return answer

    def _frozen(self) -> bool:
        """Whether the value is the same for all inputs."""
        return not (self.node.dynamic or self.node.root.dynamic) or self.recorder.closed

    def _refuse(self, asked: str) -> Any:
        raise DetachError(
            f"{asked} makes a plain number or array of a value that changes with the inputs: the "
            "program would keep that of these inputs. Stay in NumPy's functions and operators, or "
            f"write the value as an argument.{here()}"
        )

    def __bool__(self) -> bool:
        return bool(self._answer("truth", bool(self.node.value)))

    def __int__(self) -> int:
        return int(self._answer("number", int(self.node.value)))

    def __index__(self) -> int:
        return int(self._answer("number", operator.index(self.node.value)))

    def __float__(self) -> float:
        if np.asarray(self.node.value).dtype.kind in "iub":
            return float(self._answer("number", float(self.node.value)))
        return float(self.node.value) if self._frozen() else self._refuse("float(x)")

    def __complex__(self) -> complex:
        return complex(self.node.value) if self._frozen() else self._refuse("complex(x)")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        value = np.array(self.node.value, copy=True)
        if value.dtype.kind in "iub":
            self._answer("values", value)
        elif not self._frozen():
            self._refuse("np.asarray(x)")
        return value if dtype is None else value.astype(dtype)

    def item(self, *args: Any) -> Any:
        """One number, still taken down where it is a float."""
        found = self.recorder.call(method("item"), (self, *args))
        return answered(self.recorder, found)

    def tolist(self) -> Any:
        """Lists of the numbers."""
        return [one.tolist() for one in self] if self.ndim else self.item()

    def tobytes(self) -> bytes:
        """The bytes, which the engine compares to find what was changed meanwhile."""
        if is_library(sys._getframe(1).f_code.co_filename) or self._frozen():
            return bytes(self.node.value.tobytes())
        return bytes(self._refuse("x.tobytes()"))

    def __round__(self, digits: int | None = None) -> Any:
        more = () if digits is None else (digits,)
        return self.answered(self.recorder.call(ROUND, (self, *more)))


def answered(recorder: Recorder, found: Any) -> Any:
    """A result that is one of Python's own: True, 3 or a string, which is guarded where it is used.

    A float stays wrapped.
    """
    if not issubclass(type(found), Answers):
        return found
    value = found.node.value
    if isinstance(value, bool | int):
        recorder.guard(found.node, "number", value)
        return value
    return value if isinstance(value, str | np.dtype | type(None)) else found
