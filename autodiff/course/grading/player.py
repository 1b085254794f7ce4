"""The process in which a student's answer runs: it observes, and judges nothing.

Started by `apart` as `python -m autodiff.course.grading.player`, with a request on its standard
input and a nonce; what it observes goes out line by line behind that nonce, by a channel that was
standard output before the answer was there to print.  The exercise is stripped first: its solution
and its known mistakes are gone from this process, and `autodiff.course` gives no others.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

import autodiff
from autodiff.course import exercises as table
from autodiff.course.exercise import Exercise
from autodiff.course.grading.wire import NotSentError, encode_trial
from autodiff.course.judging.differences import shown
from autodiff.course.judging.trial import OutOfTimeError, Trial, attempt, is_empty

FILE = "the answer"
STARTS = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"),
    *("os.fork", "os.forkpty", "pty.spawn", "_winapi.CreateProcess"),
)
"""Python's audit events of a process that is started."""
REACHES = ("os.kill", "os.killpg", "resource.prlimit")
"""Those of a process that is reached, which comes first in what they tell."""


def main() -> None:
    """Read the request, run the answer on every input, send what was seen."""
    request = json.loads(sys.stdin.readline())
    send = _channel(request["nonce"])
    exercise = stripped(table[request["exercise"]])
    _limit(int(request["memory"]), int(request["seconds"]))
    _keep_apart()
    answer = _answer(request["source"], request["fallback"], request["answer"])
    if answer is _MISSING:
        send({"missing": True})
    elif is_empty(answer):
        send({"empty": True})
    elif not callable(answer):
        send({"not callable": f"{shown(answer)}, of type {type(answer).__name__}"})
    else:
        for part, seed in request["seeds"].items():
            for inputs in exercise.inputs(np.random.default_rng(int(seed))):
                trial = attempt(exercise, answer, inputs)
                try:
                    sent = encode_trial(trial)
                except NotSentError as error:
                    sent = encode_trial(Trial(error=error))
                send({"part": part, "trial": sent})
                if isinstance(trial.error, OutOfTimeError):
                    break
    send({"done": True})


def _channel(nonce: str) -> Callable[[dict[str, Any]], None]:
    """A way out of its own; afterwards whatever is printed goes nowhere."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return lambda message: print(nonce + json.dumps(message), file=own, flush=True)


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent is what there is
        return
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", 10_000_000),
        ("RLIMIT_CORE", 0),
    ):
        if hasattr(resource, name):
            _, hard = resource.getrlimit(getattr(resource, name))
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(getattr(resource, name), (most, most))


def _keep_apart() -> None:
    """Let nothing here start a process, or reach another: the grader is one, of the same user.

    A hook of Python's can't be taken out; code in C gets past it.
    """
    own = os.getpid()

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event in STARTS or (event in REACHES and given[0] != own):
            raise PermissionError(f"{event}: an answer has this process alone while it is graded")

    sys.addaudithook(hook)


def stripped(exercise: Exercise) -> Exercise:
    """The exercise without what gives its answer away, here and in the modules it stands in.

    The name of its parameters, which a message needs, are the judge's business.
    """
    secrets = {id(exercise.solution), *(id(own.answer) for own in exercise.misconceptions)}
    for name, module in list(sys.modules.items()):
        if name.startswith("autodiff.course.exercises"):
            for key, value in list(vars(module).items()):
                if id(value) in secrets or isinstance(value, Exercise):
                    setattr(module, key, None)
                elif key == "EXERCISES":
                    setattr(module, key, ())
            sys.modules[name] = _Closed(name)
    autodiff.course.exercises = _Closed("autodiff.course.exercises")
    autodiff.course.check = lambda *args, **options: None  # type: ignore[assignment]
    return replace(exercise, solution=_gone, misconceptions=())


def _gone(*args: Any, **options: Any) -> None:
    raise RuntimeError("the solution is not in this process")


class _Closed(ModuleType):
    """A module of which nothing can be had."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self.__name__} is closed while an answer is graded")


_MISSING = object()


def _answer(source: str, fallback: list[str], name: str) -> Any:
    """The answer, from what it needs; where that does not run, from all cells one by one."""
    for pieces in ([source], fallback):
        space: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
        for piece in pieces:
            linecache.cache[FILE] = (len(piece), None, piece.splitlines(keepends=True), FILE)
            try:
                exec(compile(piece, FILE, "exec"), space)
            except Exception:
                if pieces is not fallback:
                    break
        else:
            try:
                return eval(compile(name, FILE, "eval"), space)
            except Exception:
                continue
    return _MISSING


if __name__ == "__main__":
    main()
