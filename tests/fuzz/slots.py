"""Fills the slots of a template: names of values that fit, and texts that fit a named value.

`{real}`, `{mat}`, `{mat2}`: a name, chosen among those whose value is of the kind; a second one has a
number behind its kind.  `{axis:mat}`: a text that fits the value named by `{mat}`.  `{new}`: the name
of the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from fuzz.lockstep import Lockstep, Names, is_number

SLOT = re.compile(r"\{(\w+?)(\d?)(?::(\w+))?\}")
LETTERS = "abcdghkmnpqrstu"
FRESH = [*LETTERS, *(f"{letter}{digit}" for digit in "123456789" for letter in LETTERS)]


class NoFitError(Exception):
    """No value at hand fits a slot."""


def _array(v: Any, ndim: int | None = None, kinds: str = "fc") -> bool:
    return (
        isinstance(v, np.ndarray)
        and v.dtype.kind in kinds
        and v.size > 0
        and (v.ndim > 0 if ndim is None else v.ndim == ndim)
    )


KINDS: dict[str, Callable[[Any], bool]] = {
    "any": is_number,
    "real": lambda v: is_number(v) and not np.iscomplexobj(v),
    "num": lambda v: is_number(v) and np.ndim(v) == 0 and not np.iscomplexobj(v),
    "cpx": np.iscomplexobj,
    "arr": _array,
    "vec": lambda v: _array(v, 1),
    "mat": lambda v: _array(v, 2),
    "cube": lambda v: _array(v, 3),
    "rarr": lambda v: _array(v, None, "f"),
    "rvec": lambda v: _array(v, 1, "f"),
    "rmat": lambda v: _array(v, 2, "f"),
    "sq": lambda v: _array(v, 2, "f") and v.shape[0] == v.shape[1],
    "out": lambda v: isinstance(v, np.ndarray) and v.dtype.kind in "fc" and v.size > 0,
    "input": _array,
    "mine": lambda v: is_number(v) and not np.iscomplexobj(v),
    "live": lambda v: isinstance(v, np.ndarray) and v.dtype.kind in "fc" and v.size > 0,
    "rout": lambda v: isinstance(v, np.ndarray) and v.dtype.kind == "f" and v.size > 0,
}
"""Which values a name may have that fills the slot."""
WRITABLE = ("out", "rout", "mine", "live")
"""Slots of values that may be changed, since they are not the caller's."""


def fill(template: str, lockstep: Lockstep, rng: np.random.Generator) -> dict[str, str]:
    """Texts for all slots of a template."""
    found: dict[str, str] = {}
    names = lockstep.places[0]
    fixed = [*lockstep.program.inputs, *lockstep.program.constants]
    usable = [name for name, value in names.items() if is_number(value) and name[0] != "_"]
    varying = {name for name in usable if lockstep.varies(name)}
    slots = SLOT.findall(template)
    named = dict.fromkeys(about or kind + digit for kind, digit, about in slots)
    for slot in named:
        kind = slot.rstrip("0123456789")
        if kind == "new":
            found[slot] = _new_name(usable, fixed, {*names, *found.values()}, rng)
        elif kind in KINDS:
            able = lockstep.program.inputs if kind == "input" else usable
            fits = [name for name in able if KINDS[kind](names[name])]
            if kind in WRITABLE:
                fits = [name for name in fits if not _is_callers(names[name], names, fixed)]
            if kind == "live":
                fits = [name for name in fits if name in varying]
            if not fits:
                raise NoFitError(kind)
            if rng.random() < 0.9:
                fits = [name for name in fits if name in varying] or fits
            found[slot] = _choose_late(fits, rng)
        else:
            found[slot] = TEXTS[kind](rng, None)
    for kind, digit, about in slots:
        slot = f"{kind}{digit}:{about}"
        if about and slot not in found:
            found[slot] = TEXTS[kind](rng, names[found[about]])
    return found


def filled(text: str, found: dict[str, str]) -> str:
    """A template with the texts in its slots."""
    return SLOT.sub(lambda match: found[match.group(0)[1:-1]], text)


