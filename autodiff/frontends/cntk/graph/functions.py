"""`Function`: a graph with inputs and parameters, which is called on others to compose.

Composing changes the graph and computes nothing; `running` computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.frontends.cntk.axis import BATCH, SEQUENCE
from autodiff.frontends.cntk.graph.loops import closed
from autodiff.frontends.cntk.graph.running import Runs
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import code_op, replaced, source, write

generator: list[np.random.Generator] = [np.random.default_rng(0)]


class Function(Runs):
    """One output of a graph; `f(x)` is the same graph on another input, `f >> g` is g of f."""

    __array_priority__ = 1000.0
    __array_ufunc__ = None

    def __init__(self, node: Equation, shape: tuple[int, ...]) -> None:
        self.node, self.shape = node, tuple(shape)

    @property
    def name(self) -> str:
        """The name that was given."""
        return self.node.name or ""

    def _leaves(self, kind: str) -> list[Any]:
        return [e.note["leaf"] for e in history([self.node]) if (e.note or {}).get("kind") == kind]

    parameters = property(lambda self: self._leaves("parameter"))
    arguments = property(lambda self: self._leaves("input"))
    inputs = property(lambda self: self.arguments + self.parameters)
    output = property(lambda self: self)
    dynamic_axes = (BATCH, SEQUENCE)
    outputs = property(lambda self: [self])

    def __call__(self, *args: Any, **named: Any) -> Function:
        """The same parameters over other inputs."""
        exchange = exchanged(self.arguments, args, named)
        return Function(replaced([self.node], exchange)[0], self.shape)

    def __getattr__(self, name: str) -> Any:
        """The part of the graph that was given this name: a layer, or a parameter of one."""
        if name.startswith("_"):
            raise AttributeError(name)
        nodes = history([self.node])
        for node in reversed(nodes):
            note = node.note or {}
            if note.get("layer") == name:
                return Function(node, note["shape"])
            if node is self.node and name in note.get("parameters", {}):
                return note["parameters"][name]
            if "leaf" in note and node.name == name:
                return note["leaf"]
        names = sorted({n.note["layer"] for n in nodes if "layer" in (n.note or {})})
        raise AttributeError(
            f"this function has no part named {name!r}; named are: {', '.join(names) or 'none'}."
        )

    def named(self, name: str, parameters: Any) -> Function:
        """The same function, found as `f.name` from what is built on it, with its parameters."""
        if name and self.node.note is not None:
            own = {p.name: p for p in parameters if p is not None}
            self.node.note.update(layer=name, shape=self.shape, parameters=own)
        return self

    def clone(self, method: str = "clone", substitutions: Any = None) -> Function:
        """The same graph with parts exchanged; its parameters are shared, copied, or frozen."""
        exchange = {old.node: as_function(new).node for old, new in (substitutions or {}).items()}
        if method != "share":
            kind = "parameter" if method == "clone" else "constant"
            for leaf in self.parameters:
                own = Leaf(kind, leaf.shape, leaf.stored.copy(), leaf.name, leaf.dtype)
                exchange.setdefault(leaf.node, own.node)
        return Function(replaced([self.node], exchange)[0], self.shape)

    def save(self, filename: Any, **options: Any) -> None:
        """The parameters' values, in NumPy's format; `restore` reads them."""
        only("Function.save", options)
        with open(filename, "wb") as file:
            np.savez(file, *[leaf.stored for leaf in self.parameters])

    def restore(self, filename: Any) -> None:
        """The values of a file that this function, built by the same program, has saved."""
        with np.load(filename) as file:
            for leaf, name in zip(self.parameters, file.files, strict=True):
                leaf.value = file[name]

    save_model, restore_model = save, restore
    load = staticmethod(lambda filename, **options: load_model(filename))

    @property
    def placeholders(self) -> list[Leaf]:
        """The inputs, in the order in which they are met."""
        return self.arguments

    def replace_placeholders(self, substitutions: dict[Any, Any]) -> Function:
        """The same graph, changed in place, with functions where placeholders were.

        A function may be computed from the placeholder that it replaces, by way of a
        `past_value`: that closes a loop along the sequence.
        """
        exchange = {old.node: as_function(new).node for old, new in substitutions.items()}
        if any(old in history([new]) for old in exchange for new in exchange.values()):
            exchange = closed(exchange, lengths_of().node)
        for output in {id(f): f for f in (self, *self.outputs)}.values():
            output.node = replaced([output.node], exchange)[0]
        return self

    replace_placeholder = property(
        lambda self: lambda new: self.replace_placeholders({self.placeholders[0]: new})
    )

    def __rshift__(self, other: Any) -> Any:
        return other(self)

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(f)` draws."""
        from autodiff.frontends.common.picture import written_subject

        return written_subject(self.name or "the function", history([self.node]), [self.node])

    def __repr__(self) -> str:
        kind = (self.node.note or {}).get("kind") or "function"
        return f"<{kind}{self.name and ' '}{self.name} of shape {self.shape}>"


