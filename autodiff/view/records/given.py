"""What a user gives to be looked at, a tensor, a function or a tape, made a `Subject`."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.variables import argument_names, may_vary
from autodiff.core.ground.errors import PromotionNote
from autodiff.core.ground.locations import python_function, user_frame
from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.program import Program
from autodiff.core.reverse.tensor import Tensor
from autodiff.core.transforms.record import record
from autodiff.core.transforms.reverse import raise_disconnected
from autodiff.view.records.calls import call_paths, watched_calls
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.names import name_all, names_held
from autodiff.view.words.text import cleaned

PARAMETER = re.compile(r"(W|U|V|w|b|θ|theta|weights?|bias(es)?|gamma|beta)_?[0-9₀-₉]*$")
"""What a bare variable is called that a drawing takes for a parameter rather than an input."""


def subject_of(
    thing: Any,
    args: tuple[Any, ...] = (),
    *,
    argnums: Sequence[int] | int | None = None,
    ct: Any = None,
    parameters: Sequence[str] = (),
    variables: dict[str, Any] | None = None,
    ran: Any = None,
) -> Subject:
    """Look at a `Tensor`, a tape, or a function at its arguments; `ViewError` for anything else."""
    if variables is None:
        frame = user_frame(2)
        variables = dict(frame.f_locals) if frame else {}
    if isinstance(thing, Subject):
        return thing
    if hasattr(thing, "as_subject"):  # a front end's graph, or a node of one
        return thing.as_subject(ran)
    if ran is not None:
        raise ViewError("ran= is for a graph that is built before it is run.")
    if isinstance(thing, Tensor):
        return _of_tensor(thing, ct, parameters, variables)
    if isinstance(thing, Program):
        return _of_program(thing, parameters, variables)
    if callable(thing):
        return _of_function(thing, args, argnums, ct, parameters)
    raise ViewError(
        f"a drawing starts from a Tensor, from a function with its arguments, or from a tape, "
        f"but got {type(thing).__name__}. Write draw(f, x), or make x = ad.Tensor(...) first."
    )


def _of_tensor(y: Tensor, ct: Any, parameters: Sequence[str], variables: dict[str, Any]) -> Subject:
    program = history([y.node])
    names = name_all(program, {}, variables)
    seed = y.grad if ct is None else ct
    seeds = {} if seed is None else {y.node: _floats(seed, y.node)}
    paths = names_held(variables)
    chosen = _parameters(program, names, parameters, set(), paths)
    return Subject(
        names[y.node],
        program,
        [y.node],
        names,
        chosen,
        seeds,
        seed is not None,
        arrays=arrays_of(variables),
        paths=paths,
    )


def _of_program(tape: Program, parameters: Sequence[str], variables: dict[str, Any]) -> Subject:
    program = list(tape)
    if not program:
        raise ViewError("the tape is empty: nothing was recorded on ad.Tensor values inside it.")
    used = {i for equation in program for i in equation.inputs if i.__class__ is Equation}
    outputs = list(tape.outputs) or [equation for equation in program if equation not in used]
    names = name_all(program, {}, variables)
    seeds = {}
    for equation in outputs:
        seed = (equation.note or {}).get("grad") if equation.op else None
        if seed is not None:
            seeds = {equation: _floats(seed, equation)}
            break
    paths = names_held(variables)
    chosen = _parameters(program, names, parameters, set(), paths)
    return Subject(
        "the tape",
        program,
        outputs,
        names,
        chosen,
        seeds,
        bool(seeds),
        arrays=arrays_of(variables),
        paths=paths,
    )


def arrays_of(variables: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The plain arrays among variables."""
    return {
        name: value
        for name, value in variables.items()
        if isinstance(value, np.ndarray) and not name.startswith("_")
    }


