"""`Tensor`: a node of a graph that behaves as a NumPy array, and `Operation`, what made it.

Operators, methods and NumPy functions add nodes to the graph that owns the tensor.  A tensor has
a static shape and dtype and no value: what asks for one refuses and says what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autodiff.core.ground.errors import ValueNeededError
from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import Abstract, Dims, dims_text
from autodiff.core.language.dispatch import Trace
from autodiff.core.language.equation import Equation
from autodiff.core.language.registry import registry
from autodiff.core.values.tracer import Tracer
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.graph.operation import Operation, current_session
from autodiff.frontends.tensorflow.ground.shapes import (
    StaticShape,
    TensorShape,
    as_dims,
    is_full,
    merged,
)


class Tensor(Tracer):
    """One value of a graph: `name`, `get_shape()`, `dtype`, `op`, `graph`; no number yet."""

    __slots__ = ("__weakref__", "dims", "dtype", "node", "owner")

    alias = None
    is_variable = False
    owner: Any
    node: Equation
    dims: Dims
    dtype: np.dtype

    def __init__(self, owner: Trace, node: Equation, dims: Dims, dtype: np.dtype) -> None:
        self.owner = owner
        self.node = node
        self.dims = dims
        self.dtype = dtype

    # -- what is known ------------------------------------------------------------------------

    @property
    def lower(self) -> Abstract:
        """What is known of the value: its shape and dtype."""
        return Abstract(self.dims, self.dtype, self.name)

    @property
    def graph(self) -> Any:
        """The graph that this is a node of."""
        return self.owner

    @property
    def op(self) -> Operation:
        """The operation that produces this tensor."""
        return Operation(self.owner, self.node)

    @property
    def name(self) -> str:
        """`Mul:0`: the operation's name, and which of its results this is."""
        note = self.node.note or {}
        return f"{note['name']}:{note.get('output', 0)}"

    def get_shape(self) -> TensorShape:
        """The static shape."""
        return TensorShape(self.dims)

    def set_shape(self, shape: Any) -> None:
        """Add what you know about the shape; ValueError where it contradicts what is known."""
        try:
            self.dims = merged(self.dims, as_dims(shape))
        except ValueError as error:
            raise ValueError(f"{self.name}.set_shape: {error}.{here()}") from None

    @property
    def shape(self) -> Any:
        """The static shape as a tuple, None for an unknown length."""
        if self.dims is None:
            self._refuse(
                "the shape of", "Give the placeholder a shape=, or use tf.shape(x) in the graph."
            )
        return StaticShape(self.dims)

    @property
    def device(self) -> str:
        """Where it would run: nobody said."""
        return ""

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> Any:
        """The number of elements, None where a length is unknown."""
        return int(np.prod(self.shape)) if is_full(self.shape) else None

    @property
    def dense(self) -> Tensor:
        """This tensor as one array, which only `IndexedSlices` are not."""
        return self

    # -- running ------------------------------------------------------------------------------

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """`session.run(self, feed_dict)`, in the default session if none is given."""
        return current_session(self, session).run(self, feed_dict)

    def consumers(self) -> list[Operation]:
        """The operations that read this tensor."""
        users = [e for e in self.owner.equations if self.node in e.inputs]
        return list(dict.fromkeys(Operation(self.owner, user) for user in users))

    def astype(self, dtype: Any, **more: Any) -> Any:
        """The value in another dtype, as `tf.cast`."""
        only("astype", more, "copy", "order", "casting", "subok")
        own = {"dtype": np.dtype(dtype)}
        return self.owner.stage(registry["astype"], (self,), own, type="Cast")

    # -- drawing ------------------------------------------------------------------------------

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(tensor)` draws: everything that it is computed from."""
        from autodiff.frontends.tensorflow.graph.drawing import subject_of_nodes
        from autodiff.frontends.tensorflow.ground.needs import needed

        return subject_of_nodes(self.name, needed([self.node], links=True), [self.node], ran)

    # -- what a tensor without a value can't do -----------------------------------------------

    def _refuse(self, what: str, instead: str) -> NoReturn:
        raise ValueNeededError(
            f"{what} {self.name} is asked for while the graph is built, when no value is known "
            f"yet. {instead}{here()}"
        )

    def __bool__(self) -> bool:
        self._refuse(
            "the truth of",
            "For `if t:` write tf.cond(t, lambda: ..., lambda: ...), for `while t:` "
            "tf.while_loop, for `a and b` tf.logical_and(a, b), for `if t` of a tensor that may be "
            "None `if t is not None`.",
        )

    def __float__(self) -> float:
        self._refuse("the number", "Write sess.run(t) for its value, and np. or tf. for math.")

    __int__ = __index__ = __complex__ = __float__  # type: ignore[assignment]

    def __round__(self, ndigits: int | None = None) -> Any:
        return np.round(self, ndigits or 0)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._refuse(
            "the array",
            "Write sess.run(t) for its value; tf.pack([...]) makes a tensor of several.",
        )

    def item(self, *args: Any) -> Any:
        """Refuses: there is no value yet."""
        self.__float__()

    tolist = item

    def __len__(self) -> int:
        dims = self.dims
        if dims is None or not dims or dims[0] is None:
            self._refuse("the length of", "Write tf.shape(t)[0].")
        return dims[0]

    def __iter__(self) -> Any:
        self._refuse("the elements of", "Write tf.unpack(t), or tf.while_loop / tf.map_fn.")

    def __eq__(self, other: object) -> bool:
        """Identity, as in TensorFlow 0.11, so that tensors can be keys; `tf.equal` compares."""
        if other is None or isinstance(other, Tensor | Operation | str):
            return self is other
        raise TypeError(
            f"`==` between a tensor and {other!r:.40} compares identity here, as in TensorFlow "
            f"0.11, and so would always be False. Write tf.equal(t, {other!r:.40}).{here()}"
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            f"a tensor can't be assigned to: {self.name} is a node of a graph. Write "
            f"tf.where / tf.select for a new tensor, or v[...].assign for a variable.{here()}"
        )

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __str__(self) -> str:
        shape = "" if self.dims is None else f", shape={dims_text(self.dims)}"
        return f'Tensor("{self.name}"{shape}, dtype={self.dtype})'

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={dims_text(self.dims)} dtype={self.dtype}>"

    # -- NumPy --------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("out") is not None:
            raise TypeError(f"out= can't take a tensor; write y = np.{ufunc.__name__}(x).{here()}")
        function = ufunc if method == "__call__" else (ufunc, method)
        return self.owner.call(function, args, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self.owner.call(func, args, kwargs)


def _operators() -> dict[str, Callable[..., Any]]:
    """The operators, each under the node name that TensorFlow 0.11 gives it."""
    binary = {
        "add": ("add", np.add),
        "sub": ("sub", np.subtract),
        "mul": ("mul", np.multiply),
        "truediv": ("truediv", np.true_divide),
        "floordiv": ("floordiv", np.floor_divide),
        "mod": ("mod", np.remainder),
        "pow": ("pow", np.power),
        "matmul": ("matmul", np.matmul),
        "and": ("LogicalAnd", np.logical_and),
        "or": ("LogicalOr", np.logical_or),
        "xor": ("LogicalXor", np.logical_xor),
    }
    made = {}
    for sign, (name, function) in binary.items():

        def forward(self: Any, other: Any, name: str = name, function: Any = function) -> Any:
            return self.owner.binary(function, self, other, name)

        def reflected(self: Any, other: Any, name: str = name, function: Any = function) -> Any:
            return self.owner.binary(function, other, self, name)

        made |= {f"__{sign}__": forward, f"__r{sign}__": reflected, f"__i{sign}__": forward}
    for sign, function in {
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    }.items():  # fmt: skip

        def compare(self: Any, other: Any, function: Any = function) -> Any:
            return self.owner.binary(function, self, other, None)

        made[f"__{sign}__"] = compare
    for sign, function in {
        "neg": np.negative, "abs": np.absolute, "invert": np.logical_not, "pos": np.positive,
    }.items():  # fmt: skip
        made[f"__{sign}__"] = lambda self, function=function: self.owner.call(function, (self,), {})
    return made


for _name, _code in _operators().items():
    setattr(Tensor, _name, _code)
