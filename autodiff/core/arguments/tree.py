"""Nested containers of arrays: tuples, lists, dicts and dataclasses, and classes made of these.

A leaf that is a float, a complex number, a floating point array or a tracer is a variable; an
int, bool, str, function (an op too) or None is a constant and passes through untouched.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.arguments.rebuilding import field_names, rebuilt, refuse_loose_numbers
from autodiff.core.ground.errors import PromotionNote, TreeError
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.dispatch import is_traced, now, tracer_classes, window_classes
from autodiff.core.language.op import Op

Tree = Any


class Structure(NamedTuple):
    """A container without its leaves: its type, its keys, its children's structures.

    One of a class that is not Python's own also keeps an example to be rebuilt `like`.
    """

    type: type
    keys: tuple[Any, ...]
    children: tuple[Structure | None, ...]
    like: Any = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and self[:3] == other[:3]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:3])


_structure = Structure._make


_plain_leaves = {np.ndarray, np.float64, float, int, bool, str, complex, type(None)}


def _parts(tree: Tree) -> tuple[tuple[Any, ...], tuple[Tree, ...]] | None:
    """The keys and children of a container of another class, or None for a leaf."""
    if isinstance(tree, dict):
        parts: Any = tuple(tree), tuple(tree.values())
    elif isinstance(tree, tuple | list):
        parts = tuple(getattr(tree, "_fields", range(len(tree)))), tuple(tree)
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type | Op):
        names = field_names(tree)
        parts = names, tuple([getattr(tree, name) for name in names])
    else:
        return None
    refuse_loose_numbers(tree, parts[0], is_variable)
    return parts  # type: ignore[no-any-return]


def flatten(tree: Tree) -> tuple[list[Any], Structure | None]:
    """The leaves in order, and the structure that `unflatten` needs to put them back.

    >>> flatten({"W": 1.0, "b": (2.0, None)})[0]
    [1.0, 2.0, None]
    """
    kind = tree.__class__
    if kind in _plain_leaves or kind in tracer_classes:
        return [tree], None
    leaves: list[Any] = []
    try:
        return leaves, _walk(tree, leaves)
    except RecursionError:
        raise TreeError(
            f"a {type(tree).__name__} holds itself, or containers in containers deeper than "
            "Python can follow. Give the arrays in a container of a few levels, or as one array, "
            f"np.stack([...]).{here()}"
        ) from None


def _walk(tree: Tree, leaves: list[Any]) -> Structure | None:
    kind = tree.__class__
    if kind in _plain_leaves or kind in tracer_classes:
        leaves.append(tree)
        return None
    if kind is list or kind is tuple:
        return _structure((kind, range(len(tree)), _walk_all(tree, leaves), None))
    if kind is dict:
        return _structure((kind, tuple(tree), _walk_all(tuple(tree.values()), leaves), None))
    found = _parts(tree)
    if found is None:
        leaves.append(tree)
        return None
    return _structure((kind, found[0], _walk_all(found[1], leaves), tree))


def _walk_all(trees: Sequence[Tree], leaves: list[Any]) -> tuple[Structure | None, ...]:
    if _plain_leaves.issuperset(map(type, trees)):
        leaves.extend(trees)
        return (None,) * len(trees)
    return tuple([_walk(tree, leaves) for tree in trees])


def unflatten(structure: Structure | None, leaves: Sequence[Any]) -> Tree:
    """The container of that structure with these leaves; of its class, without its `__init__`."""
    return leaves[0] if structure is None else _build(structure, iter(leaves).__next__)


def _build(structure: Structure, take: Callable[[], Any]) -> Tree:
    kind, keys, parts, like = structure
    children = [take() if part is None else _build(part, take) for part in parts]
    if kind is list:
        return children
    if kind is tuple:
        return tuple(children)
    if kind is dict:
        return dict(zip(keys, children, strict=True))
    return rebuilt(like, keys, children)


def paths(structure: Structure | None, root: str = "") -> list[str]:
    """Where each leaf sits, as a student would write it: `p['W1']`, `p[0].bias`."""
    if structure is None:
        return [root]
    found = []
    for key, child in zip(structure.keys, structure.children, strict=True):
        plain = issubclass(structure.type, dict | list | tuple) and not isinstance(
            getattr(structure.type, "_fields", None), tuple
        )
        found += paths(child, f"{root}[{key!r}]" if plain else f"{root}.{key}")
    return found


def map_tree(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Apply a function leaf by leaf; the other trees must have the same structure.

    >>> map_tree(lambda a, b: a + b, {"x": 1.0}, {"x": 2.0})
    {'x': 3.0}
    """
    leaves, structure = flatten(tree)
    columns = [leaves]
    for other in others:
        own, its = flatten(other)
        if len(own) != len(leaves) or its != structure:
            raise TreeError(f"the containers differ in structure: {structure} and {its}")
        columns.append(own)
    return unflatten(structure, [function(*row) for row in zip(*columns, strict=True)])


