"""Calls that PyTorch has under another name, with other parameters: a line for each.

A line says which parameters NumPy's function is given, and what is written of them: `{(x)}` is x in
parentheses where it needs them, `{float(x)}` is x as float64 where it is of whole numbers, of which
PyTorch would make float32.  What stands between `<` and `>` is left out where its value is None;
a call with other parameters is refused.

    "np.sort": "a, axis=-1 -> torch.sort({a}, dim={axis}).values"

>>> form = Form("x, shift, axis=None -> torch.roll({x}, {shift}<, {axis}>)")
>>> form.parameters
{'x': Ellipsis, 'shift': Ellipsis, 'axis': None}
>>> form.written({"x": "x", "shift": "1", "axis": "None"}), form.written(
...     {"x": "x", "shift": "1", "axis": "0"}
... )
('torch.roll(x, 1)', 'torch.roll(x, 1, 0)')
"""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from autodiff.source.languages.torch.operands import is_whole, tensor
from autodiff.source.records.nodes import Node
from autodiff.source.words.expressions import Expressions
from autodiff.source.words.texts import ATOM, Text

OPTIONAL = re.compile(r"<([^<>]*\{(\w+)\}[^<>]*)>")


class Form:
    """How a call is written: parameters with their defaults (`...` for none), and a template."""

    def __init__(self, line: str) -> None:
        left, self.template = line.split(" -> ")
        pairs = [([*one.split("=", 1), "..."])[:2] for one in re.split(r", (?=[a-zA-Z])", left)]
        self.parameters = {name: ast.literal_eval(default) for name, default in pairs}

    def __call__(self, expressions: Expressions, node: Node) -> Text | None:
        """The text of a call, or None where it has parameters that are not in the line."""
        if len(node.args) > len(self.parameters) or node.kwargs.keys() - self.parameters.keys():
            return None
        given = self.parameters | dict(zip(self.parameters, node.args)) | node.kwargs
        if any(value is ... for value in given.values()):
            return None
        texts = {name: operand(expressions, value) for name, value in given.items()}
        atoms = {f"({name})": text.within(ATOM) for name, text in texts.items()}
        floats = {f"float({name})": floating(given[name], text) for name, text in texts.items()}
        return Text(self.written({k: text.text for k, text in texts.items()} | atoms | floats))

    def written(self, texts: dict[str, str]) -> str:
        """The template with these texts."""

        def kept(match: re.Match[str]) -> str:
            return "" if texts[match[2]] == "None" else match[1]

        return OPTIONAL.sub(kept, self.template).format_map(texts)


def operand(expressions: Expressions, value: Any) -> Text:
    """A tensor, or a number, tuple or name that stands as it is."""
    if isinstance(value, np.ndarray | np.generic):
        return Text(tensor(expressions, value))
    return expressions.leaf(value)


def floating(value: Any, text: Text) -> str:
    """The text of an operand, made float64 where it is of whole numbers."""
    return f"{text.within(ATOM)}.to(torch.float64)" if is_whole(value) else text.text


ALONG = (
    "a, n=None, axis=-1, norm=None"
    " -> torch.fft.{}({{float(a)}}<, n={{n}}>, dim={{axis}}<, norm={{norm}}>)"
)
ALONG_TWO = (
    "a, s=None, axes=(-2, -1), norm=None"
    " -> torch.fft.{}({{float(a)}}<, s={{s}}><, dim={{axes}}><, norm={{norm}}>)"
)
ALONG_ALL = ALONG_TWO.replace("(-2, -1)", "None")
SPECIAL_FUNCTIONS = {
    "psi": "digamma", "expit": "expit", "logit": "logit", "gammaln": "gammaln", "erf": "erf",
    "erfc": "erfc", "erfcx": "erfcx", "erfinv": "erfinv", "i0": "i0", "i1": "i1", "i0e": "i0e",
    "i1e": "i1e", "j0": "bessel_j0", "j1": "bessel_j1", "y0": "bessel_y0", "y1": "bessel_y1",
    "k0": "modified_bessel_k0", "k1": "modified_bessel_k1", "k0e": "scaled_modified_bessel_k0",
    "k1e": "scaled_modified_bessel_k1", "ndtr": "ndtr", "ndtri": "ndtri", "log_ndtr": "log_ndtr",
    "xlogy": "xlogy", "xlog1py": "xlog1py", "entr": "entr", "gammainc": "gammainc",
    "gammaincc": "gammaincc", "zeta": "zeta", "exp2": "exp2", "expm1": "expm1",
}  # fmt: skip
"""Functions of `scipy.special` by their names in `torch.special`."""

