"""Variable scopes: names for variables that can be reused, and `get_variable`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype, float32
from autodiff.frontends.tensorflow.ground.rerun import made_before, way_here
from autodiff.frontends.tensorflow.ground.shapes import as_dims, is_full
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable, root

AUTO_REUSE = "AUTO_REUSE"
"""For `reuse` (1.4): a variable is found where it exists, and made where not."""


@dataclass(slots=True)
class VariableScope:
    """The open variable scope: its name, whether it reuses, and its defaults."""

    name: str = ""
    reuse: bool | str | None = None
    initializer: Any = None
    regularizer: Any = None
    dtype: Any = float32
    original_name_scope: str = ""

    def reuse_variables(self) -> None:
        """From here on `get_variable` in this scope finds variables instead of making them."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """The default initializer of this scope."""
        self.initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        """The default regularizer of this scope."""
        self.regularizer = regularizer


@dataclass(slots=True)
class Store:
    """The variables of a graph by full name, and the scopes that were opened."""

    scope: VariableScope = field(default_factory=VariableScope)
    variables: dict[str, Variable] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)


def _store(graph: Graph) -> Store:
    graph = root(graph)
    if graph.scopes is None:
        graph.scopes = Store()
    return graph.scopes


def get_variable_scope() -> VariableScope:
    """The variable scope that is open now."""
    return _store(get_default_graph()).scope


def name_scope(name: str | None, default_name: str | None = None, values: Any = None) -> Any:
    """Put `name/` before the names of the nodes built in the block."""
    return get_default_graph().name_scope(name or default_name)


def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Any:
    """`name_scope` with the arguments in the order of 0.11."""
    return name_scope(name, default_name, values)


@taking("caching_device use_resource", "partitioner custom_getter")
@contextmanager
def variable_scope(
    name_or_scope: str | VariableScope | None,
    default_name: str | None = None,
    values: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    reuse: bool | str | None = None,
    dtype: Any = None,
) -> Iterator[VariableScope]:
    """Put `name/` before the names of variables and nodes made in the block.

    With `reuse=True` `get_variable` finds the variables that were made before, which is how two
    parts of a graph share weights; with `reuse=tf.AUTO_REUSE` it makes those that are missing.
    `initializer` is the default for variables inside.  Entering a scope object goes back to that
    scope.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default():
    ...     with tf.variable_scope("layer"):
    ...         w = tf.get_variable("w", [2])
    ...     with tf.variable_scope("layer", reuse=True):
    ...         print(w.name, tf.get_variable("w", [2]) is w)
    layer/w:0 True
    """
    graph = get_default_graph()
    store = _store(graph)
    before = store.scope
    if name_or_scope is None and default_name is None:
        raise ValueError(f"tf.variable_scope needs a name, or a default_name.{here()}")
    if isinstance(name_or_scope, VariableScope):
        name, parent = name_or_scope.name, name_or_scope
        inner = name.rpartition("/")[2]
    else:
        inner = name_or_scope or _unique(store, before.name, str(default_name))
        name, parent = f"{before.name}/{inner}" if before.name else inner, before
        if name_or_scope is None:
            reuse = None
    scope = VariableScope(
        name,
        reuse if reuse is not None else parent.reuse,
        initializer if initializer is not None else parent.initializer,
        regularizer if regularizer is not None else parent.regularizer,
        parent.dtype if dtype is None else as_dtype(dtype),
    )
    store.opened[name] = store.opened.get(name, 0) + 1
    store.scope = scope
    try:
        with graph.name_scope(inner or None) as path:
            scope.original_name_scope = path
            yield scope
    finally:
        store.scope = before
        for opened in [key for key in store.opened if key.startswith(name + "/")]:
            store.opened[opened] = 0


def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: str | None = None, **options: Any
) -> Any:
    """`variable_scope` with the arguments in the order of 0.11."""
    return variable_scope(name_or_scope, default_name, values, **options)


def _unique(store: Store, prefix: str, name: str) -> str:
    """A default name that no scope was opened under yet: Conv, Conv_1, ..."""
    full = f"{prefix}/{name}" if prefix else name
    if not store.opened.get(full):
        return name
    count = 1
    while store.opened.get(f"{full}_{count}"):
        count += 1
    return f"{name}_{count}"


@taking("caching_device use_resource", "partitioner custom_getter", validate_shape=True)
def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Sequence[str] | None = None,
) -> Variable:
    """The variable `scope/name`: made here, or found where the scope reuses.

    `initializer` is a function of (shape, dtype), or a tensor or value that has the shape itself;
    by default the scope's, else a uniform one that keeps the scale of activations (Glorot and
    Bengio, 2010), 0 for integers.  `shape` may be an int.
    """
    graph = root(get_default_graph())
    store = _store(graph)
    scope = store.scope
    full = f"{scope.name}/{name}" if scope.name else name
    found = as_dtype(scope.dtype if dtype is None else dtype)
    old = store.variables.get(full)
    if old is not None:
        again = made_before([old.node])
        if scope.reuse or again is not None:
            return _matching(old, full, as_dims(shape), found if dtype is not None else None)
        raise ValueError(_exists(old, full, scope))
    if scope.reuse and scope.reuse != AUTO_REUSE:
        raise ValueError(
            f"the variable {full} does not exist, and the scope {scope.name!r} reuses variables: "
            f"make it first with reuse=None, or correct the name.{_known(store, full)}{here()}"
        )
    if initializer is None:
        initializer = scope.initializer
    make = _initial(full, initializer, as_dims(shape), found)
    with graph.control_dependencies(None), graph.name_scope(None):
        variable = Variable(make, trainable, collections, name=full, dtype=found)
    variable.node.note["way"] = way_here()
    store.variables[full] = variable
    regularizer = regularizer if regularizer is not None else scope.regularizer
    if regularizer is not None:
        with graph.name_scope(f"{full}/Regularizer/"):
            loss = regularizer(variable)
        if loss is not None:
            graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
    return variable


def _initial(full: str, initializer: Any, dims: Any, dtype: Any) -> Callable[[], Any]:
    """The initial value as a function, called inside the variable's own name scope."""
    if initializer is not None and not callable(initializer):
        return lambda: initializer
    if not is_full(dims):
        raise ValueError(
            f"the shape of the variable {full} must be known, but it is {dims_text(dims)}: write "
            f"tf.get_variable({full.rpartition('/')[2]!r}, shape=[...]).{here()}"
        )
    from autodiff.frontends.tensorflow.variables.initializers import CLASSES, default_initializer

    if initializer is None:
        initializer = default_initializer(dtype)
    if isinstance(initializer, type) or initializer in CLASSES:  # given without ()
        initializer = initializer()

    def make() -> Any:
        with get_default_graph().name_scope("Initializer"):
            try:
                return initializer(list(dims), dtype=dtype)
            except TypeError:
                return initializer(list(dims))

    return make