def _choose_late(fits: list[str], rng: np.random.Generator) -> str:
    """One of the names, the later ones more often, so that programs are deep."""
    place = int(len(fits) * rng.random() ** 0.6)
    return fits[min(place, len(fits) - 1)]


def _new_name(
    usable: list[str], fixed: list[str], taken: set[str], rng: np.random.Generator
) -> str:
    own = [name for name in usable if name not in fixed]
    if len(own) > 10 or (own and rng.random() < 0.15):
        return str(rng.choice(own))
    return next(name for name in FRESH if name not in taken)


def _is_callers(value: Any, names: Names, fixed: list[str]) -> bool:
    """Whether the memory is the caller's, or can't be written."""
    if not isinstance(value, np.ndarray):
        return False
    return not value.flags.writeable or any(
        isinstance(names[name], np.ndarray) and np.may_share_memory(value, names[name])
        for name in fixed
    )


# -- texts ---------------------------------------------------------------------------------------


def number(rng: np.random.Generator, v: Any = None) -> str:
    """A literal between -2 and 2 that is not too small."""
    return repr(round(float(rng.uniform(0.2, 2.0) * rng.choice([-1, 1])), 2))


def positive(rng: np.random.Generator, v: Any = None) -> str:
    """A literal between 0.2 and 2."""
    return repr(round(float(rng.uniform(0.2, 2.0)), 2))


def literal(rng: np.random.Generator, shape: tuple[int, ...]) -> str:
    """A literal of nested lists."""
    return str(np.round(rng.uniform(-1.5, 1.5, shape), 2).tolist())


def constant(rng: np.random.Generator, v: Any) -> str:
    """A literal array of the value's shape, or of one that broadcasts to it."""
    shape = [1 if rng.random() < 0.15 else n for n in np.shape(v)]
    return f"np.array({literal(rng, tuple(shape[int(rng.random() < 0.2) * len(shape) // 2 :]))})"


def axis(rng: np.random.Generator, v: Any) -> str:
    """An axis of the value, from the front or from the back."""
    ndim = np.ndim(v)
    if ndim == 0:
        raise NoFitError("axis")
    return str(int(rng.integers(-ndim, ndim)))


def axes(rng: np.random.Generator, v: Any) -> str:
    """None, an axis, or several."""
    ndim, chance = np.ndim(v), rng.random()
    if chance < 0.25 or ndim == 0:
        return "None"
    if chance < 0.7 or ndim == 1:
        return axis(rng, v)
    chosen = rng.permutation(ndim)[: int(rng.integers(2, ndim + 1))]
    return repr(tuple(int(a) for a in chosen))


def permutation(rng: np.random.Generator, v: Any) -> str:
    """The axes in another order."""
    return repr(tuple(int(a) for a in rng.permutation(np.ndim(v))))


def _slice(rng: np.random.Generator, n: int) -> str:
    start, stop = sorted(int(k) for k in rng.integers(0, n + 1, 2))
    if start == stop:
        start, stop = 0, n
    forms = [
        f"{start}:{stop}",
        f"{start}:",
        f":{stop or n}",
        ":",
        "::2",
        "::-1",
        f"{start - n}:",
        "1::2" if n > 1 else ":",
    ]
    return str(rng.choice(forms))


def index(rng: np.random.Generator, v: Any) -> str:
    """A basic index: integers, slices, an ellipsis, a new axis."""
    shape = np.shape(v)
    if not shape:
        return str(rng.choice(["...", "()", "None"]))
    parts = []
    for n in shape[: int(rng.integers(1, len(shape) + 1))]:
        parts.append(str(int(rng.integers(-n, n))) if rng.random() < 0.4 else _slice(rng, n))
    chance = rng.random()
    if chance < 0.12:
        parts.insert(int(rng.integers(0, len(parts) + 1)), "None")
    elif chance < 0.24:
        parts.insert(int(rng.integers(0, 2)) * len(parts) if len(parts) < len(shape) else 0, "...")
        if parts[0] == "..." and len(parts) > len(shape):
            parts = parts[: len(shape) + 1]
    return ", ".join(parts)


def view(rng: np.random.Generator, v: Any) -> str:
    """A basic index that keeps at least one axis."""
    for _ in range(10):
        text = index(rng, v)
        if any(mark in text for mark in ":.N"):
            return text
    return "..."


