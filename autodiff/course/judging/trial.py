"""One try of an answer: what was seen, what it raised, what it changed, or that it did not end."""

from __future__ import annotations

import copy
import dis
import inspect
import io
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from autodiff.core.ground.locations import Location, is_installed, is_ours, locate
from autodiff.course.exercise import Answer, Exercise, Inputs, call
from autodiff.course.judging.differences import difference
from autodiff.course.judging.forbidding import Forbidden

SECONDS = 10.0
"""How long an answer may take for one input."""


class OutOfTimeError(BaseException):
    """The answer did not end; not an Exception, so that `except Exception` does not swallow it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an answer did for one input.

    `seen` is what the exercise observes of it; `error` what it raised instead, `place` the
    student's line that raised it and `during` the expression of the check that was evaluated.
    `changed` names inputs that are no longer as they were given; `silent` says that a call of the
    answer returned None; `printed` is what it printed meanwhile.
    """

    seen: Any = None
    error: BaseException | None = None
    place: Location | None = None
    during: str = ""
    changed: tuple[str, ...] = ()
    silent: bool = False
    printed: str = ""

    def same(self, other: Trial, tolerance: float) -> bool:
        """Whether two answers did the same: equal results, or one kind of error at one place."""
        if self.error is not None or other.error is not None:
            return type(self.error) is type(other.error) and self.during == other.during
        return (
            self.changed == other.changed and difference(self.seen, other.seen, tolerance) is None
        )


ALONE = threading.RLock()
"""Held while an answer runs: what it is forbidden is forbidden in the whole process."""


def attempt(exercise: Exercise, answer: Answer, inputs: Inputs) -> Trial:
    """Observe an answer on a copy of the inputs, one answer at a time."""
    with ALONE:
        return _observed(exercise, answer, inputs)


def _observed(exercise: Exercise, answer: Answer, inputs: Inputs) -> Trial:
    given, kept = copied(inputs), copied(inputs)
    returned: list[Any] = []
    forbidden = Forbidden(exercise.forbids, answer)
    heard, printed = _heard(answer, returned, forbidden), _Overheard(sys.stdout)
    try:
        with time_limit(SECONDS), redirect_stdout(printed):
            forbidden.refuse_class(answer)
            seen = exercise.observe(heard, *given)
    except (Exception, OutOfTimeError, SystemExit) as error:
        silent = any(value is None for value in returned)
        place, during = _place(error), _during(error, answer)
        return Trial(None, error, place, during, silent=silent, printed=printed.text)
    finally:
        forbidden.lift()
    names = input_names(exercise, len(inputs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        changed = [
            name
            for name, old, new in zip(names, kept, given, strict=True)
            if difference(old, new, 0.0) is not None
        ]
    silent = any(value is None for value in returned)
    return Trial(seen=seen, changed=tuple(changed), silent=silent, printed=printed.text)


class _Overheard(io.TextIOBase):
    """Passes on what is printed, and keeps its beginning."""

    MOST = 1000

    def __init__(self, out: Any) -> None:
        self.out, self.text = out, ""

    def write(self, text: str) -> int:
        self.text = (self.text + text)[: self.MOST]
        if self.out is not None:
            self.out.write(text)
        return len(text)

    def flush(self) -> None:
        if not getattr(self.out, "closed", self.out is None):
            self.out.flush()


def quietly(exercise: Exercise, answer: Answer, inputs: Inputs) -> Trial:
    """The same for an answer of ours, whose warnings are nobody's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return attempt(exercise, answer, inputs)


def copied(inputs: Sequence[Any]) -> tuple[Any, ...]:
    """The inputs, copied deeply where Python can."""
    copies = []
    for value in inputs:
        with suppress(Exception):
            value = copy.deepcopy(value)
        copies.append(value)
    return tuple(copies)


def input_names(exercise: Exercise, count: int) -> list[str]:
    """What to call the inputs in a message: the names that the solution or the observer uses."""
    source = exercise.solution if exercise.observe is call else exercise.observe
    skip = 0 if exercise.observe is call else 1
    try:
        parameters = list(inspect.signature(source).parameters.values())[skip:]
    except (ValueError, TypeError):
        parameters = []
    names = [own.name for own in parameters if own.kind <= own.POSITIONAL_OR_KEYWORD]
    return (names + [f"input {k + 1}" for k in range(len(names), count)])[:count]


def _heard(answer: Answer, returned: list[Any], forbidden: Forbidden) -> Answer:
    """A function that notes what it returns, and runs without what is forbidden.

    A class stays itself, since it may be subclassed.
    """
    if not isinstance(answer, FunctionType):
        return answer

    def heard(*args: Any, **options: Any) -> Any:
        with forbidden:
            value = answer(*args, **options)
        returned.append(value)
        return value

    heard.__name__ = answer.__name__
    return heard


def is_empty(answer: Any) -> bool:
    """Whether nothing has been written yet: `...`, `pass`, `return None`, or a class of such.

    >>> def stub(x):
    ...     "Only a docstring."
    >>> is_empty(stub), is_empty(None), is_empty(abs), is_empty(lambda x: x)
    (True, True, False, False)
    """
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, FunctionType):
        return _does_nothing(answer.__code__)
    if isinstance(answer, type):
        own = [value for value in vars(answer).values() if isinstance(value, FunctionType)]
        inherits = answer.__mro__[1:-1]
        return not inherits and all(_does_nothing(value.__code__) for value in own)
    return False


def _does_nothing(code: CodeType) -> bool:
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP")]
    names = {step.opname for step in steps}
    return names <= {"LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"} and all(
        step.argval is None for step in steps
    )


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError inside the block after `seconds`, where the system has such an alarm."""
    main = threading.current_thread() is threading.main_thread()
    if not (main and hasattr(signal, "setitimer")):
        yield
        return

    def alarm(number: int, frame: Any) -> None:
        raise OutOfTimeError(f"it had not ended after {seconds:g} seconds")

    old: Callable[..., Any] | int | None = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _frames(error: BaseException) -> Iterator[tuple[CodeType, int]]:
    link = error.__traceback__
    while link is not None:
        yield link.tb_frame.f_code, link.tb_lasti
        link = link.tb_next


def _place(error: BaseException) -> Location | None:
    """The innermost line that is the student's own."""
    found = None
    for code, offset in _frames(error):
        if not is_installed(code.co_filename):
            found = locate(code, offset)
    return found


def _during(error: BaseException, answer: Answer) -> str:
    """The expression of the exercise's observer that was evaluated when it was raised.

    A plain call of the answer, or an error of the observer's own, says nothing and gives "".  The
    frames end where the answer begins, so that a known mistake, which stands in the same files,
    and a student's are told alike.
    """
    found, own = None, _codes(answer)
    for code, offset in _frames(error):
        if code in own:
            break
        if "exercises" in code.co_filename and is_ours(code.co_filename):
            found = locate(code, offset)
    expression = found.expression.strip() if found else ""
    return "" if expression.startswith(("answer(", "raise ")) else expression


def _codes(answer: Answer) -> set[CodeType]:
    """The code of a function, or of the methods of a class and its bases."""
    owners = answer.__mro__ if isinstance(answer, type) else (type(answer),)
    functions = [answer, *(value for owner in owners for value in vars(owner).values())]
    return {own.__code__ for own in functions if isinstance(own, FunctionType)}