def is_variable(leaf: Any) -> bool:
    """Whether a leaf of a container is differentiated with respect to.

    >>> is_variable(1.0), is_variable(1), is_variable(np.ones(2)), is_variable("relu")
    (True, False, True, False)
    """
    if leaf.__class__ is np.ndarray:
        return leaf.dtype.kind in "fc"
    if isinstance(leaf, float | complex | np.inexact) or is_traced(leaf):
        return True
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc"


def as_array(value: Any, copy: bool = False) -> np.ndarray:
    """What NumPy makes of a value, but of a Fraction a float: Python computes with both so.

    >>> from fractions import Fraction
    >>> as_array(Fraction(1, 4))
    array(0.25)
    """
    array = np.array(value) if copy else np.asarray(value)
    return np.array(float(value)) if array.dtype == object and isinstance(value, Real) else array


def as_variable(leaf: Any, what: str, copy: bool = False) -> Any:
    """A variable's value as a NumPy array or number; integers become float64, with a note."""
    if leaf.__class__ is float:
        return np.float64(leaf)
    if leaf.__class__ in window_classes:
        leaf = now(leaf)
    if is_traced(leaf) or (leaf.__class__ is np.ndarray and leaf.dtype.kind in "fc" and not copy):
        return leaf if leaf.ndim or is_traced(leaf) else leaf[()]
    refuse_own_arithmetic(leaf, what)
    array = as_array(leaf, copy)
    if array.dtype.kind in "iub":
        warnings.warn(
            f"{what} is of integers; the derivative is taken at the same values as float64."
            f"{here()}",
            PromotionNote,
            stacklevel=stacklevel(),
        )
        array = array.astype(np.float64)
    if array.dtype.kind not in "fc":
        raise TreeError(
            f"{what} is {leaf!r:.60}, which is not a number or an array of numbers."
            f"{_own_class_advice(leaf)}{here()}"
        )
    return array[()]


def _own_class_advice(leaf: Any) -> str:
    """What to write for an object of a class of the user's."""
    kind = type(leaf)
    if kind.__module__ in ("builtins", "numpy") or not hasattr(leaf, "__dict__"):
        return " Of several arrays make a list, a tuple or a dict."
    return (
        f" To differentiate with respect to what a {kind.__name__} holds, make it a dataclass, "
        "`@dataclasses.dataclass` with a field for each array, or pass its arrays in a dict."
    )


def refuse_own_arithmetic(value: Any, what: str) -> None:
    """Raise for `np.matrix` and masked arrays, whose products are not those of plain arrays."""
    kind = value.__class__
    if isinstance(value, np.ndarray) and kind.__mul__ is not np.ndarray.__mul__:
        raise TreeError(
            f"{what} is a {kind.__name__}, whose arithmetic is not that of plain arrays. Make it "
            f"one first, np.asarray(x); for a mask write np.where(mask, 0.0, x).{here()}"
        )