def _around(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: Sequence[int]
) -> dict[str, np.ndarray]:
    """The arrays that a function sees: arguments that do not vary, its closure, its globals."""
    names = argument_names(f, len(args))
    given = {n: a for i, (n, a) in enumerate(zip(names, args, strict=True)) if i not in argnums}
    written = python_function(f)
    if written is None:
        return arrays_of(given)
    closed, code, known = {}, written.__code__, written.__globals__
    for name, cell in zip(code.co_freevars, written.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # a variable that is not assigned yet
            closed[name] = cell.cell_contents
    spread = {n: known[n] for n in code.co_names if n in known}
    return arrays_of(spread) | arrays_of(closed) | arrays_of(given)


def _of_function(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: Sequence[int] | int | None,
    ct: Any,
    parameters: Sequence[str],
) -> Subject:
    title = cleaned(getattr(f, "__name__", type(f).__name__))
    if argnums is None:
        argnums = [i for i, arg in enumerate(args) if may_vary(arg)]
    argnums = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    if not argnums:
        raise ViewError(
            f"{title} was given no floating-point argument to differentiate with respect to. "
            f"Give it one: draw({title}, 2.0)."
        )
    with warnings.catch_warnings(), watched_calls() as calls:
        warnings.simplefilter("ignore", PromotionNote)
        run = record(f, args, {}, argnums)
    outputs = [node for node in map(run.node_of, run.outputs) if node is not None]
    outputs = list(dict.fromkeys(outputs))
    if not outputs:
        raise_disconnected(run, title)
    program = history([*outputs, *run.inputs])
    listed = [path for arg in run.args for path in arg.paths]
    known = dict(zip(run.inputs, listed, strict=True))
    grouped = {
        variable
        for variable, owner in zip(run.inputs, [a for a in run.args for _ in a.values], strict=True)
        if owner.structure is not None
    }
    names = name_all(program, known, {})
    if names[outputs[0]] == f"v{program.index(outputs[0]) + 1}":
        wanted = title if len(title) <= 2 and title.isidentifier() else "y"
        if wanted not in names.values():
            names[outputs[0]] = wanted
    target = outputs[0]
    seed = np.ones_like(ground(target.value))[()] if ct is None else ct
    subject = Subject(
        title,
        program,
        outputs,
        names,
        _parameters(program, names, parameters, grouped, known),
        {target: _floats(seed, target)},
        True,
        run,
        (f, args),
        argnums,
        arrays=_around(f, args, argnums),
        paths=known,
        groups=call_paths(calls, program) if not any(e.scope for e in program) else {},
    )
    if ct is None and np.ndim(ground(target.value)):
        subject.notes.append(
            f"{names[target]} has shape {np.shape(ground(target.value))}: the sweep starts from "
            "ones, which gives the gradient of its sum (choose another start with ct=...)."
        )
    return subject


def _floats(seed: Any, equation: Equation) -> Any:
    """The cotangent in its value's floating-point type, its shape checked."""
    value = np.asarray(ground(equation.value))
    if np.shape(ground(seed)) != value.shape:
        raise ViewError(
            f"the starting cotangent has shape {np.shape(ground(seed))}, but the result has "
            f"shape {value.shape}; they must be equal."
        )
    if is_traced(seed):
        return seed
    return np.asarray(seed, dtype=value.dtype if value.dtype.kind in "fc" else float)[()]


def _parameters(
    program: Sequence[Equation],
    names: dict[Equation, str],
    wanted: Sequence[str],
    grouped: set[Equation],
    paths: Mapping[Equation, str],
) -> set[Equation]:
    """Which inputs are parameters: as told, else those in containers and those called so."""
    inputs = [equation for equation in program if equation.op is None]
    if wanted:
        return {e for e in inputs if names[e] in wanted or paths.get(e) in wanted}
    return {
        e
        for e in inputs
        if e in grouped
        or PARAMETER.match(names[e])
        or (e.note or {}).get("role") == "parameter"
        or "[" in paths.get(e, names[e])
        or "." in paths.get(e, names[e])
    }
