"""Programs for JAX: `jax.numpy` has NumPy's names, and arrays that don't change.

They run as they stand and under `jax.jit`; with float64 where JAX is told so
(`jax.config.update("jax_enable_x64", True)`).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.elsewhere import Elsewhere
from autodiff.source.records.nodes import Node, named
from autodiff.source.text.module import Module
from autodiff.source.words.expressions import Expressions, Special
from autodiff.source.words.texts import ATOM, Text

WINDOWS = '''
def windows(x, shape, axes):
    """All windows of a shape, their axes at the end, as `sliding_window_view` gives them."""
    for size, axis in zip(shape, axes):
        places = np.arange(x.shape[axis] - size + 1)[:, None] + np.arange(size)
        x = np.moveaxis(np.take(x, places, axis=axis), axis + 1, -1)
    return x
'''

AT = {"+=": "add", "*=": "multiply", "/=": "divide", "**=": "power"}
"""What JAX calls the updates of elements."""
REDUCTIONS = {
    "maximum": "max",
    "minimum": "min",
    "multiply": "prod",
    "add": "sum",
    "fmax": "nanmax",
}

ORDERED = ("copy", "array", "asarray", "zeros_like", "ones_like", "empty_like", "full_like")
"""What is told in which order elements shall lie in memory, JAX's own matter."""

SPECIAL = re.compile(r"\bscipy\.special\.(\w+)")

OTHER_NAMES = {"psi": "digamma"}
"""SciPy's functions that JAX has under another name."""


def _special(match: re.Match[str]) -> str:
    """A function of SciPy's by its name in `jax.scipy.special`."""
    import jax.scipy.special

    name = OTHER_NAMES.get(match[1], match[1])
    if not hasattr(jax.scipy.special, name):
        raise UnsupportedError(f"{match[0]} has no counterpart in jax.scipy.special.")
    return f"jax.scipy.special.{name}"


def copied(expressions: Expressions, node: Node) -> Text | None:
    """`x.copy("K")`, whose order is no matter there."""
    return Text(f"{expressions.leaf(node.args[0]).within(16)}.copy()")


def unlaid(expressions: Expressions, node: Node) -> Text | None:
    """`np.ascontiguousarray(x)`: where elements lie is JAX's own matter."""
    return expressions.leaf(node.args[0]) if len(node.args) == 1 and not node.kwargs else None


