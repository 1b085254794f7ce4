"""What is written on an edge: the local partial as formula and number, or the rule in shapes.

Formulas come from calling the registry's rule on symbols; numbers from the rule itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.abstract import dims_text
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.language.table import brief
from autodiff.core.values.symbol import Symbol, write_partial
from autodiff.view.words.text import cleaned, clipped, shape_of, short

WIDTH = 44
ORDINALS = ("1st", "2nd", "3rd")
UNKNOWN = "⟂"
TRANSPOSE = re.compile(r"transpose\(((?:[^()]|\([^()]*\))*)\)")
COMPARISON = re.compile(r"[^()]* (<|>|<=|>=|==|!=) [^()]*")
POWER_ONE = re.compile(r"\*\*1(?![\d.])")


class ShapedSymbol(Symbol):
    """A symbol that knows its shape, for the rules of matrix products, which ask for it."""

    __slots__ = ("shape_held",)

    def __init__(self, text: str, shape: tuple[int, ...]) -> None:
        super().__init__(text)
        self.shape_held = shape

    @property
    def shape(self) -> Any:
        """The shape of what the symbol stands for."""
        return self.shape_held

    @property
    def lower(self) -> Any:
        """A stand-in value of that shape, for rules that ask about one."""
        return np.broadcast_to(np.float64(0.5), self.shape_held)

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        return Symbol(f"{self.text}[{', '.join(map(brief, parts))}]")


@dataclass(frozen=True, slots=True)
class Partial:
    """The local derivative on one edge.

    `symbol` is `∂h/∂z`; `formula` the rule; `value` the local partial where it is one number or
    one an element, else None; `rule` the vector-Jacobian product and `shapes` the same in shapes.
    """

    symbol: str
    formula: str = ""
    value: Any = None
    rule: str = ""
    shapes: str = ""
    broadcast: str = ""

    @property
    def scalar(self) -> bool:
        """Whether the local partial is one number."""
        return self.value is not None and np.ndim(self.value) == 0

    @property
    def text(self) -> str:
        """`∂h/∂z = 1 - h**2 = 0.42`, or the rule for arrays."""
        if self.value is not None:
            number = short(self.value)
            parts = [self.symbol, clipped(self.formula, WIDTH), number]
            return " = ".join(
                part for i, part in enumerate(parts) if part and (i != 1 or part != number)
            )
        return clipped(self.rule, WIDTH) if self.rule else ""


def partial_of(
    equation: Equation, index: int, names: list[str], result: str, target: str
) -> Partial:
    """The partial of one operand; `names` are the operands', `target` that of the output."""
    op = equation.op
    symbol = f"∂{result}/∂{names[index]}"
    if sum(i is equation.inputs[index] for i in equation.inputs) > 1:
        symbol += f" ({ORDINALS[index] if index < len(ORDINALS) else index + 1} use)"
    broadcast = broadcasting(equation, index)
    if op is None or op.kind == "constant":
        return Partial(symbol, broadcast=broadcast)
    primals = [ground(p) for p in equation.primals]
    if op.kind in ("elementwise", "reduction") and index < len(op.partials):
        formula = _formula(equation, index, names, result)
        return Partial(symbol, formula, _local(equation, index, primals), broadcast=broadcast)
    texts = rule_text(equation, index, f"d{target}/d{result}", names, result)
    if not texts:
        texts = f"{'transpose' if op.kind == 'linear' else 'reverse rule'} of {cleaned(op.name)}"
    shapes = [str(shape_of(p)) for p in primals]
    sizes = rule_text(equation, index, str(shape_of(equation.value)), shapes, UNKNOWN)
    value = None
    if (
        primals[index] is not None
        and not op.multiple
        and not isinstance(primals[index], tuple)
        and shape_of(primals[index]) == () == shape_of(equation.value)
    ):
        value = _local(equation, index, primals)
    if op.kind not in ("bilinear", "linear") or UNKNOWN in sizes or not any(map(shape_of, primals)):
        sizes = ""
    elif sizes:
        sizes += f" → {shape_of(primals[index])}"
    return Partial(symbol, "", value, texts, sizes, broadcast)


def _formula(equation: Equation, index: int, names: list[str], result: str) -> str:
    """The op's own partial, written down: constants as numbers, values by name."""
    assert equation.op is not None
    rule, params = equation.op.partials[index], dict(equation.params)
    if not callable(rule):
        return write_partial(rule, names, result)
    if equation.op.kind == "reduction":
        params.pop("keepdims", None)
    operands = [
        ShapedSymbol(name, shape_of(i.value))
        if i.__class__ is Equation
        else i
        if np.ndim(i) == 0
        else ShapedSymbol(name, shape_of(i))
        for i, name in zip(equation.inputs, names, strict=True)
    ]
    ans = ShapedSymbol(result, shape_of(equation.value))
    written = write_partial(lambda *_: rule(ans, *operands, **params), names, result)
    written = POWER_ONE.sub("", written)
    return f"({written})" if COMPARISON.fullmatch(written) else written


def _local(equation: Equation, index: int, primals: list[Any]) -> Any:
    """The local partial as a number, or one number an element; None where there is none."""
    ans = ground(equation.value)
    ones = np.ones_like(ans, dtype=np.result_type(ans, float))[()]
    with np.errstate(all="ignore"):
        found = equation.op.vjp(index, ones, ans, primals, equation.params)
    if found is None:
        return None
    found = np.asarray(ground(found))
    alike = found.size > 0 and bool(np.all(found == found.flat[0]))
    return found.flat[0] if alike else found[()]


def rule_text(equation: Equation, index: int, ct: str, names: list[str], result: str) -> str:
    """The vector-Jacobian product of one operand as text, by the rule called on symbols."""
    shapes = [tuple(n or 1 for n in shape_of(p)) for p in equation.primals]
    symbols = [ShapedSymbol(n, s) for n, s in zip(names, shapes, strict=True)]
    ans_shape = tuple(n or 1 for n in shape_of(equation.value))
    ans = ShapedSymbol(result, ans_shape)
    try:
        found = equation.op.vjp(index, ShapedSymbol(ct, ans_shape), ans, symbols, equation.params)
    except Exception:  # a rule may branch on values, which symbols don't have
        return ""
    if not isinstance(found, Symbol):
        return ""
    written = TRANSPOSE.sub(r"\1ᵀ", found.text)
    if " @ " in written:
        return written.replace("[..., None]", "").replace("[...]", "")
    return written.replace("[..., None]", "[:, None]") if len(ans_shape) == 1 else written


def broadcasting(equation: Equation, index: int) -> str:
    """`broadcast (10,) → (32, 10); backward sums axis 0`, or ''."""
    op = equation.op
    if op is None or op.kind != "elementwise":
        return ""
    own, whole = shape_of(equation.primals[index]), shape_of(equation.value)
    if own == whole or len(own) > len(whole):  # an unknown number of axes has none here
        return ""
    extra = len(whole) - len(own)
    axes = [
        axis
        for axis, length in enumerate(whole)
        if axis < extra or (own[axis - extra] == 1 and length != 1)
    ]
    word = "axis" if len(axes) == 1 else "axes"
    listed = ", ".join(map(str, axes))
    summed = f"; backward sums {word} {listed}" if axes else ""
    return f"broadcast {dims_text(own)} → {dims_text(whole)}{summed}"
