"""Observations as JSON and back: numbers, arrays, texts and containers; nothing that can be run.

What comes from a student's process is data.  An object that is none of these arrives as a stand-in
with the name of its type, an exception as one of a known class or of an empty one with its name.

>>> import json
>>> decode(json.loads(json.dumps(encode({"x": np.ones(2), "n": (1, None)}))))
{'x': array([1., 1.]), 'n': (1, None)}
"""

from __future__ import annotations

import base64
import builtins
import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.course.judging.judge import said
from autodiff.course.judging.trial import Trial

DEEPEST = 30
LARGEST = 2_000_000
"""An array of more numbers is not sent: no exercise asks for one."""


class NotSentError(ValueError):
    """A result that is too large or too deep to be the answer of an exercise."""


class StandIn:
    """Something of a type that is not sent."""


def encode(value: Any, depth: int = 0) -> Any:
    """A value as lists, texts and numbers that JSON can hold."""
    if depth > DEEPEST:
        raise NotSentError("a result of containers in containers without end")
    if value is None or isinstance(value, (bool, str, float)):
        return value if not isinstance(value, float) else float(value)
    if isinstance(value, int):
        return ["int", str(value)] if abs(value) > 2**53 else int(value)
    if isinstance(value, complex):
        return ["complex", value.real, value.imag]
    if type(value) is np.ndarray or isinstance(value, np.generic):
        array = np.asarray(value)
        if array.dtype.kind in "biufc":
            if array.size > LARGEST:
                raise NotSentError(f"an array of {array.size} numbers")
            data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
            kind = "scalar" if isinstance(value, np.generic) else "array"
            return [kind, array.dtype.str, list(array.shape), data]
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [kind, [encode(part, depth + 1) for part in value]]
    if isinstance(value, Mapping):
        return ["dict", [[str(k), encode(v, depth + 1)] for k, v in value.items()]]
    kind = "function" if callable(value) else "object"
    return [kind, str(getattr(value, "__name__", "") or type(value).__name__)[:80]]


def decode(sent: Any) -> Any:
    """The value again; raises `ValueError` for what `encode` does not make."""
    if not isinstance(sent, list):
        return sent
    match sent:
        case ["int", str(digits)]:
            return int(digits[:4000])
        case ["complex", real, imag]:
            return complex(float(real), float(imag))
        case ["array" | "scalar" as kind, str(dtype), list(shape), str(data)]:
            if np.dtype(dtype).kind not in "biufc":
                raise ValueError(f"an array of {dtype}")
            flat = np.frombuffer(base64.b64decode(data), np.dtype(dtype))
            array = flat.reshape([int(n) for n in shape]).copy()
            return array[()] if kind == "scalar" else array
        case ["list", list(parts)]:
            return [decode(part) for part in parts]
        case ["tuple", list(parts)]:
            return tuple(decode(part) for part in parts)
        case ["dict", list(pairs)]:
            return {str(key): decode(value) for key, value in pairs}
        case ["function", str(name)]:

            def function() -> None: ...

            function.__name__ = name
            return function
        case ["object", str(name)]:
            return type(name, (StandIn,), {})()
    raise ValueError(f"not an observation: {str(sent)[:80]}")


def encode_trial(trial: Trial) -> dict[str, Any]:
    """A trial as plain data."""
    error = trial.error
    made = None
    if error is not None:
        made = [type(error).__module__, type(error).__qualname__, said(error)[:2000]]
    return {
        "seen": encode(trial.seen),
        "error": made,
        "place": str(trial.place or "")[:500],
        "during": trial.during[:500],
        "changed": list(trial.changed),
        "silent": trial.silent,
        "printed": trial.printed,
    }


def decode_trial(sent: Mapping[str, Any]) -> Trial:
    """The trial again."""
    error = None
    if sent["error"] is not None:
        module, name, message = map(str, sent["error"])
        error = _error_class(module, name)(message)
    return Trial(
        decode(sent["seen"]),
        error,
        str(sent["place"]) or None,  # type: ignore[arg-type]  # said in words from here on
        str(sent["during"]),
        tuple(map(str, sent["changed"])),
        bool(sent["silent"]),
        str(sent["printed"]),
    )


def _error_class(module: str, name: str) -> type[BaseException]:
    """Python's class or this package's, by its name; for any other an empty class so named."""
    home: Any = None
    if module == "builtins":
        home = builtins
    elif module.split(".")[0] == "autodiff":
        try:
            home = importlib.import_module(module)
        except ImportError:
            home = None
    found = getattr(home, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        try:
            found("")
        except TypeError:  # it wants more than a message
            return type(name, (Exception,), {})
        return found
    return type(name, (Exception,), {})