def fancy(rng: np.random.Generator, v: Any) -> str:
    """An index by lists, arrays or masks; repeated and negative places are likely."""
    shape = np.shape(v)
    if not shape:
        raise NoFitError("fancy")
    n, chance = shape[0], rng.random()
    places = [int(k) for k in rng.integers(-n, n, int(rng.integers(1, 5)))]
    if chance < 0.35 or (len(shape) == 1 and chance < 0.6):
        return str(places) if rng.random() < 0.5 else f"np.array({places})"
    if chance < 0.6:
        others = [int(k) for k in rng.integers(-shape[1], shape[1], len(places))]
        forms = [
            f"{places}, {others}",
            f":, {others}",
            f"{places}, {_slice(rng, shape[1])}",
            f"np.ix_({places}, {others})",
        ]
        return str(rng.choice(forms))
    if chance < 0.75:
        return f"np.array({(rng.random(n) < 0.6).tolist()})"
    return mask(rng, v)


def mask(rng: np.random.Generator, v: Any) -> str:
    """A literal mask of the value's shape."""
    return f"np.array({(rng.random(np.shape(v)) < 0.6).tolist()})"


def shape(rng: np.random.Generator, v: Any) -> str:
    """Another shape of as many elements."""
    size = int(np.size(v))
    found: list[int] = []
    while size > 1 and len(found) < 3:
        divisors = [d for d in range(2, size + 1) if size % d == 0]
        found.append(int(rng.choice(divisors)))
        size //= found[-1]
    if size > 1 or not found:
        found.append(size)
    if rng.random() < 0.3:
        found[int(rng.integers(len(found)))] = -1
    if rng.random() < 0.1:
        found.insert(int(rng.integers(len(found) + 1)), 1)
    return repr(tuple(found)) if len(found) > 1 or rng.random() < 0.5 else str(found[0])


def size(rng: np.random.Generator, v: Any) -> str:
    """A small count."""
    return str(int(rng.integers(1, 5)))


def place(rng: np.random.Generator, v: Any) -> str:
    """A place along the first axis of a value."""
    n = np.shape(v)[0]
    return str(int(rng.integers(-n, n)))


def places(rng: np.random.Generator, v: Any) -> str:
    """Some places in the flat value."""
    return str([int(k) for k in rng.integers(0, np.size(v), int(rng.integers(1, 4)))])


def shape_of(rng: np.random.Generator, v: Any) -> str:
    """The shape of the value as a literal."""
    return repr(np.shape(v))


def dtype(rng: np.random.Generator, v: Any) -> str:
    """A dtype that holds the value."""
    wide = (
        ["np.complex128", "complex"]
        if np.iscomplexobj(v)
        else ["np.float64", "np.float32", "float", "complex"]
    )
    return str(rng.choice(wide))


def numbers(rng: np.random.Generator, v: Any = None) -> str:
    """A list of three or four numbers."""
    return literal(rng, (int(rng.integers(3, 5)),))


def table(rng: np.random.Generator, v: Any = None) -> str:
    """Nested lists of a small matrix."""
    return literal(rng, (int(rng.integers(2, 4)), int(rng.integers(2, 4))))


TEXTS: dict[str, Callable[[np.random.Generator, Any], str]] = {
    "lit": number,
    "pos": positive,
    "lits": numbers,
    "table": table,
    "const": constant,
    "axis": axis,
    "axes": axes,
    "perm": permutation,
    "index": index,
    "view": view,
    "fancy": fancy,
    "mask": mask,
    "shape": shape,
    "size": size,
    "place": place,
    "places": places,
    "like": shape_of,
    "dtype": dtype,
    "side": lambda rng, v: str(rng.choice(["left", "right"])),
    "op": lambda rng, v: str(rng.choice(["+", "-", "*"])),
    "keep": lambda rng, v: str(rng.choice(["", ", keepdims=True"])),
    "order": lambda rng, v: str(rng.choice(["C", "F", "A", "K"])),
}
"""The texts of slots that are no names: by the generator, and the value named behind the colon."""
