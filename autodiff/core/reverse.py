"""Reverse mode: operations are recorded as equations, then swept backwards.

Each traced operation adds one `Equation` to the history of its result.  The sweep visits the
equations in reverse order, each once, hands the cotangent of every result to the cotangents of
its inputs, and adds up where several uses meet (Griewank & Walther, section 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autodiff.core.advice import explain
from autodiff.core.dispatch import Trace, apply, ground, is_traced, like_results, tracer_classes
from autodiff.core.errors import AutodiffError, DisconnectedError, NonScalarError, RuleError, UnsupportedError
from autodiff.core.kinds import is_finite, linear
from autodiff.core.program import Equation, history, next_number
from autodiff.core.dispatch import Array, Params
from autodiff.core.op import Op
from autodiff.core.scopes import current_scope
from autodiff.core.source import Recording, here, user_frame
from autodiff.core.tracer import Tracer

_new_equation = Equation.__new__
_float64 = np.float64
_ndarray = np.ndarray


class ReverseTrace(Trace):
    """Applies an op to tensors: its value one level down, and an equation to remember it."""

    __slots__ = ("cuts", "recorders")

    def __init__(self, level: int | None = None) -> None:
        super().__init__(level)
        self.recorders: tuple[Any, ...] = ()
        self.cuts: list[Equation] | None = None if level == 0 else []

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        if self.closed:
            self.refuse_if_closed("a traced value")
        inputs: list[Any] = []
        values: list[Any] = []
        lower = False
        for arg in args:
            if arg.__class__ is Tensor and arg.trace is self:
                arg = arg.node
                inputs.append(arg)
                value = arg.value
            else:
                inputs.append(arg)
                value = arg
            if value.__class__ in tracer_classes:
                lower = True
            values.append(value)
        try:
            if lower:
                ans = apply(op, tuple(values), params)
            elif params:
                ans = op.function(*values, **params)
            else:
                ans = op.function(*values)
        except (ValueError, IndexError) as error:
            if isinstance(error, AutodiffError):
                raise
            raise explain(op, values, params, error) from None
        equation = _new_equation(Equation)
        equation.op = op
        equation.inputs = tuple(inputs)
        equation.params = params
        equation.value = ans
        equation.number = next_number()
        if Recording.enabled:
            frame = user_frame(3)
            equation.code, equation.offset = (frame.f_code, frame.f_lasti) if frame else (None, 0)
        else:
            equation.code, equation.offset = None, 0
        scope = current_scope()
        equation.note = {"scope": scope} if scope else None
        if op.kind == "constant" and not _keeps_place(ans):
            if self.cuts is not None:
                self.cuts.append(equation)
            return ans
        if self.recorders:
            for recorder in self.recorders:
                recorder.record(equation)
        if op.multiple:
            whole = Tensor._of(self, equation)
            return like_results(
                ans, [apply(part_of, (whole,), {"index": index}) for index in range(len(ans))]
            )
        return Tensor._of(self, equation)


def _keeps_place(ans: Any) -> bool:
    """Whether the result of a constant op stays visible in the graph, as a blocked node."""
    return getattr(ground(ans), "dtype", None) is not None and ground(ans).dtype.kind in "fc"


EAGER = ReverseTrace(level=0)
"""The trace of tensors that were made by hand; it never closes."""


class Tensor(Tracer):
    """An array that remembers how it was computed, for `backward()`.

    >>> x = Tensor([1.0, 2.0])
    >>> y = (x ** 2).sum()
    >>> y.backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("__weakref__", "node", "trace")

    trace: ReverseTrace
    node: Equation

    def __init__(self, data: Any, name: str | None = None) -> None:
        """A variable with a copy of `data`; integers become float64."""
        from autodiff.core.tree import as_variable

        value = data if is_traced(data) else as_variable(data, "Tensor(data)", copy=True)
        self.trace = EAGER
        self.node = Equation(value, {"name": name} if name else {})

    @classmethod
    def _of(cls, trace: ReverseTrace, node: Equation) -> Tensor:
        tensor = _new_tensor(cls)
        tensor.trace = trace
        tensor.node = node
        return tensor

    @property
    def lower(self) -> Any:
        return self.node.value

    @property
    def data(self) -> Any:
        """The plain value."""
        return ground(self.node.value)

    @data.setter
    def data(self, value: Any) -> None:
        """Give a variable a new value; graphs made before keep the old one."""
        if self.node.op is not None:
            raise RuleError("only a variable's data can be set; this tensor is a result.")
        old = self.node.value
        new = np.asarray(value, dtype=old.dtype)
        if new.shape != old.shape:
            raise RuleError(f"the new data has shape {new.shape}, the variable {old.shape}.")
        self.node = Equation(new[()], self.node.note)

    @property
    def grad(self) -> Any:
        """The gradient that the last `backward()` left here; None: not computed."""
        note = self.node.note
        return note.get("grad") if note else None

    @grad.setter
    def grad(self, value: Any) -> None:
        self.node.note = {**(self.node.note or {}), "grad": value}

    def backward(self, ct: Any = None, *, accumulate: bool = False, keep: bool = False) -> None:
        """Set `.grad` of every variable that this tensor depends on.

        A second call computes the same gradients again; it adds to `.grad` only with
        `accumulate=True`.  A tensor of more than one element needs the cotangent `ct`.  With
        `keep=True` the intermediate results get their `.grad` too.
        """
        if self.trace is not EAGER:
            raise UnsupportedError(
                "backward() is for tensors made with ad.Tensor(...); inside ad.grad(f) the "
                f"gradient comes from the transform. Return the loss instead.{here()}"
            )
        if ct is None:
            if self.shape != ():
                raise NonScalarError(
                    f"backward() starts from one number, but this tensor has shape {self.shape}. "
                    "Reduce it first, e.g. y.sum().backward(), give a cotangent, "
                    f"y.backward(np.ones(y.shape)), or ask for ad.jacobian / ad.vjp.{here()}"
                )
            ct = 1.0
        ct = np.conj(np.asarray(ct, dtype=self.dtype))[()]
        if ct.shape != self.shape:
            raise NonScalarError(f"the cotangent has shape {ct.shape}, the tensor {self.shape}.")
        program = history([self.node])
        variables = [equation for equation in program if equation.op is None or keep]
        found = pull_back(program, {self.node: ct}, variables, keep)
        if all(gradient is None for gradient in found):
            raise DisconnectedError(
                f"this tensor does not depend on any variable.{where_cut(program)}{here()}"
            )
        for variable, gradient in zip(variables, found, strict=True):
            store_gradient(variable, gradient, accumulate)
        if self.node.op is not None:
            self.grad = ct

    def __repr__(self) -> str:
        value = ground(self.node.value)
        body = f"{value:g}" if value.__class__ is _float64 else np.array2string(
            np.asarray(value), separator=", ", prefix="Tensor("
        )
        return f"Tensor({body})"


