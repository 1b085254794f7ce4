"""What a session holds for a graph: the values of variables, and resources such as queues.

A graph is only a description; two sessions over one graph have two states.  An op that reads or
changes the state is a `SessionOp`: its function takes the `State` before its operands.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op


@dataclass(slots=True)
class State:
    """The state of one session: an array for each initialized variable, and other resources.

    Arrays are never changed in place: an assignment puts a new, read-only one.
    """

    variables: dict[Equation, np.ndarray] = field(default_factory=dict)
    resources: dict[Any, Any] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.RLock)

    def assign(self, variable: Equation, value: Any) -> Any:
        """Give a variable a new value, which is kept as an array of its own."""
        value = np.asarray(value)
        if value.base is not None or not value.flags.owndata or not value.flags.writeable:
            value = value.copy()
        value.flags.writeable = False
        self.variables[variable] = value
        return value

    def resource(self, key: Any, make: Callable[[], Any]) -> Any:
        """The resource of that key, made when it is first asked for."""
        with self.lock:
            if key not in self.resources:
                self.resources[key] = make()
            return self.resources[key]

    def release(self) -> None:
        """Forget the variables, and let resources that others may wait for end the waits."""
        self.variables.clear()
        for resource in list(self.resources.values()):
            if hasattr(resource, "release"):
                resource.release()


@dataclass(frozen=True, slots=True, eq=False)
class SessionOp(Op):
    """An op whose function is `function(state, *values, **params)`."""


def session_op(
    name: str,
    function: Callable[..., Any],
    vjp: Callable[..., Any] | None = None,
    multiple: bool = False,
    label: str | None = None,
) -> SessionOp:
    """An op over the session's state; without a derivative unless `vjp` is given.

    `vjp(index, ct, ans, *primals, **params)` is a rule as a `primitive` of the registry has it.
    """

    def pull(index: int, ct: Any, ans: Any, primals: Any, params: Any) -> Any:
        assert vjp is not None
        return vjp(index, ct, ans, *primals, **params)

    return SessionOp(
        name=name,
        kind="constant" if vjp is None else "primitive",
        function=function,
        public=function,
        jvp=lambda *_: None,
        vjp=pull,
        rules={} if vjp is None else {"vjp": vjp},
        arity=None,
        multiple=multiple,
        label=label,
        why="reads or changes the state of a session",
    )
