"""A failure as a program that one can paste and run; the table at the end."""

from __future__ import annotations

from collections import Counter

import numpy as np

from fuzz.generate import Written
from fuzz.judge import Verdict
from fuzz.program import HEADER

CALLS = {
    "grad": "ad.grad(lambda *args: np.sum(np.cos(2.0 + np.arange({n})) * f(*args)), argnums={numbers})({args})",
    "vjp": "ad.vjp(f, {args})[1](np.cos(2.0 + np.arange({n})))",
    "jvp": "ad.jvp(f, ({args},), ({tangents},))",
    "Tensor": "f({tensors})",
    "jacobian in reverse": 'ad.jacobian(f, argnums={numbers}, mode="reverse")({args})',
    "jacobian in forward": 'ad.jacobian(f, argnums={numbers}, mode="forward")({args})',
    "second order": "ad.hessian(lambda *args: np.sum(np.cos(2.0 + np.arange({n})) * f(*args)), argnums={numbers})({args})",
}


def literal(value: np.ndarray) -> str:
    """An array as text that makes it again."""
    text = np.array2string(value, separator=", ", threshold=10**6, floatmode="unique").replace(
        "\n", ""
    )
    made = f"np.array({text}, dtype=np.{value.dtype})"
    return made if value.ndim else f"{made}[()]"


def runnable(written: Written, verdict: Verdict) -> str:
    """The whole failure: what was found, and a program that shows it."""
    program = written.program
    args = ", ".join(program.inputs)
    slots = {
        "n": written.value.size,
        "args": args,
        "numbers": tuple(range(len(program.inputs))),
        "tangents": ", ".join(literal(written.directions[0][name]) for name in program.inputs),
        "tensors": ", ".join(f"ad.Tensor({name})" for name in program.inputs),
    }
    values = {**program.inputs, **program.constants}
    given = "\n".join(f"{name} = {literal(value)}" for name, value in values.items())
    found = "\n".join(f"# {line}" for line in verdict.text.splitlines())
    return (
        f"# {verdict.kind} in {verdict.mode}, {program.name}\n{found}\n"
        f"import autodiff as ad\n{HEADER}{given}\n\n\n{program.source}\n"
        f"print(f({args}))\nprint({CALLS[verdict.mode].format(**slots)})\n"
    )


def summary(verdicts: Counter[str], refusals: Counter[str]) -> str:
    """The table at the end: programs by verdict, and what was refused how often."""
    total = sum(verdicts.values())
    rows = [
        f"{kind:10} {count:7} {100 * count / total:6.1f} %"
        for kind, count in verdicts.most_common()
    ]
    lines = ["", f"{total} programs", *rows]
    if refusals:
        lines += ["", "refused statements"]
        lines += [f"{count:7}  {text}" for text, count in refusals.most_common(60)]
    return "\n".join(lines)