def without(name: str) -> Special:
    """A call whose argument of this name has no meaning for JAX."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if name not in node.kwargs:
            return None
        rest = {own: value for own, value in node.kwargs.items() if own != name}
        return expressions.call(Node(node.call, node.args, rest, node.value))

    return write


def solved(expressions: Expressions, node: Node) -> Text | None:
    """`np.linalg.lstsq`: without residuals where NumPy gives none."""
    if "numpy_resid" in node.kwargs:
        return None
    named = node.kwargs | {"numpy_resid": True}
    return expressions.call(Node(node.call, node.args, named, node.value))


def repeated(expressions: Expressions, node: Node) -> Text | None:
    """`np.repeat(x, [2, 1])`: of JAX the numbers are asked as an array."""
    given = named(node, "a", "repeats", "axis")
    if not isinstance(given["repeats"], list | tuple):
        return None
    given["repeats"] = np.array(given["repeats"])
    return expressions.call(Node(node.call, (given.pop("a"),), given, node.value))


def otherwise_ordered(expressions: Expressions, node: Node) -> Text | None:
    """`np.partition`, whose two parts JAX leaves in another order."""
    raise UnsupportedError(f"{node.call.name} has no counterpart in jax.numpy; write np.sort.")


def counted(expressions: Expressions, node: Node) -> Text | None:
    """`np.bincount(places, weights, n)`, whose length JAX must know, by adding into zeros."""
    if len(node.args) != 3:
        return None
    places, weights, n = map(expressions.leaf, node.args)
    return Text(f"np.zeros({n.text}).at[{places.text}].add({weights.text})")


def flattened(expressions: Expressions, node: Node) -> Text | None:
    """`x.ravel("K")`, the elements as they lie in memory, which JAX does not know about."""
    order = node.kwargs.get("order", node.args[1] if len(node.args) > 1 else "C")
    x = node.args[0].value
    if order != "K" and order != "A":
        return None
    if np.ndim(x) < 2 or x.flags.c_contiguous:
        return Text(f"{expressions.leaf(node.args[0]).within(ATOM)}.reshape(-1)")
    axes = tuple(
        int(axis) for axis in np.argsort([-abs(step) for step in x.strides], kind="stable")
    )
    own = expressions.leaf(node.args[0]).within(ATOM)
    return Text(f"{own}.transpose({axes}).reshape(-1)")


class Jax(Elsewhere):
    """Writes for `jax.numpy`, whose names are NumPy's."""

    system = "JAX"

    special = MappingProxyType(
        {
            **{f"np.{name}": without("order") for name in ORDERED},
            **{f"np.{name}": without("kind") for name in ("sort", "argsort")},
            **{f"np.{name}": otherwise_ordered for name in ("partition", "argpartition")},
            "np.bincount": counted,
            "np.repeat": repeated,
            "np.linalg.lstsq": solved,
            "np.ascontiguousarray": unlaid,
            "ravel": flattened,
            "np.ravel": flattened,
            "copy": copied,
        }
    )

    def statements(self) -> None:
        """Write every call."""
        self.converted: set[Node] = set()
        self.module.helper_texts["windows"] = WINDOWS
        self.expressions.special["np.lib.stride_tricks.sliding_window_view"] = self.windows
        super().statements()

    def windows(self, expressions: Expressions, node: Node) -> Text | None:
        """`np.lib.stride_tricks.sliding_window_view`, which JAX has no views for."""
        given = named(node, "x", "window_shape", "axis")
        x, shape, axis = given.pop("x"), given.pop("window_shape"), given.pop("axis", None)
        if given:
            return None
        sizes, ndim = tuple(np.ravel(shape).tolist()), np.ndim(x.value)
        axes = range(ndim) if axis is None else np.ravel(axis).tolist()
        places = tuple(own % ndim for own in axes)
        return Text(f"{self.helper('windows')}({expressions.leaf(x).text}, {sizes}, {places})")

    def changed(self, node: Node, own: Text) -> str:
        """`y.at[i].set(v)`; what operators make of arguments may be an array of NumPy's."""
        leaf, call = self.expressions.leaf, node.call
        if node.target is not None and node.target.call.kind not in ("function", "op"):
            own = own if node.target in self.converted else Text(f"np.asarray({own.text})")
            self.converted.add(node.target)
        if call.kind == "setitem":
            _, index, value = node.args
            return f"{own.text}.at[{self.expressions.index(index)}].set({leaf(value).text})"
        if call.kind == "update item" and call.name in AT:
            _, index, value = node.args
            at = f"{own.text}.at[{self.expressions.index(index)}]"
            return f"{at}.{AT[call.name]}({leaf(value).text})"
        if call.kind == "update":
            return f"{own.text} {call.name[:-1]} {leaf(node.args[1]).within(15)}"
        if call.name == "np.add.at":
            _, index, value = node.args
            return f"{own.text}.at[{self.expressions.index(index)}].add({leaf(value).text})"
        if call.name == "np.put_along_axis":
            _, places, value, axis = node.args
            shown = f"{own.text}, {leaf(places).text}, {leaf(value).text}, {axis}"
            return f"np.put_along_axis({shown}, inplace=False)"
        if "out" in node.kwargs:
            rest = {name: value for name, value in node.kwargs.items() if name != "out"}
            return self.expressions.call(Node(call, node.args, rest)).text
        raise UnsupportedError(f"{call.name} changes an array in place, which JAX does not.")

    def translated(self) -> Module:
        """The module with `jnp` for `np`."""
        import jax.numpy as jnp

        def renamed(match: re.Match[str]) -> str:
            found: Any = jnp
            first, *rest = match[1].split(".")
            if rest == ["reduce"] and first in REDUCTIONS:
                return f"jnp.{REDUCTIONS[first]}"
            for part in (first, *rest):
                found = getattr(found, part, None)
            if found is None:
                raise UnsupportedError(f"np.{match[1]} has no counterpart in jax.numpy.")
            return f"jnp.{match[1]}"

        names = re.compile(r"\bnp\.([a-z_0-9]+(?:\.[a-z_0-9]+)*)")
        self.module.rename(lambda line: names.sub(renamed, line))
        self.module.header = "import jax.numpy as jnp"
        if any(name.startswith("scipy.special") for name in self.module.imports):
            self.module.rename(lambda line: SPECIAL.sub(_special, line))
            del self.module.imports["scipy.special"]
            self.module.imports["jax.scipy.special"] = None
        return self.module
