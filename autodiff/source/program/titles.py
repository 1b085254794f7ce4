"""What a written program is called, and the sentence that says of what it is.

>>> import autodiff as ad
>>> def loss(x): return x * x
>>> title_of(ad.grad(loss))[0], result_of(ad.grad(loss))
('grad_loss', 'loss')
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autodiff.core.transforms.derived import Derived


def result_of(f: Callable[..., Any]) -> str:
    """What the result of the innermost function is called: by that function's name, or f."""
    while isinstance(f, Derived):
        f = f.function
    name = getattr(f, "__name__", "f")
    return name if name.isidentifier() else "f"


def title_of(f: Callable[..., Any]) -> tuple[str, str]:
    """The name of the written function, and a sentence about it."""
    chain = []
    while isinstance(f, Derived):
        chain.append(f)
        f = f.function
    name = getattr(f, "__name__", type(f).__name__)
    name = name if name.isidentifier() else "program"
    code = getattr(f, "__code__", None)
    place = ""
    if code is not None:
        place = f" ({Path(code.co_filename).name}, line {code.co_firstlineno})"
    words = {
        "grad": "the gradient of",
        "value_and_grad": "value and gradient of",
        "jacobian": "the Jacobian of",
        "hessian": "the Hessian of",
        "derivative": "the derivative of",
    }
    said = " ".join(words.get(one.transform.__name__, one.transform.__name__) for one in chain)
    prefix = "".join(f"{one.transform.__name__}_" for one in chain)
    text = f"{said} {name}".strip()
    return prefix + name, f"{text[0].upper()}{text[1:]}{place}, as a program of NumPy."
