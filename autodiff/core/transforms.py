"""The transforms: functions that turn a function into one that computes its derivatives."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.dispatch import ground
from autodiff.core.errors import DisconnectedError, DisconnectedWarning, NonScalarError, TreeError
from autodiff.core.forward import Dual, ForwardTrace
from autodiff.core.kinds import is_finite
from autodiff.core.points import warn_single_points
from autodiff.core.record import (
    Recorded,
    Variables,
    as_given,
    held,
    place_arguments,
    record,
    recording,
    variables_of,
)
from autodiff.core.source import here
from autodiff.core.sweep import where_cut
from autodiff.core.tape import argument_names
from autodiff.core.tracing import tracing
from autodiff.core.tree import Structure, flatten, unflatten

Function = Callable[..., Any]


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Forward mode: f at the primals, and its directional derivative along the tangents.

    For y = f(x) returns (y, J t), by one pass over dual numbers.  `primals` and `tangents` are
    tuples of the same structure, a tangent of the shape of its primal.  An output that does not
    depend on the primals has the tangent 0.

    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    out, tangent_out, _ = push_forward(f, primals, tangents)
    return out, tangent_out


def push_forward(
    f: Function, primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any, bool]:
    """`jvp`, and whether any output depends on the primals."""
    if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
        raise TreeError("jvp takes a tuple of primals and a tuple of tangents: jvp(f, (x,), (t,)).")
    if len(primals) != len(tangents):
        raise TreeError(f"jvp got {len(primals)} primals but {len(tangents)} tangents.")
    names = argument_names(f, len(primals))
    args = [variables_of(primal, name) for primal, name in zip(primals, names, strict=True)]
    pairs = zip(args, tangents, strict=True)
    directions = [_tangents(arg, tangent) for arg, tangent in pairs]
    run = _push(f, args, directions, strict=False)
    if not all(is_finite(t) for t in run.tangents if t is not None):
        again = _push(f, args, directions, strict=True)
        if _same(run.values, again.values):  # else f is random, and two runs can't be mixed
            run = again
    variables = [value for arg in args for value in arg.values]
    values = [as_given(args, value) for value in run.values]
    pushed = [
        as_given(args, held(zero_like(value) if tangent is None else tangent, *variables))
        for value, tangent in zip(run.values, run.tangents, strict=True)
    ]
    connected = any(tangent is not None for tangent in run.tangents)
    return unflatten(run.structure, values), unflatten(run.structure, pushed), connected


@dataclass(slots=True)
class Pushed:
    """One run of a function under forward mode: output leaves and their tangents."""

    values: list[Any]
    tangents: list[Any]
    structure: Structure | None


def _push(f: Function, args: list[Variables], directions: list[list[Any]], strict: bool) -> Pushed:
    trace = ForwardTrace(strict=strict)
    traced = [
        arg.with_leaves([Dual(x, t, trace) for x, t in zip(arg.values, own, strict=True)])
        for arg, own in zip(args, directions, strict=True)
    ]
    with tracing(trace):
        out = f(*traced)
    leaves, structure = flatten(out)
    mine = [leaf.__class__ is Dual and leaf.owner is trace for leaf in leaves]
    return Pushed(
        [leaf.primal if own else leaf for leaf, own in zip(leaves, mine, strict=True)],
        [leaf.tangent if own else None for leaf, own in zip(leaves, mine, strict=True)],
        structure,
    )


def _same(a: list[Any], b: list[Any]) -> bool:
    pairs = zip(map(ground, a), map(ground, b), strict=True)
    return len(a) == len(b) and all(np.array_equal(x, y, equal_nan=True) for x, y in pairs)


def zero_like(value: Any) -> Any:
    """A zero of the shape of a value, in floating point; None for what is no number."""
    value = ground(value)
    if value is None or isinstance(value, str):
        return None
    array = np.asarray(value)
    return np.zeros(array.shape, array.dtype if array.dtype.kind in "fc" else float)[()]


def _tangents(arg: Variables, tangent: Any) -> list[Any]:
    """The tangent of each variable of an argument, its shape checked."""
    leaves, structure = flatten(tangent)
    if structure != arg.structure:
        raise TreeError(f"the tangent of {arg.name!r} must be a container of the same structure.")
    found = []
    chosen = [leaf for leaf, varies in zip(leaves, arg.varies, strict=True) if varies]
    for place, (value, leaf) in enumerate(zip(arg.values, chosen, strict=True)):
        if (
            leaf.__class__ is value.__class__ is np.ndarray
            and leaf.shape == value.shape
            and leaf.dtype is value.dtype
        ):
            found.append(leaf)
            continue
        base = ground(value)
        if leaf is None:
            leaf = np.zeros_like(base)
        if np.shape(ground(leaf)) != np.shape(base):
            raise TreeError(
                f"the tangent of {arg.paths[place]} has shape {np.shape(ground(leaf))}, "
                f"but {arg.paths[place]} has shape {np.shape(base)}; they must be equal."
            )
        if np.asarray(ground(leaf)).dtype.kind != base.dtype.kind:
            leaf = np.asarray(leaf).astype(base.dtype)[()] if leaf is ground(leaf) else leaf
        found.append(leaf if leaf is not ground(leaf) else np.asarray(leaf)[()])
    return found


def vjp(f: Function, *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Reverse mode: f at the primals, and its pullback, which maps ct to ct @ J.

    The pullback takes a cotangent of the structure and shape of the output and returns a tuple
    of cotangents, one a primal; it can be called again.  For complex numbers the pairing is
    Re(sum(conj(ct) * t)).

    >>> y, pullback = vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> y, pullback(1.0)
    (12.0, (4.0, 3.0))
    """
    run = record(f, primals, {}, tuple(range(len(primals))))
    program = run.program
    if run.trace.cuts:
        warn_single_points(run.trace.cuts, program)

    def pullback(ct: Any) -> tuple[Any, ...]:
        return tuple(run.regroup(filled(run, run.pull(_cotangents(run, ct), program))))

    return run.out, pullback