class Leaf(Function):
    """An input or a parameter."""

    is_leaf = True

    def __init__(self, kind: str, shape: Any, stored: Any, name: str, dtype: Any) -> None:
        role = {"role": "parameter"} if kind == "parameter" else {}
        node = source(name or None, None, kind=kind, leaf=self, value=lambda: self.stored, **role)
        self.stored, self.dtype = stored, dtype
        super().__init__(node, shape)
        self.seen = False  # whether a running value has taken in a minibatch
        if kind == "input":
            del node.note["value"]  # type: ignore[index]

    @property
    def value(self) -> Any:
        """The value of a parameter."""
        return self.stored

    @value.setter
    def value(self, new: Any) -> None:
        self.stored = np.asarray(new, self.dtype).reshape(self.shape)


def input_variable(
    shape: Any,
    dtype: Any = np.float32,
    needs_gradient: bool = False,
    name: str = "",
    **options: Any,
) -> Leaf:
    """An input of a static shape; batch and sequence come in front of it."""
    only("input_variable", options, "is_sparse", "dynamic_axes")
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return Leaf("input", shape, None, name, dtype)


def parameter(
    shape: Any = None, init: Any = None, dtype: Any = np.float32, name: str = "", **options: Any
) -> Leaf:
    """A parameter: zeros unless `init` is a number, an array, or an initializer."""
    only("parameter", options, "device")
    if shape is None:
        value = np.asarray(init, dtype)
    else:
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        drawn = init(generator[0], shape) if callable(init) else (0 if init is None else init)
        value = np.broadcast_to(np.asarray(drawn, dtype), shape).copy()
    return Leaf("parameter", value.shape, value, name, dtype)


Parameter, Variable = parameter, input_variable


def constant(value: Any = None, shape: Any = None, dtype: Any = np.float32, name: str = "") -> Leaf:
    """A constant."""
    array = np.asarray(value, dtype)
    array = array if shape is None else np.broadcast_to(array, shape).copy()
    return Leaf("constant", array.shape, array, name, dtype)


Constant = constant


def placeholder(shape: Any = None, name: str = "", **options: Any) -> Leaf:
    """An input whose place another function takes: `f.replace_placeholders({p: g})`."""
    only("placeholder", options, "dynamic_axes")
    if shape is None:
        raise NotImplementedError(
            "a placeholder without a shape is not here: shapes are told while a function is "
            f"built. Write input_variable(shape) or placeholder(shape).{here()}"
        )
    return Leaf("input", (shape,) if isinstance(shape, int) else tuple(shape), None, name,
                np.float32)  # fmt: skip


placeholder_variable = placeholder


def load_model(filename: Any, **options: Any) -> Any:
    """Refuses: a file holds the values of parameters, not the program."""
    raise NotImplementedError(
        f"{filename} holds the parameters of a model, and not its graph: build the model by the "
        f"program that saved it, and call model.restore(filename).{here()}"
    )


def exchanged(own: list[Any], args: Any, named: dict[str, Any]) -> dict[Any, Any]:
    """Which node takes the place of which input: by order, and by the input's name."""
    given = dict(zip(own, args, strict=False))
    for name, new in named.items():
        found = [leaf for leaf in own if leaf.name == name]
        if not found:
            known = ", ".join(leaf.name for leaf in own if leaf.name) or "none with a name"
            raise TypeError(f"there is no argument {name!r}; there are {known}.{here()}")
        given[found[0]] = new
    return {old.node: as_function(new).node for old, new in given.items()}


def as_function(value: Any) -> Function:
    """A function as it is, a number or an array as a constant."""
    return value if isinstance(value, Function) else constant(value)


def apply(
    name: str, code: Callable[..., Any], *operands: Any, shape: Any, label: str = ""
) -> Function:
    """A new node: `code` over the operands' arrays."""
    parts = [as_function(o).node for o in operands]
    note = {"name": label} if label else {}
    return Function(write(code_op(name, code), parts, {}, None, **note), tuple(shape))


_lengths: list[Any] = []


def lengths_of() -> Function:
    """The lengths of the sequences of a batch, which a run fills in; None where all are alike."""
    if not _lengths:
        node = source("lengths", None, kind="lengths", value=lambda: None)
        _lengths.append(Function(node, ()))
    return _lengths[0]