def _matching(old: Variable, full: str, dims: Any, dtype: Any) -> Variable:
    if dims is not None and not old.get_shape().is_compatible_with(dims):
        raise ValueError(
            f"the variable {full} has shape {dims_text(old.dims)}, and can't be shared as one of "
            f"shape {dims_text(dims)}.{here()}"
        )
    if dtype is not None and old.dtype != dtype:
        raise ValueError(
            f"the variable {full} is of {old.dtype}, and can't be shared as one of {dtype}.{here()}"
        )
    return old


def _exists(old: Variable, full: str, scope: VariableScope) -> str:
    where = f'tf.variable_scope("{scope.name}", reuse=True)' if scope.name else ""
    write = (
        f"To share it, write `with {where}:`"
        if where
        else "To share it, write tf.get_variable_scope().reuse_variables() before"
    )
    return (
        f"the variable {full} exists already{_made(old)}. {write}; for another variable choose "
        "another name or scope; to start anew call tf.reset_default_graph() first."
        f"{here()}"
    )


def _made(old: Variable) -> str:
    place = old.node.location
    return f" (made at {place})" if place else ""


def _known(store: Store, full: str) -> str:
    import difflib

    near = difflib.get_close_matches(full, list(store.variables), 3)
    return f" Did you mean {', '.join(near)}?" if near else ""


def get_collection(key: str, scope: str | None = None) -> list[Any]:
    """The values of a collection of the default graph; with `scope` those named so."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: str) -> list[Any]:
    """A collection of the default graph itself, to be changed in place."""
    return get_default_graph().get_collection_ref(key)


def add_to_collection(name: str, value: Any) -> None:
    """Append a value to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)
