"""The transforms of reverse mode: `vjp`, `grad` and `value_and_grad`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten
from autodiff.core.arguments.variables import as_given, refuse_constants, require_function
from autodiff.core.ground.errors import (
    DisconnectedError,
    DisconnectedWarning,
    NonScalarError,
    TreeError,
)
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.ground.tracebacks import hidden
from autodiff.core.language.dispatch import ground
from autodiff.core.reverse.single_points import warn_single_points
from autodiff.core.reverse.sweep import where_cut
from autodiff.core.transforms.columns_beside_kinks import (
    columns_beside_kinks,
    pulled_beside_kinks,
)
from autodiff.core.transforms.derived import Argnums, Function, derived, numbers_of
from autodiff.core.transforms.forward import zero_like
from autodiff.core.transforms.holomorphic import from_cotangents, is_complex
from autodiff.core.transforms.record import Recorded, held, place_arguments, record, recording


@hidden
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
    blocks = columns_beside_kinks(run, (f, primals, {}, tuple(range(len(primals)))))

    @hidden
    def pullback(ct: Any) -> tuple[Any, ...]:
        cts = _cotangents(run, ct)
        found = pulled_beside_kinks(blocks, cts) if blocks else run.pull(cts, program)
        return tuple(run.regroup(filled(run, found)))

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
    if True not in [ct is None for ct in found]:
        return list(found)
    pairs = zip(found, run.inputs, strict=True)
    return [held(zero_like(v.value), v.value) if ct is None else ct for ct, v in pairs]


CONVENTIONS = ("ascent", "derivative")


def value_and_grad(
    f: Function,
    argnums: Argnums = 0,
    *,
    convention: str = "ascent",
    holomorphic: bool = False,
    argnum: Argnums | None = None,
) -> Function:
    """The function that returns (f(x), grad f(x)) by one reverse sweep.

    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    require_function(f, "value_and_grad")
    argnums = numbers_of(argnums, argnum, "value_and_grad")
    evaluate = _evaluation(f, argnums, convention, holomorphic)
    options = {"argnums": argnums, "convention": convention, "holomorphic": holomorphic}
    return derived(hidden(evaluate), value_and_grad, f, **options)


def _evaluation(f: Function, argnums: Argnums, convention: str, holomorphic: bool) -> Function:
    if convention not in CONVENTIONS:
        raise ValueError(f"convention={convention!r}; choose 'ascent' or 'derivative'")
    name = getattr(f, "__name__", "the function")

    def evaluate(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        wanted, args, kwargs = place_arguments(f, argnums, args, kwargs)
        with recording(f, args, kwargs, wanted) as run:
            node = _scalar_output(run, name, holomorphic)
            seed = one_like(node.value)
            found: list[Any] = run.pull([seed], run.program)
            missing = [ct is None for ct in found]
            if True in missing:
                warn_disconnected(run, missing, name)
            blocks = columns_beside_kinks(run, (f, args, kwargs, wanted))
            if blocks:
                pairs = zip(found, blocks[0], strict=True)
                found = [None if ct is None else block for ct, block in pairs]
            if holomorphic:
                imaginary = run.pull([1j * seed], run.program) if is_complex(seed) else None
                found = _derivatives(run, found, imaginary, name)
            elif convention == "derivative":
                found = [np.conj(ct) if np.iscomplexobj(ct) else ct for ct in found]
            grads = run.regroup(filled(run, found))
            value = as_given(run.args, node.value)
            if value.__class__ is np.ndarray:
                value = value.copy()
            return value, grads[0] if argnums.__class__ is int else tuple(grads)

    return evaluate


def _derivatives(
    run: Recorded, real: Sequence[Any], imaginary: Sequence[Any] | None, name: str
) -> list[Any]:
    """f'(z) in each variable, from the gradients of the real and of the imaginary part."""
    parts = imaginary or [None] * len(real)
    return [
        None if a is None else from_cotangents(a, b, variable.value, name)
        for a, b, variable in zip(real, parts, run.inputs, strict=True)
    ]


def grad(
    f: Function,
    argnums: Argnums = 0,
    *,
    convention: str = "ascent",
    holomorphic: bool = False,
    argnum: Argnums | None = None,
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
    require_function(f, "grad")
    argnums = numbers_of(argnums, argnum, "grad")
    evaluate = _evaluation(f, argnums, convention, holomorphic)

    @hidden
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return evaluate(*args, **kwargs)[1]

    options = {"argnums": argnums, "convention": convention, "holomorphic": holomorphic}
    return derived(gradient, grad, f, **options)


def one_like(number: Any) -> Any:
    """1 in the dtype of a number."""
    if isinstance(number, float):
        return np.float64(1.0)
    return np.ones_like(ground(number))[()]


def _scalar_output(run: Recorded, name: str, holomorphic: bool) -> Any:
    """The equation of the one number that f returned; else a clear error."""
    node = run.node_of(run.outputs[0]) if run.structure is None else None
    if node is not None and isinstance(node.value, float):
        return node
    if run.structure is not None or np.size(ground(run.values[0])) != 1:
        got = (
            f"shape {np.shape(ground(run.values[0]))}"
            if run.structure is None
            else f"a {run.structure.type.__name__} of {len(run.values)} values"
        )
        raise NonScalarError(
            f"grad needs a function that returns one number, but {name} returned {got}. Reduce "
            f"it (np.sum, np.mean), or ask for ad.jacobian(f) or ad.vjp(f, *primals).{here()}"
        )
    if node is None:
        raise_disconnected(run, name)
    if np.iscomplexobj(ground(run.values[0])) and not holomorphic:
        raise NonScalarError(
            f"grad needs a real result, but {name} returned a complex number. Take np.real(y) or "
            f"np.abs(y)**2 of it; if f is holomorphic, write ad.grad(f, holomorphic=True).{here()}"
        )
    return node


def raise_disconnected(run: Recorded, name: str) -> None:
    """Raise the error for a result that does not depend on the variables."""
    refuse_constants(run.args)
    variables = ", ".join(path for arg in run.args for path in arg.paths)
    cut = where_cut([*(run.trace.cuts or []), *run.program])
    raise DisconnectedError(
        f"the result of {name} does not depend on {variables}: there is no derivative (a zero "
        f"would be a different answer).{cut}\n  Did you return a constant, convert "
        f"to a plain number on the way, or name the wrong argument (argnums=...)?{here()}"
    )


def warn_disconnected(run: Recorded, missing: Sequence[bool], name: str) -> None:
    """Raise if no variable has a path to the result; warn of those that have none."""
    if False not in missing:
        raise_disconnected(run, name)
    names = [path for arg in run.args for path in arg.paths]
    cut = ", ".join(path for path, is_cut in zip(names, missing, strict=True) if is_cut)
    warnings.warn(
        f"the result of {name} does not depend on {cut}: its gradient is 0.{here()}",
        DisconnectedWarning,
        stacklevel=stacklevel(),
    )
