"""How a wrong result is related to the right one: minus it, twice it, its transpose, a sum of it.

A known mistake must be foreseen.  Most wrong results need not be: a sign, a factor, a transpose, a
sum over an axis or a pair in place of a number shows in the numbers themselves, if it is so for
every input.  `relation(pairs)` looks for one, from the form of the result to its numbers.  Where a
result has parts, those that are right are said, and the first wrong one is looked at.

>>> pairs = [Pair({"x": x}, expected=2 * x, got=-2 * x) for x in (1.0, 3.0)]
>>> relation(pairs).words
'your result is minus the expected one'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from autodiff.course.judging.differences import difference
from autodiff.course.judging.numbers import of_numbers
from autodiff.course.judging.relating import Case, Relation, as_array, same


@dataclass(frozen=True, slots=True)
class Pair:
    """What was expected for one call, what came, and the call's inputs by name."""

    inputs: Mapping[str, Any]
    expected: Any
    got: Any


def relation(pairs: Sequence[Pair], *, by_text: bool = True) -> Relation | None:
    """The first relation that holds for all pairs, of which at least one differs; else None.

    Where the inputs have a text (an operation, an expression), only those with the text of the
    first pair that differs are looked at, unless `by_text` is false.
    """
    found = _of_words(pairs)
    if found is not None:
        return found
    pairs, where = _alike(pairs) if by_text else (pairs, "")
    wrong = [own for own in pairs if _differs(own)]
    if not wrong:
        return None
    found = _of_form(wrong)
    if found is None and all(_is_parted(own) for own in pairs):
        found = _of_parts(pairs)
    elif found is None:
        found = of_numbers(_cases(pairs))
    return found and replace(found, words=where + found.words)