_new_tensor = Tensor.__new__


def store_gradient(variable: Equation, gradient: Array | None, accumulate: bool = False) -> None:
    """Keep a gradient with its variable, in the public (ascent) convention."""
    if variable.note is None:
        variable.note = {}
    if np.iscomplexobj(gradient):
        gradient = np.conj(gradient)
    old = variable.note.get("grad")
    if accumulate and old is not None:
        gradient = old if gradient is None else old + gradient
    variable.note["grad"] = gradient


# -- parts of ops with several results -----------------------------------------------------


class Parts(tuple[Any, ...]):
    """The cotangent of a several-valued op: one entry a result, None where there is none."""


def _part_transpose(ct: Array, x: Any, index: int) -> Parts:
    return Parts(ct if i == index else None for i in range(len(x)))


part_of = linear(
    lambda x, index: x[index], _part_transpose, name="part", label="{}[{index}]",
    keywords=("index",),
)


def add_cotangents(old: Any, new: Any) -> Any:
    """The sum of two cotangents of the same value."""
    if old.__class__ is Parts:
        pairs = zip(old, new, strict=True)
        return Parts(b if a is None else a if b is None else a + b for a, b in pairs)
    return old + new


# -- the sweep ------------------------------------------------------------------------------


def sweep(
    program: Sequence[Equation], seeds: dict[Equation, Array], keep: bool = False,
    strict: bool = False,
) -> dict[Equation, Array]:
    """The cotangents of the program's inputs (of everything with `keep`), from the outputs'.

    `strict` makes an exactly zero cotangent stop at an infinite or NaN partial, also where IEEE
    arithmetic has 0 * inf = NaN.
    """
    cotangents: dict[Equation, Any] = dict(seeds)
    result: dict[Equation, Any] = {}
    owned: set[Equation] = set()
    for equation in reversed(program):
        ct = cotangents.pop(equation, None)
        if ct is None:
            continue
        op = equation.op
        if op is None:
            result[equation] = ct
            continue
        if keep:
            result[equation] = ct
        inputs, params, ans, vjp = equation.inputs, equation.params, equation.value, op.vjp
        primals = [i.value if i.__class__ is Equation else i for i in inputs]
        together = op.joint_vjp and op.joint_vjp(ct, ans, primals, params)
        for index, source in enumerate(inputs):
            if source.__class__ is not Equation:
                continue
            new = together[index] if together else vjp(index, ct, ans, primals, params)
            if new is None:
                continue
            primal = primals[index]
            if strict:
                new = stop_zeros(new, op, ct, primal, params)
            if new.__class__ is not _float64 or primal.__class__ is not _float64:
                new = fit(new, primal, equation, index)
            old = cotangents.get(source)
            if old is None:
                cotangents[source] = new
            elif source in owned:
                old += new
            else:
                cotangents[source] = old = add_cotangents(old, new)
                if old.__class__ is _ndarray:
                    owned.add(source)
    return result


