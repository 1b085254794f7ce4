"""Running the user's function on traced arguments, and ending it: clear errors, nothing open."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any

from autodiff.core.arguments.tree import Structure, flatten
from autodiff.core.ground.errors import AutodiffError, DetachError, MutationError
from autodiff.core.ground.locations import at
from autodiff.core.ground.refusals import refusal, swallowed, told_by_python
from autodiff.core.ground.sentences import TOLD_BY_PYTHON
from autodiff.core.inside import answers, names, products, python_math, sole_owners, updates
from autodiff.core.inside.blanks import Blank, Filled, plain_again, settled
from autodiff.core.inside.opened import back_to, current, opening
from autodiff.core.language.dispatch import NO_PARAMS, Params, Trace
from autodiff.core.language.registry import registry
from autodiff.core.values.tracer import Tracer

Tracer.stand_in = staticmethod(products.stand_in)
Tracer.take_over = staticmethod(sole_owners.take_over)
Tracer.updated = staticmethod(updates.updated)


def supply() -> None:
    """Fill the table of exchanged names, when all ops are known."""
    names.supply()
    answers.supply()
    python_math.supply()


def traced_run(
    trace: Trace, f: Callable[..., Any], args: Sequence[Any], kwargs: Params = NO_PARAMS
) -> tuple[list[Any], Structure | None]:
    """The leaves and the structure of f(*args, **kwargs), of which some are of the trace."""
    with _Ending(trace):
        found = (opening(f, (*args, *kwargs.values())), f(*args, **kwargs))[1]
        leaves, structure = flatten(found)
        return list(map(settled, leaves)), structure


class _Ending:
    """Closes a trace at the end of a block, in any case; NumPy's errors are told anew."""

    __slots__ = ("before", "trace")

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __enter__(self) -> None:
        registry.meet()
        self.before = current()

    def __exit__(
        self, kind: type | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.trace.closed = True
        for filled in back_to(self.before):
            plain_again(filled)
        if isinstance(error, Exception):
            tell_anew(error)


MISREAD = ("condition must be a 1-d array", "object too deep for desired array")
"""What NumPy says of the memory of a filled array, see `blanks`."""


UNTYPED = re.compile(
    r"non-precise type pyobject|No matching definition for argument type\(s\) .*pyobject"
    r"|Cannot determine Numba type of <class 'autodiff"
)
"""What numba says of an argument that it can't compile a function for."""


def _innermost(error: BaseException) -> FrameType:
    """The frame that an exception was raised in."""
    link: Any = error.__traceback__
    while link.tb_next is not None:
        link = link.tb_next
    frame: FrameType = link.tb_frame
    return frame


def tell_anew(error: BaseException) -> None:
    """Raise what an error of NumPy's or Python's about a traced value means, if it is one."""
    if isinstance(error, AutodiffError):
        return
    refused = swallowed(error)
    if refused:
        raise DetachError(refused) from None
    text = str(error)
    if isinstance(error, TypeError):
        for pattern, key in TOLD_BY_PYTHON:
            if re.search(pattern, text):
                raise DetachError(told_by_python(key, error)) from None
    if UNTYPED.search(text):
        raise DetachError(told_by_python("numba", error)) from None
    if isinstance(error, ValueError) and text in MISREAD:
        frame = _innermost(error)
        if any(value.__class__ in (Filled, Blank) for value in frame.f_locals.values()):
            raise DetachError(refusal(frame=frame)) from None
    if isinstance(error, ValueError) and "read-only" in text:
        raise MutationError(
            "an array is changed here in place after an operation on traced values has read "
            "it, and the derivative needs it as it was. Change a copy instead, "
            f"`a = a.copy()`.{at(error)}"
        ) from None
