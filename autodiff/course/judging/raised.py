"""What the errors mean that an answer raises most often, and the question that belongs to each.

The error's own words stay; these stand beside them.

>>> explanation(ValueError("shapes (2,3) and (2,3) not aligned: 3 (dim 1) != 2 (dim 0)"))[0]
'shapes that do not fit'
"""

from __future__ import annotations

import re

MEANT: tuple[tuple[str, str, str], ...] = (
    (
        r"not aligned|matmul: .*mismatch|mismatch in its core dimension",
        "shapes that do not fit",
        "Print the shapes of both factors. Which two numbers must be equal in a matrix product, "
        "and which factor is to be transposed, or to stand on the other side?",
    ),
    (
        r"could not be broadcast|cannot be broadcast",
        "shapes that do not fit",
        "Print the shapes of both operands. Which axis of which one is missing, or too long?",
    ),
    (
        r"cannot reshape array",
        "a reshape where numbers must be added",
        "How many numbers are there, and how many has the shape that you want? What is to be done "
        "with those that are too many: does each of them count?",
    ),
    (
        r"positional argument|unexpected keyword|required positional",
        "other arguments than the task's",
        "Which arguments does the task name, in which order, and which ones has your function?",
    ),
    (
        r"^name '.*' is not defined|cannot access local variable|referenced before assignment",
        "a name that has no value",
        "In which line does this name get its value, and has that line run before?",
    ),
    (
        r"'NoneType'",
        "None where a value is wanted",
        "Which function of yours returns None? Is a `return` missing in it?",
    ),
    (
        r"^'(int|float|numpy\.float64)' object has no attribute",
        "a plain number taken for an object",
        "Which of the operands is a plain number there? What does your method ask it for?",
    ),
    (
        r"unsupported operand type\(s\) for .*'(?!(int|float|complex|str|list|tuple|dict|set|bool|"
        r"function|method|type|numpy\.\w+)')\w+'",
        "an operator that the class has no method for",
        "Which method does Python call for this operator, with which of the two operands on the "
        "left? Has your class one of that name?",
    ),
    (
        r"unsupported operand type\(s\) for|can only concatenate|can't multiply sequence",
        "lists in place of arrays",
        "Which type has each of the two operands? What does `+` or `*` do with a list?",
    ),
    (
        r"truth value of an array",
        "a condition on an array",
        "The condition has one answer for each entry. Which of them shall decide: all, any, or "
        "each for itself?",
    ),
    (
        r"index .* is out of bounds|list index out of range|too many indices",
        "an index beyond the end",
        "How many entries are there along this axis, and what is the last index?",
    ),
    (
        r"maximum recursion depth",
        "calls itself without end",
        "When does the function stop calling itself? How deep can it go?",
    ),
    (
        r"division by zero|divide by zero",
        "a division by 0",
        "For which input is it 0, what you divide by, and what should come out then?",
    ),
)


def explanation(error: BaseException) -> tuple[str, str] | None:
    """The name of what an error means, and a question; None for one that is not known."""
    try:
        text = str(error)
    except Exception:
        return None
    for pattern, name, question in MEANT:
        if re.search(pattern, text):
            return name, question
    return None
