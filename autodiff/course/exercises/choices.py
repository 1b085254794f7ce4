"""Multiple choice with a reason: a letter and a number, each of which can be wrong by itself.

A wrong letter gets its own question, whatever the reason; a right letter with a wrong reason gets
the reason's.  What is right is never shown.

>>> from autodiff.course import check
>>> odd = choice(
...     "1.1", "Odd or even", "parity", right=("b", 2),
...     letters={"a": "Is 4 odd?"}, reasons={1: "Does 9 end in 4?"}, hints=("Halve it.", "Twice."),
... )
>>> print(check(odd, lambda: ("a", 2)).rows[-2][1])
Is 4 odd?
>>> check(odd, lambda: ("B", 2)).passed
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autodiff.course.exercise import Exercise, FormError, Misconception, parts_of

__all__ = ["choice"]


def choice(
    number: str,
    title: str,
    shows: str,
    *,
    right: tuple[str, int],
    letters: Mapping[str, str],
    reasons: Mapping[int, str],
    hints: tuple[str, str],
) -> Exercise:
    """The exercise whose answer is a letter and the number of a reason.

    `letters` and `reasons` are the wrong ones, each with the question that it gets.
    """
    known = {*letters, right[0]}, {*reasons, right[1]}

    def chosen(answer: Callable[[], Any]) -> dict[str, Any]:
        found = parts_of(answer(), "the letter", "the number of the reason")
        letter, reason = (_read(own) for own in found.values())
        if letter not in known[0] or reason not in {str(own) for own in known[1]}:
            raise FormError(
                f"return a letter of {', '.join(sorted(known[0]))} and a number of "
                f"{', '.join(map(str, sorted(known[1])))}, for example {sorted(known[0])[0]!r}, "
                f"{min(known[1])}"
            )
        if letter != right[0]:
            return {"the letter": letter, "the reason": "the right one"}  # it comes later
        told = "the right one" if reason == str(right[1]) else reason
        return {"the letter": "the right one", "the reason": told}

    wrong = [
        Misconception(f"the letter {letter}", lambda letter=letter: (letter, right[1]), question)
        for letter, question in letters.items()
    ] + [
        Misconception(f"the reason {reason}", lambda reason=reason: (right[0], reason), question)
        for reason, question in reasons.items()
    ]
    return Exercise(
        number=number,
        title=title,
        shows=shows,
        solution=lambda: right,
        inputs=lambda rng: [()],
        observe=chosen,
        hints=hints,
        misconceptions=tuple(wrong),
    )


def _read(given: Any) -> str:
    return str(given).strip().strip("().*").lower()
