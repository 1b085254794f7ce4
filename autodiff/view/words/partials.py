"""What is written on an edge: the local partial as formula and number, or the rule in shapes.

Formulas come from running the registry's rule on values that write down what is done to them
(`formula`); numbers from the rule itself; a sentence (`routes`) where code would hide the idea.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.abstract import Abstract, dims_text
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.values.symbol import Symbol, write_partial
from autodiff.view.words.calls import Called, parameters_of
from autodiff.view.words.formula import Written, number_text
from autodiff.view.words.routes import route
from autodiff.view.words.text import cleaned, shape_of, short

WIDEST = 62
"""Characters of a formula on an edge; a longer one is told by name there, and whole in the text."""
RULES_MAY_REFUSE = (AutodiffError, TypeError, ValueError, IndexError, AttributeError, KeyError)
"""What a rule may raise on values that it can't be written down with; it has then no text."""
ORDINALS = ("1st", "2nd", "3rd")
UNKNOWN = "⟂"
COMPARISON = re.compile(r"[^()]* (<|>|<=|>=|==|!=) [^()]*")
COLUMN = re.compile(r"\((\S+) @ \(?([^()]+|\(\d[\d, ]*\))\)?\[:, None\]\)\[:, 0\]")
"""A matrix times a vector that was made a column for it: `(Wᵀ @ z[:, None])[:, 0]`."""
SHAPED_COLUMN = re.compile(r"\((\([^()]*\)ᵀ?) @ (\([^()]*\))\[:, None\]\)\[:, 0\]")
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


@dataclass(frozen=True, slots=True)
class Partial:
    """The local derivative on one edge.

    `symbol` is `∂h/∂z`; `formula` the partial as it is written; `value` the local partial where
    it is one number or one an element, else None; `rule` the vector-Jacobian product and `shapes`
    the same in shapes.  `code` is whichever of the two is plain code, '' where there is none,
    and `words` the sentence that says what code would hide.
    """

    symbol: str
    formula: str = ""
    value: Any = None
    rule: str = ""
    shapes: str = ""
    broadcast: str = ""
    code: str = ""
    words: str = ""

    @property
    def scalar(self) -> bool:
        """Whether the local partial is one number."""
        return self.value is not None and np.ndim(self.value) == 0

    @property
    def text(self) -> str:
        """`∂h/∂z = 1 - h**2 = 0.42`, or the rule for arrays, or the sentence that stands for it."""
        if self.value is not None:
            number = short(self.value)
            parts = [self.symbol, self.short_formula, number]
            return " = ".join(
                part for i, part in enumerate(parts) if part and (i != 1 or part != number)
            )
        return self.words or self.rule

    @property
    def short_formula(self) -> str:
        """The formula where it fits an edge, else the sentence, else nothing."""
        told = self.words or self.formula
        return told if len(told) <= WIDEST else ""

    @property
    def short_rule(self) -> str:
        """The sentence, or the rule where it fits an edge, else its name."""
        told = self.words or self.rule
        return told if len(told) <= WIDEST else self.named

    @property
    def named(self) -> str:
        """The rule by name, for a picture that has no room for it."""
        return f"{self.symbol}: a rule of {len(self.rule)} characters, written out in the text"


def partial_of(
    equation: Equation,
    index: int,
    names: list[str],
    result: str,
    target: str,
    called: Called | None = None,
) -> Partial:
    """The partial of one operand; `names` are the operands', `target` that of the output.

    `called` gives the user's name of an array among the parameters.
    """
    op = equation.op
    symbol = f"∂{result}/∂{names[index]}"
    if sum(i is equation.inputs[index] for i in equation.inputs) > 1:
        symbol += f" ({ORDINALS[index] if index < len(ORDINALS) else index + 1} use)"
    broadcast = broadcasting(equation, index)
    if op is None or op.kind == "constant":
        return Partial(symbol, broadcast=broadcast)
    primals = [ground(p) for p in equation.primals]
    params = parameters_of(equation, called)
    if op.kind in ("elementwise", "reduction") and index < len(op.partials):
        formula, whole = _formula(equation, index, names, result)
        value = _local(equation, index, primals)
        words = route(op.name, index, params, names, whole)
        code = formula if whole else ""
        shown = formula if whole or not words else ""
        return Partial(symbol, shown, value, broadcast=broadcast, code=code, words=words)
    texts, whole = _rule(equation, index, f"d{target}/d{result}", names, result)
    words = route(op.name, index, params, names, whole)
    code = texts if whole else ""
    if not whole:
        texts = f"{'transpose' if op.kind == 'linear' else 'reverse rule'} of {cleaned(op.name)}"
    value = None
    if (
        primals[index] is not None
        and not op.multiple
        and not isinstance(primals[index], tuple)
        and shape_of(primals[index]) == () == shape_of(equation.value)
    ):
        value = _local(equation, index, primals)
    sizes = "" if words or not whole or " @ " not in texts else _sizes(equation, index)
    return Partial(symbol, "", value, texts, sizes, broadcast, code, words)