def fit(ct: Any, primal: Array, equation: Equation, index: int) -> Any:
    """A rule's result in the shape and dtype of its primal: broadcasting undone, in one place."""
    if ct.__class__ is Parts:
        return ct
    if ct.__class__ is _ndarray and primal.__class__ is _ndarray:
        if ct.shape == primal.shape and ct.dtype is primal.dtype:
            return ct
    shape = np.shape(ground(primal))
    if np.shape(ground(ct)) != shape:
        place = equation.location
        what = f"the reverse rule of {equation.op.name if equation.op else 'the op'}"
        ct = unbroadcast(ct, shape, what, index, f"\n  at {place}" if place else "")
    dtype = np.asarray(ground(primal)).dtype
    own = np.asarray(ground(ct)).dtype
    if own != dtype and dtype.kind in "fc":
        if own.kind == "c" and dtype.kind == "f":
            ct = np.real(ct)
        ct = ct.astype(dtype) if hasattr(ct, "astype") else dtype.type(ct)
    return ct


def unbroadcast(
    ct: Array, shape: tuple[int, ...], what: str, index: int, where: str = ""
) -> Array:
    """Sum over the axes along which argument `index`, of `shape`, had been broadcast."""
    own = np.shape(ground(ct))
    if own == shape:
        return ct
    extra = len(own) - len(shape)
    kept = own[extra:]
    if extra < 0 or any(a != b and b != 1 for a, b in zip(kept, shape, strict=True)):
        raise RuleError(
            f"{what} returned shape {own} for argument {index}, which has shape {shape}.{where}"
        )
    axes = tuple(range(extra)) + tuple(
        extra + axis for axis, length in enumerate(shape) if length == 1 and kept[axis] != 1
    )
    total = np.sum(ct, axis=axes)
    return total if np.shape(ground(total)) == shape else np.reshape(total, shape)


def stop_zeros(new: Any, op: Op, ct: Any, primal: Array, params: Params) -> Any:
    """Zero what came out NaN or infinite although its cotangent was exactly zero."""
    if new.__class__ is Parts or is_finite(new):
        return new
    if op.expand is not None:
        return np.where(op.expand(ct, primal, params) == 0, 0.0, new)
    return new if np.any(ground(ct) != 0) else np.zeros_like(ground(new))


def pull_back(
    program: Sequence[Equation], seeds: dict[Equation, Array], variables: Iterable[Equation],
    keep: bool = False,
) -> list[Array | None]:
    """The cotangent of each variable (None: not reached), as arrays of their own.

    NaN or infinity in the first, fast sweep calls for a second, strict one.
    """
    with np.errstate(all="ignore"):
        found = sweep(program, seeds, keep)
        if not all(map(is_finite, found.values())):
            found = sweep(program, seeds, keep, strict=True)
    taken = {id(seed) for seed in seeds.values()}
    results: list[Array | None] = []
    for variable in variables:
        ct = found.get(variable)
        if ct.__class__ is _ndarray and (
            id(ct) in taken or ct.base is not None or not ct.flags.writeable
        ):
            ct = ct.copy()
        taken.add(id(ct))
        results.append(ct)
    return results


def record_input(trace: ReverseTrace, value: Array, name: str | None = None) -> Tensor:
    """A new variable of a trace."""
    return Tensor._of(trace, Equation(value, {"name": name} if name else None))


def where_cut(equations: Iterable[Equation]) -> str:
    """A sentence that names the operations at which the derivative was cut, or ''."""
    cuts = [equation for equation in equations if equation.op and equation.op.kind == "constant"]
    named = [
        f"{cut.op.name} ({cut.location})" if cut.location else cut.op.name for cut in cuts if cut.op
    ]
    if not named:
        return ""
    return f"\n  The derivative was cut at: {'; '.join(named[:3])}"
