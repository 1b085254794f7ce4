"""What an operation is: one record, from which every reader of the registry works.

An `Op` is data.  Its `jvp` and `vjp` are never written by hand in two places: the functions
of `autodiff.core.language.kinds` derive both from the one local derivative that an entry states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autodiff.core.language.dispatch import Array, Params, apply
from autodiff.core.language.numpy_calls.signatures import refuse_keyword, signature_of, understood

Bound = tuple[tuple[Array, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """A call of an op for the tests: tuples of ints are shapes to draw, the rest is as given."""

    args: tuple[Any, ...]
    params: dict[str, Any]


def case(*args: Any, **params: Any) -> Case:
    """`case((2, 3), axis=0)`: try the op on a random 2 x 3 array with `axis=0`."""
    return Case(args, params)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Op:
    """One operation: its value, its kind, and both derivatives of it.

    `jvp(tangents, ans, primals, params)` maps tangents (None: zero) to the tangent of `ans`;
    `vjp(index, ct, ans, primals, params)` maps the cotangent of `ans` to that of one argument.
    Either returns None where there is no derivative.  Where all cotangents come out of one
    computation, `joint_vjp(ct, ans, primals, params)` gives them together instead; where results
    have tangents that are limits, it is also told where in which sweep it stands, and
    `limits_at(ans)` says whether forward mode can't be exact there.  Where an op
    reads few elements of its one argument, `add_vjp(total, ct, params)` adds the cotangent to
    a running total in place, which costs what was read.  Where the cotangent of an argument is a
    product of matrices left.T @ right, `factors(index, ct, *primals)` gives these two.  The
    differentiable arguments are positional, the parameters (axis, index, ...) keyword-only.
    `blank` marks those that make an array to be filled, such as `zeros_like`: it stays traced.
    `symmetric` says that f(x, y) = f(y, x), so that of f(x, x) both cotangents are the same.
    `kinks` is a `kinks.Kinks`, or only words.  `special` marks ops whose result is not simply one
    traced value: constants, and those with several results; `pulls_alone` those with neither
    `joint_vjp` nor `add_vjp`.
    """

    name: str
    kind: str
    function: Callable[..., Any]
    public: Callable[..., Any]
    jvp: Callable[[Any, Array, Any, Params], Array | None]
    vjp: Callable[[int, Array, Array, Any, Params], Array | None]
    arity: int | None = 1
    keywords: tuple[str, ...] = ()
    partials: tuple[Any, ...] = ()
    rules: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    expand: Callable[[Array, Array, Params], Array] | None = None
    joint_vjp: Callable[..., Sequence[Any]] | None = None
    add_vjp: Callable[[Any, Any, Params], None] | None = None
    factors: Callable[..., tuple[Array, Array] | None] | None = None
    binder: Callable[..., Bound] | None = None
    limits_at: Callable[[Any], bool] | None = None
    multiple: bool = False
    blank: bool = False
    symmetric: bool = False
    special: bool = field(default=False, init=False)
    is_linear: bool = field(default=False, init=False)
    pulls_alone: bool = field(default=True, init=False)
    label: str | None = None
    domain: tuple[tuple[float, float], ...] = ()
    kinks: Any = ""
    why: str = ""
    cases: tuple[Case, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "special", self.multiple or self.kind == "constant")
        object.__setattr__(self, "is_linear", self.kind == "linear")
        object.__setattr__(self, "pulls_alone", not (self.joint_vjp or self.add_vjp))

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<op {self.name}: {self.kind}>"

    def __deepcopy__(self, memo: Any = None) -> Op:
        return self  # as a function is

    __copy__ = __deepcopy__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the op as its public function is called: `ops["tanh"](x)`."""
        arrays, params = self.bind(args, kwargs)
        return apply(self, arrays, params)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Bound:
        """Sort a call's arguments into differentiable ones and parameters.

        A keyword that the op's rule does not name is refused here, by construction, unless it
        has its default value: a rule can't ignore what it does not know.
        """
        if self.binder is not None:
            if kwargs:
                kwargs = understood(self.public, self.binder, kwargs)
            return self.binder(*args, **kwargs)
        arity = self.arity or 0
        if len(args) == arity and not kwargs:
            return args, {}
        names, defaults = signature_of(self.public)
        given = dict(zip(names, args, strict=False)) | dict(kwargs)
        arrays = tuple(given.pop(name) for name in names[:arity] if name in given)
        params = {}
        for name, value in given.items():
            if name in self.keywords:
                params[name] = value
            elif name not in defaults or value is not defaults[name]:
                refuse_keyword(self.public, name, value, self.keywords)
        return arrays, params