def _is_known(equation: Equation) -> bool:
    """Whether the values are there, and not only their shapes."""
    return not any(isinstance(ground(p), Abstract) for p in (*equation.primals, equation.value))


def _operands(equation: Equation, names: list[str]) -> list[Any]:
    """The operands for a rule that is to be written: values by name, constants as numbers."""
    return [
        Written(name, ground(i.value))
        if i.__class__ is Equation
        else Written(name, ground(i))
        if np.ndim(ground(i))
        else i
        for i, name in zip(equation.inputs, names, strict=True)
    ]


def _formula(equation: Equation, index: int, names: list[str], result: str) -> tuple[str, bool]:
    """The op's own partial, written down, and whether that is all of it."""
    op = equation.op
    assert op is not None
    rule, params = op.partials[index], dict(equation.params)
    if rule is None:
        return "", False
    if not callable(rule):
        return number_text(rule), True
    if not _is_known(equation):
        return write_partial(rule, names, result), True
    operands = _operands(equation, names)
    ans = Written(result, ground(equation.value))
    if op.kind == "reduction":
        ans = op.expand(ans, operands[0], params) if op.expand else ans
        params.pop("keepdims", None)
    try:
        with np.errstate(all="ignore"):
            found = rule(ans, *operands, **params)
    except RULES_MAY_REFUSE:
        return "", False
    if isinstance(found, Written):
        text = POWER_ONE.sub("", found.text)
        return (f"({text})" if COMPARISON.fullmatch(text) else text), found.whole_text
    array = np.asarray(found)
    if array.size and array.dtype.kind in "fiub" and np.all(array == array.flat[0]):
        return number_text(array.flat[0]), True
    return "", False


def _rule(
    equation: Equation, index: int, ct: str, names: list[str], result: str
) -> tuple[str, bool]:
    """The vector-Jacobian product of one operand, written down, and whether that is all of it."""
    if not _is_known(equation) or isinstance(equation.value, tuple):
        text = rule_text(equation, index, ct, names, result)
        return text, bool(text) and "constant" not in text
    found = run_rule(equation, index, ct, names, result)
    if not isinstance(found, Written):
        return "", False
    text = COLUMN.sub(r"\1 @ \2", found.text)
    return text, found.whole_text


def run_rule(
    equation: Equation, index: int, ct: str, names: list[str], result: str, carried: Any = None
) -> Any:
    """The rule of one operand, run on values that write themselves down.

    `ct` names the cotangent, whose value is `carried`, by default ones.
    """
    ans = ground(equation.value)
    ones = np.ones_like(ans, dtype=np.result_type(ans, float))[()]
    ones = ones if carried is None else ground(carried)
    operands = _operands(equation, names)
    try:
        with np.errstate(all="ignore"):
            return equation.op.vjp(
                index, Written(ct, ones), Written(result, ans), operands, equation.params
            )
    except RULES_MAY_REFUSE:
        return None


def _sizes(equation: Equation, index: int) -> str:
    """The rule of a matrix product once more, with shapes in place of names."""
    shapes = [str(shape_of(p)) for p in equation.primals]
    whole = str(shape_of(equation.value))
    if _is_known(equation):
        found = run_rule(equation, index, whole, shapes, UNKNOWN)
        text = found.text if isinstance(found, Written) else ""
    else:
        text = rule_text(equation, index, whole, shapes, UNKNOWN)
    text = SHAPED_COLUMN.sub(r"\1 @ \2", re.sub(r"\((\(\d[\d, ]*\))\)", r"\1", text))
    if not text or UNKNOWN in text:
        return ""
    return f"{text} → {shape_of(equation.primals[index])}"


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
    text = found.text
    if " @ " in text:
        return text.replace("[..., None]", "").replace("[...]", "")
    return text.replace("[..., None]", "[:, None]") if len(ans_shape) == 1 else text


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