FORMS = {
    "np.sort": "a, axis=-1, kind=None -> torch.sort({a}, dim={axis}, stable=True).values",
    "np.argsort": "a, axis=-1, kind=None -> torch.argsort({a}, dim={axis}, stable=True)",
    "np.argmax": "a, axis=None -> torch.argmax({a}<, dim={axis}>)",
    "np.argmin": "a, axis=None -> torch.argmin({a}<, dim={axis}>)",
    "np.take_along_axis": "a, indices, axis=-1 -> torch.take_along_dim({a}, {indices}, dim={axis})",
    "np.diff": "a, n=1, axis=-1 -> torch.diff({a}, n={n}, dim={axis})",
    "np.rot90": "m, k=1, axes=(0, 1) -> torch.rot90({m}, {k}, {axes})",
    "np.kron": "a, b -> torch.kron({a}, {b})",
    "np.trace": "a -> torch.trace({a})",
    "np.cross": "a, b, axis=-1 -> torch.linalg.cross({a}, {b}, dim={axis})",
    "np.vecdot": "a, b -> torch.linalg.vecdot({a}, {b})",
    "np.cbrt": "x -> (torch.sign({float(x)}) * torch.abs({float(x)}) ** (1 / 3))",
    "np.fabs": "x -> torch.abs({x})",
    "np.radians": "x -> torch.deg2rad({float(x)})",
    "np.degrees": "x -> torch.rad2deg({float(x)})",
    "np.angle": "z -> torch.angle({float(z)})",
    "np.i0": "x -> torch.special.i0({float(x)})",
    "np.matvec": "x1, x2 -> torch.einsum('...ij,...j->...i', {x1}, {x2})",
    "np.vecmat": "x1, x2 -> torch.einsum('...i,...ij->...j', torch.conj({x1}), {x2})",
    "np.nan_to_num": (
        "x, copy=True, nan=0.0, posinf=None, neginf=None"
        " -> torch.nan_to_num({x}, nan={nan}, posinf={posinf}, neginf={neginf})"
    ),
    "np.positive": "x -> {(x)}",
    "np.ascontiguousarray": "a, dtype=None -> {(a)}.contiguous()",
    "np.nansum": "a, axis=None -> torch.nansum({a}<, dim={axis}>)",
    "np.searchsorted": "a, v -> torch.searchsorted({a}, {v})",
    "np.linalg.qr": "a -> torch.linalg.qr({float(a)})",
    "np.linalg.eigh": "a, UPLO='L' -> torch.linalg.eigh({float(a)}, UPLO={UPLO})",
    "np.linalg.eigvalsh": "a, UPLO='L' -> torch.linalg.eigvalsh({float(a)}, UPLO={UPLO})",
    "np.linalg.pinv": "a -> torch.linalg.pinv({float(a)})",
    "np.linalg.matrix_power": "a, n -> torch.linalg.matrix_power({a}, {n})",
    "scipy.linalg.expm": "A -> torch.linalg.matrix_exp({float(A)})",
    "scipy.special.polygamma": "n, x -> torch.special.polygamma({n}, {float(x)})",
    "scipy.special.log_expit": "x -> torch.nn.functional.logsigmoid({float(x)})",
    "scipy.special.betaln": (
        "a, b -> (torch.special.gammaln({float(a)}) + torch.special.gammaln({float(b)})"
        " - torch.special.gammaln({(a)} + {(b)}))"
    ),
    "scipy.special.exp10": "x -> torch.pow(10.0, {float(x)})",
    "scipy.special.pseudo_huber": (
        "d, r -> ({(d)} ** 2 * (torch.sqrt(1 + ({(r)} / {(d)}) ** 2) - 1))"
    ),
    **{f"np.fft.{name}": ALONG.format(name) for name in ("fft", "ifft", "rfft", "irfft")},
    **{f"np.fft.{name}": ALONG_TWO.format(name) for name in ("fft2", "ifft2", "rfft2", "irfft2")},
    **{f"np.fft.{name}": ALONG_ALL.format(name) for name in ("fftn", "ifftn", "rfftn", "irfftn")},
}  # fmt: skip
"""Calls by NumPy's names."""