def relation_so_far(pairs: Sequence[Pair]) -> tuple[Relation | None, int]:
    """The relation of the longest beginning of the pairs, and how many that differ it explains.

    It explains at least half of those that differ, and two of them.
    """
    wrong = [k for k, own in enumerate(pairs) if _differs(own)]
    for count in range(len(wrong) - 1, max(1, len(wrong) // 2), -1):
        found = relation(pairs[: wrong[count]])
        if found is not None and found.whole:
            return found, count
    return None, 0


def _alike(pairs: Sequence[Pair]) -> tuple[list[Pair], str]:
    """The pairs with the texts among their inputs of the first that differs, and the texts."""

    def label(own: Pair) -> dict[str, str]:
        return {name: value for name, value in own.inputs.items() if isinstance(value, str)}

    first = next((own for own in pairs if _differs(own)), None)
    if first is None or not label(first):
        return list(pairs), ""
    alike = [own for own in pairs if label(own) == label(first)]
    return alike, f"for {', '.join(label(first).values())}, "


def _differs(own: Pair) -> bool:
    return difference(own.expected, own.got, 1e-7) is not None


def _is_parted(own: Pair) -> bool:
    """Whether both are dicts with the same keys, or sequences of the same length, of parts."""
    one, two = own.expected, own.got
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys()
    both = isinstance(one, (list, tuple)) and isinstance(two, (list, tuple))
    return both and len(one) == len(two) and as_array(one) is None


def _parts(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    return {f"part {k}": part for k, part in enumerate(value, 1)}


# -- the form of the result ------------------------------------------------------------------------


def _of_form(wrong: Sequence[Pair]) -> Relation | None:
    for name, holds, words, question in FORMS:
        if all(holds(own.expected, own.got) for own in wrong):
            return Relation(name, words, question)
    return None


def _wrapped(expected: Any, got: Any) -> bool:
    return np.ndim(expected) == 0 and np.ndim(got) > 0 and np.size(got) == 1 and same(
        np.ravel(expected), np.ravel(got)
    )  # fmt: skip


def _holds_it(expected: Any, got: Any) -> bool:
    """Whether the right result is one of several things that came."""
    if isinstance(expected, Mapping) or not isinstance(got, (list, tuple, np.ndarray)):
        return False
    if isinstance(got, np.ndarray) and (got.ndim != np.ndim(expected) + 1 or len(got) > 3):
        return False
    return len(got) > 1 and np.ndim(got[0]) == np.ndim(expected) and any(
        difference(expected, own, 1e-7) is None for own in got
    )  # fmt: skip


def _one_of_them(expected: Any, got: Any) -> bool:
    if not isinstance(expected, (tuple, Mapping)) or isinstance(got, (tuple, list, Mapping)):
        return False
    return any(difference(own, got, 1e-7) is None for own in _parts(expected).values())


FORMS: tuple[tuple[str, Callable[[Any, Any], bool], str, str], ...] = (
    (
        "a function in place of its value",
        lambda e, g: callable(g) and not callable(e),
        "your result is a function",
        "What do you have to do with a function to get its value?",
    ),
    (
        "in a list",
        _wrapped,
        "your result is the right number, in a list or an array of one element",
        "What is asked for: a number, or a list of one number?",
    ),
    (
        "more than is asked for",
        _holds_it,
        "your result is a pair or a list, and one of its elements is the right result",
        "You return more than one thing. Which of them is asked for?",
    ),
    (
        "one of the results only",
        _one_of_them,
        "your result is one of the things that are asked for",
        "How many things are asked for, and which one do you return?",
    ),
    (
        "a number as text",
        lambda e, g: isinstance(g, str) and as_array(e) is not None,
        "your result is a text",
        "What is asked for: a number, or its digits as a text?",
    ),
    (
        "spelling",
        lambda e, g: isinstance(e, str) and isinstance(g, str) and _letters(e) == _letters(g),
        "the word is right, but for capital letters or spaces",
        "How is the word spelled in the task?",
    ),
)


def _letters(text: str) -> str:
    return "".join(text.lower().split())


def _of_words(pairs: Sequence[Pair]) -> Relation | None:
    """What a result that is one word has in common over the inputs."""
    if not all(isinstance(own.expected, str) and isinstance(own.got, str) for own in pairs):
        return None
    said = {own.got for own in pairs}
    if len(said) == 1 and len({own.expected for own in pairs}) > 1 and len(pairs) > 2:
        return Relation(
            "the same for every input",
            f"your result is {said.pop()!r} for every input",
            "Which line of your answer looks at the inputs, and when does it decide otherwise?",
        )
    asked = {own.expected for own in pairs}
    unknown = sorted(said - asked)
    if len(unknown) == 1 and len(asked) > 1:
        return Relation(
            "a word that is not asked for",
            f"{unknown[0]!r} is none of the words that are expected",
            "Which words does the task name, and how are they spelled?",
        )
    wrong = [own for own in pairs if own.got != own.expected]
    confused = {(own.expected, own.got) for own in wrong}
    if len(confused) == 1 and len(wrong) > 1 and len(pairs) > 2:
        ((expected, got),) = confused
        return Relation(
            f"{got!r} for {expected!r}",
            f"{len(wrong)} inputs that are {expected!r} are called {got!r}; all others are right",
            f"What have the inputs in common that are {expected!r}, and which line of yours asks "
            "for it?",
        )
    return None


# -- parts -----------------------------------------------------------------------------------------


def _of_parts(pairs: Sequence[Pair]) -> Relation | None:
    """A relation of the first wrong part, and what is right beside it."""
    split = [(_parts(own.expected), _parts(own.got)) for own in pairs]
    names = list(split[0][0])
    if any(list(e) != names for e, _ in split):
        return None
    wrong = [n for n in names if any(difference(e[n], g[n], 1e-7) for e, g in split)]
    right = [n for n in names if n not in wrong]
    exchanged = _exchanged_parts(split, names)
    if exchanged is not None:
        return exchanged
    first = wrong[0]
    own = [replace(p, expected=e[first], got=g[first]) for p, (e, g) in zip(pairs, split)]
    inner = _of_form([p for p in own if _differs(p)]) or _of_words(own) or of_numbers(_cases(own))
    beside = f"{' and '.join(right)} {'is' if len(right) == 1 else 'are'} right; " if right else ""
    if inner is not None:
        words = inner.words.replace("your result", first)
        return Relation(inner.name, beside + words, inner.question)
    # The first entry of an array is no news; a whole part that is always right is.
    if right and len(wrong) == 1 and any(np.any(e[n]) for e, _ in split for n in right):
        return Relation(
            f"all but {first}",
            f"{beside}{first} is not",
            f"What in your answer makes {first}, and nothing else?",
            whole=False,
        )
    return None


def _equal(one: Any, two: Any) -> bool:
    return difference(one, two, 1e-7) is None


def _exchanged_parts(split: Any, names: Sequence[str]) -> Relation | None:
    for one, two in combinations(names, 2):
        if all(_equal(e[one], g[two]) and _equal(e[two], g[one]) for e, g in split) and not all(
            _equal(e[one], e[two]) for e, _ in split
        ):
            return Relation(
                "the two exchanged",
                f"{one} stands where {two} is expected, and the other way round",
                "In which order are they asked for?",
            )
    return None


# -- numbers ---------------------------------------------------------------------------------------


def _cases(pairs: Sequence[Pair]) -> list[Case]:
    """The pairs as numbers; none where one of them is something else."""
    found = []
    for own in pairs:
        expected, got = as_array(own.expected), as_array(own.got)
        if expected is None or got is None:
            return []
        inputs = {name: as_array(value) for name, value in own.inputs.items()}
        found.append(Case(expected, got, {n: v for n, v in inputs.items() if v is not None}))
    return found
