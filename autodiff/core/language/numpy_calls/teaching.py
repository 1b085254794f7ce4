"""Functions of packages that hand nothing over, which learn to: `teach(function, traced)`.

NumPy asks its arguments who computes (NEP 13 and 18); SciPy does not, and makes plain arrays of
them.  A function that is taught does ask: where an argument is traced, or a list with a traced
element, `traced` is called in its place, and otherwise its own old code, to which the question adds
0.3 us.  The function stays the same object, so that it is found by whatever name it was imported,
also by `from scipy.special import logsumexp`, and as a method of a class.

>>> def double(x):
...     return float(x) + float(x)
>>> from autodiff import grad
>>> teach(double, lambda x: 2 * x)
>>> double(3), grad(double)(1.5)
(6.0, 2.0)
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from autodiff.core.language.dispatch import holds_traced
from autodiff.core.language.registry import registry

PLACE = "the function to call"


class Taught:
    """A function that asks its arguments: what it calls for traced ones, and what otherwise."""

    __slots__ = ("function", "otherwise", "traced")

    def __init__(
        self, function: FunctionType, own: FunctionType, traced: Callable[..., Any]
    ) -> None:
        self.function, self.traced = function, traced
        self.otherwise: Callable[..., Any] = own

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The function of these arguments."""
        if any(map(holds_traced, args)) or any(map(holds_traced, kwargs.values())):
            return self.traced(*args, **kwargs)
        return self.otherwise(*args, **kwargs)


def teach(function: FunctionType, traced: Callable[..., Any]) -> None:
    """Let a Python function call `traced` with its arguments where one of them is traced."""
    own = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    own.__kwdefaults__ = function.__kwdefaults__
    own.__doc__, own.__qualname__ = function.__doc__, function.__qualname__
    own.__dict__.update(function.__dict__)
    taught = Taught(function, own, traced)
    registry.taught.append(taught)
    function.__code__ = _asking(taught, function)
    function.__defaults__ = None
    function.__kwdefaults__ = None
    vars(function)["__wrapped__"] = own


def _asking(choose: Callable[..., Any], function: FunctionType) -> CodeType:
    """Code that calls `choose` and can stand in a function, whose closure it is given.

    It is compiled with the variables of that closure: a code object that only names them has no
    cells, and a debugger or a traceback that shows local variables ends the process on Python 3.11.
    """
    variables = function.__code__.co_freevars
    names = ", ".join(variables)
    space: dict[str, Any] = {}
    exec(
        f"def outer({names}):\n"
        f"    def asking(*_args, **_kwargs):\n"
        f"        _choose = {PLACE!r}\n"
        f"        return _choose(_args, _kwargs)\n"
        f"        return [{names}]\n"
        f"    return asking\n",
        space,
    )
    code: CodeType = space["outer"](*variables).__code__
    constants = tuple(choose if value == PLACE else value for value in code.co_consts)
    return code.replace(co_consts=constants, co_name=function.__name__, co_filename=__file__)