def _cotangents(run: Recorded, ct: Any) -> list[Any]:
    leaves, structure = flatten(ct)
    if structure != run.structure:
        raise TreeError("the cotangent must be a container of the same structure as the output.")
    found = []
    for leaf, value in zip(leaves, run.values, strict=True):
        base = ground(value)
        shape, own = np.shape(base), np.shape(ground(leaf))
        if own != shape:
            raise TreeError(f"the cotangent has shape {own}, but the output has shape {shape}.")
        if leaf is ground(leaf) and base is not None:
            dtype = np.asarray(base).dtype
            leaf = np.asarray(leaf, dtype=dtype if dtype.kind in "fc" else float)[()]
        found.append(leaf)
    return found


def filled(run: Recorded, found: Sequence[Any]) -> list[Any]:
    """Zeros for variables without a path, which a pullback has no other word for."""
    pairs = zip(found, run.inputs, strict=True)
    return [held(zero_like(v.value), v.value) if ct is None else ct for ct, v in pairs]


CONVENTIONS = ("ascent", "derivative")


def value_and_grad(
    f: Function,
    argnums: int | Sequence[int] = 0,
    *,
    convention: str = "ascent",
    holomorphic: bool = False,
) -> Function:
    """The function that returns (f(x), grad f(x)) by one reverse sweep.

    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"convention={convention!r}; choose 'ascent' or 'derivative'")

    @functools.wraps(f)
    def evaluate(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        wanted, args, kwargs = place_arguments(f, argnums, args, kwargs)
        with recording(f, args, kwargs, wanted) as run:
            name = getattr(f, "__name__", "the function")
            node = _scalar_output(run, name, holomorphic)
            found: list[Any] = run.pull([np.ones_like(ground(node.value))[()]], run.program)
            warn_disconnected(run, found, name)
            if holomorphic or convention == "derivative":
                found = [np.conj(ct) if np.iscomplexobj(ct) else ct for ct in found]
            grads = run.regroup(filled(run, found))
            value = as_given(run.args, node.value)
            return value, grads[0] if isinstance(argnums, int) else tuple(grads)

    return evaluate


def grad(
    f: Function,
    argnums: int | Sequence[int] = 0,
    *,
    convention: str = "ascent",
    holomorphic: bool = False,
) -> Function:
    """The gradient of a real, scalar-valued f: the function x -> (df/dx_1, ..., df/dx_n).

    `argnums` says which arguments to differentiate with respect to (an int, or several); each
    may be a nested container of arrays.  The gradient has the structure, shape and dtype of its
    argument.  For complex z = x + iy it is the direction of steepest ascent, df/dx + i df/dy;
    `convention="derivative"` gives its conjugate, df/dx - i df/dy.  With `holomorphic=True` f
    may be complex and holomorphic, and the result is f'(z).  Raises `NonScalarError` where f
    returns more than one number, and `DisconnectedError` where its result does not depend on
    the argument.

    >>> import numpy as np
    >>> grad(lambda w: np.sum(w**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    evaluate = value_and_grad(f, argnums, convention=convention, holomorphic=holomorphic)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return evaluate(*args, **kwargs)[1]

    return gradient


def _scalar_output(run: Recorded, name: str, holomorphic: bool) -> Any:
    """The equation of the one number that f returned; else a clear error."""
    if run.structure is not None or np.shape(ground(run.values[0])) != ():
        got = (
            f"shape {np.shape(ground(run.values[0]))}"
            if run.structure is None
            else f"a {run.structure.type.__name__} of {len(run.values)} values"
        )
        raise NonScalarError(
            f"grad needs a function that returns one number, but {name} returned {got}. Reduce "
            "it (np.sum, np.mean), or ask for ad.jacobian(f) or ad.vjp(f, *primals)."
        )
    node = run.node_of(run.outputs[0])
    if node is None:
        raise_disconnected(run, name)
    if np.iscomplexobj(ground(run.values[0])) and not holomorphic:
        raise NonScalarError(
            f"grad needs a real result, but {name} returned a complex number. Take np.real(y) or "
            "np.abs(y)**2 of it; if f is holomorphic, write ad.grad(f, holomorphic=True)."
        )
    return node


def raise_disconnected(run: Recorded, name: str) -> None:
    """Raise the error for a result that does not depend on the variables."""
    variables = ", ".join(path for arg in run.args for path in arg.paths)
    cut = where_cut([*(run.trace.cuts or []), *run.program])
    raise DisconnectedError(
        f"the result of {name} does not depend on {variables}: there is no derivative (a zero "
        f"would be a different answer).{cut}\n  Did you return a constant, convert "
        f"to a plain number on the way, or name the wrong argument (argnums=...)?{here()}"
    )


def warn_disconnected(run: Recorded, found: Sequence[Any], name: str) -> None:
    """Raise if no variable has a path to the result; warn if only some have."""
    if all(ct is None for ct in found):
        raise_disconnected(run, name)
    if any(ct is None for ct in found):
        names = [path for arg in run.args for path in arg.paths]
        cut = ", ".join(path for path, ct in zip(names, found, strict=True) if ct is None)
        warnings.warn(
            f"the result of {name} does not depend on {cut}: its gradient is 0.{here()}",
            DisconnectedWarning,
            stacklevel=3,
        )


def derivative(f: Function) -> Function:
    """The derivative of a function of one real number, in forward mode.

    >>> import numpy as np
    >>> derivative(np.sin)(0.0), derivative(derivative(np.exp))(0.0)
    (1.0, 1.0)
    """
    name = getattr(f, "__name__", "the function")

    @functools.wraps(f)
    def slope(x: Any, *args: Any, **kwargs: Any) -> Any:
        if np.shape(ground(x)) != ():
            raise NonScalarError(
                f"derivative takes one number, but {name} was given shape {np.shape(ground(x))}. "
                "Ask for ad.grad(f), ad.jacobian(f) or ad.jvp(f, (x,), (t,))."
            )
        one = np.ones_like(zero_like(x))[()]
        _, tangent, connected = push_forward(lambda x: f(x, *args, **kwargs), (x,), (one,))
        if not connected:
            raise DisconnectedError(
                f"the result of {name} does not depend on its argument: there is no derivative "
                f"(a zero would be a different answer).{here()}"
            )
        return tangent

    return slope
