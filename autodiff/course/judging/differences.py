"""Two results compared as a student would: structure first, then shape, then numbers.

`difference(expected, got, tolerance)` is the first `Difference` between them, or None.  It names
the part (a dict's key, a place in a tuple) and the index at which they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

ABSOLUTE = 1e-9
"""Below this size an error is measured against it: 0 and 1e-17 are the same number."""
ENTRIES = 8
"""An array of more entries is shown by its shape and the entry in question."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two results differ first.

    `kind` is "none", "type", "part", "shape", "nan", "number" or "value"; `part` names the part
    ("" is the whole), `index` the entry of an array; `error` is a number's relative error, the
    largest one of the part.  `sentence` says it; `expected` and `got` are the two, in words.
    """

    kind: str
    part: str
    sentence: str
    expected: str
    got: str
    index: tuple[int, ...] | None = None
    error: float | None = None

    @property
    def where(self) -> str:
        """The part and the index, as a student writes them: `gradient[1, 0]`."""
        index = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return f"{self.part}{index}"


def difference(expected: Any, got: Any, tolerance: float = 1e-7) -> Difference | None:
    """The first difference between two results, structure and shapes before values.

    Numbers are equal when |a - b| <= tolerance * max(|a|, |b|, floor), where the floor is 1e-8 of
    the array's largest entry, and at least 1e-9.

    >>> print(difference(np.ones(3), np.ones((4, 3))).sentence)
    your result has shape (4, 3), where (3,) is expected
    >>> print(difference({"x": 1.0, "y": 2.0}, {"x": 1.0, "y": 3.0}).where)
    y
    >>> difference([1.0, 2.0], np.array([1.0, 2.0 + 1e-12])) is None
    True
    """
    found = list(_differences(expected, got, tolerance, ""))
    structural = [own for own in found if own.kind not in ("number", "nan", "value")]
    return next(iter(structural or found), None)


def _differences(expected: Any, got: Any, tolerance: float, part: str) -> Iterator[Difference]:
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        yield from _parts(dict(expected), dict(got), tolerance, part, "{}")
    elif _is_numeric(expected):
        yield from _numbers(expected, got, tolerance, part)
    elif isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        old, new = dict(enumerate(expected)), dict(enumerate(got))
        yield from _parts(old, new, tolerance, part, "[{}]")
    elif got is None and expected is not None:
        yield _none(expected, part)
    elif _kind(expected) != _kind(got):
        yield _wrong_type(expected, got, part)
    elif expected is not got and not np.all(expected == got):
        words = f"{_of(part)} is {shown(got)}, where {shown(expected)} is expected"
        yield Difference("value", part, words, shown(expected), shown(got))


def _parts(
    expected: dict[Any, Any], got: dict[Any, Any], tolerance: float, part: str, form: str
) -> Iterator[Difference]:
    if expected.keys() != got.keys():
        if form == "[{}]":
            words = f"{_of(part)} has {len(got)} entries, where {len(expected)} are expected"
        else:
            lacking = [repr(key) for key in expected if key not in got]
            extra = [repr(key) for key in got if key not in expected]
            words = f"{_of(part)} " + (
                f"lacks {', '.join(lacking)}" if lacking else f"also has {', '.join(extra)}"
            )
        yield Difference("part", part, words, shown(list(expected)), shown(list(got)))
    for key in expected:
        if key in got:
            name = f"{part}{form.format(key)}" if part or form == "[{}]" else str(key)
            name = f"{part}[{key!r}]" if part and form == "{}" else name
            yield from _differences(expected[key], got[key], tolerance, name)


def _numbers(expected: Any, got: Any, tolerance: float, part: str) -> Iterator[Difference]:
    if got is None:
        yield _none(expected, part)
        return
    if not _is_numeric(got):
        yield _wrong_type(expected, got, part)
        return
    old, new = np.asarray(expected), np.asarray(got)
    if old.shape != new.shape:
        words = f"{_of(part)} has shape {new.shape}, where {old.shape} is expected"
        yield Difference("shape", part, words, f"shape {old.shape}", f"shape {new.shape}")
        return
    errors = relative_errors(old, new)
    wrong = ~(errors <= tolerance)
    if not wrong.any():
        return
    index = tuple(map(int, np.argwhere(wrong)[0])) if old.ndim else None
    entry = index or ()
    nan = bool(np.isnan(new[entry]) and not np.isnan(old[entry]))
    many = f" ({wrong.sum()} of {wrong.size} entries differ)" if wrong.size > 1 else ""
    digits = 4 if np.nanmax(np.where(wrong, errors, 0)) > 1e-3 else 12
    exact = _are_exact(old, new)
    pair = (shown(old[entry], digits), shown(new[entry], digits))
    words = f"{_of(part, index)} is {pair[1]}, where {pair[0]} is expected{many}"
    small = old.size <= ENTRIES
    yield Difference(
        "nan" if nan else "number",
        part,
        words,
        shown(old, digits) if small else f"{pair[0]} at {list(entry)}",
        shown(new, digits) if small else f"{pair[1]} at {list(entry)}",
        index,
        None if exact else float(np.max(np.where(wrong, errors, 0))),
    )


def relative_errors(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """|a - b| / max(|a|, |b|, floor) entry by entry; 0 where both are the same infinity or NaN.

    >>> relative_errors(np.array([1.0, 0.0]), np.array([2.0, 1e-17]))
    array([5.e-01, 1.e-09])
    """
    if _are_exact(expected, got):
        return np.where(expected == got, 0.0, 1.0)
    with np.errstate(all="ignore"):
        sizes = np.maximum(np.abs(expected), np.abs(got))
        finite = np.abs(expected)[np.isfinite(expected)]
        floor = max(1e-8 * float(finite.max(initial=0.0)), ABSOLUTE)
        errors = np.abs(expected - got) / np.maximum(sizes, floor)
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    return np.where(same, 0.0, np.nan_to_num(errors, nan=np.inf))


def _are_exact(expected: np.ndarray, got: np.ndarray) -> bool:
    """Whether both hold integers or truth values, which are equal or not."""
    return expected.dtype.kind in "biu" and got.dtype.kind in "biu"


def _is_numeric(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        if not value or any(v is None or isinstance(v, (str, Mapping)) for v in value):
            return False
        try:
            value = np.asarray(value)
        except (ValueError, TypeError):  # ragged: compared part by part
            return False
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        return np.asarray(value).dtype.kind in "biufc"
    return False


def _kind(value: Any) -> str:
    if _is_numeric(value):
        return "a number" if np.ndim(value) == 0 else "an array of numbers"
    for own, name in ((str, "text"), (Mapping, "a dict"), ((list, tuple), "a list")):
        if isinstance(value, own):
            return name
    return f"a {type(value).__name__}"


def _none(expected: Any, part: str) -> Difference:
    words = f"{_of(part)} is None{'' if part else '; is a `return` missing?'}"
    return Difference("none", part, words, shown(expected), "None")


def _wrong_type(expected: Any, got: Any, part: str) -> Difference:
    words = f"{_of(part)} is of type {type(got).__name__}, where {_kind(expected)} is expected"
    return Difference("type", part, words, shown(expected), shown(got))


def _of(part: str, index: tuple[int, ...] | None = None) -> str:
    entry = f"[{', '.join(map(str, index))}]" if index else ""
    return f"{part}{entry}" if part else f"your result{entry}"


def shown(value: Any, digits: int = 4) -> str:
    """A value in at most a few lines, without addresses.

    >>> shown(np.array([1.0, 2.5])), shown(2.0), shown(np.sin), shown("ab")
    ('[1.  2.5]', '2', 'sin', "'ab'")
    """
    if isinstance(value, (bool, np.bool_)) or value is None:
        return str(value)
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.{digits}g}"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return shown(value[()], digits)
        text = np.array2string(value, precision=digits, threshold=4 * ENTRIES, edgeitems=2)
        return text if value.size <= 4 * ENTRIES else f"{text} of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(shown(own, digits) for own in value[:ENTRIES])
        more = ", ..." if len(value) > ENTRIES else ""
        one = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"[{inner}{more}]" if isinstance(value, list) else f"({inner}{one}{more})"
    if isinstance(value, Mapping):
        pairs = [f"{key!r}: {shown(own, digits)}" for key, own in list(value.items())[:ENTRIES]]
        return "{" + ", ".join(pairs) + (", ..." if len(value) > ENTRIES else "") + "}"
    if isinstance(value, str):
        return repr(value)
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = repr(value)
    plain = f"a {type(value).__name__}" if " at 0x" in text else text
    return plain if len(plain) <= 200 else f"{plain[:197]}..."
