"""Check an answer apart: it runs in a process of its own, the verdict is made in this one.

`check_apart("5.3", source, "vjp_matmul")` is the pair of reports, public and hidden.  The secret
never leaves this process: what the other gets is a seed that is derived from it for one exercise.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from autodiff.course.checking import seed_of
from autodiff.course.exercise import Exercise
from autodiff.course.exercises import exercises
from autodiff.course.grading.wire import decode_trial
from autodiff.course.judging.judge import judge
from autodiff.course.judging.trial import OutOfTimeError, Trial
from autodiff.course.lessons.environment import one_thread
from autodiff.course.lessons.lesson import PACKAGE
from autodiff.course.report import CheckReport

SECONDS = 60
MEMORY = 4_000_000_000
"""What an answer may take for all inputs: seconds of time, and bytes of address space."""
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONHASHSEED")
"""What of the environment the other process is given."""


class EndedError(BaseException):
    """The process was gone before the answer was done: it ended Python, or was killed."""


def check_apart(
    number: str,
    source: str,
    answer: str,
    *,
    secret: str = "",
    fallback: Sequence[str] = (),
    seconds: int = SECONDS,
    memory: int = MEMORY,
) -> dict[str, CheckReport]:
    """Reports "public" and "hidden" on the answer that a source defines.

    `fallback` are the cells to run where the source alone does not; `seconds` and `memory` bound
    the process.  An unknown number raises `UnknownExerciseError`.
    """
    exercise = exercises[number]
    seeds = {"public": seed_of(exercise, None), "hidden": seed_of(exercise, secret)}
    messages, ended = _played(
        {
            "exercise": number,
            "source": source,
            "answer": answer,
            "fallback": list(fallback),
            "seeds": {part: str(seed) for part, seed in seeds.items()},
            "memory": memory,
            "seconds": seconds,
        },
        seconds,
    )
    return {part: _report(exercise, seed, part, messages, ended) for part, seed in seeds.items()}


def _played(request: dict[str, Any], seconds: int) -> tuple[list[dict[str, Any]], Trial | None]:
    """What the player sent, and the trial that stands for its end if it did not come to one."""
    nonce = secrets.token_hex(16)
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True) as folder:
        environment |= {
            "HOME": folder,
            "TMPDIR": folder,
            "MPLBACKEND": "agg",
            "PYTHONPATH": str(PACKAGE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            **one_thread({}),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "autodiff.course.grading.player"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        line = json.dumps(request | {"nonce": nonce}) + "\n"
        ended: Trial | None = None
        try:
            out, _ = process.communicate(line.encode(), timeout=seconds + 15)
        except subprocess.TimeoutExpired:
            ended = Trial(error=OutOfTimeError(f"it had not ended after {seconds} seconds"))
            _kill(process)
            out, _ = process.communicate()
        _kill(process)  # and whatever it started and left
    messages = []
    for text in out.decode("utf-8", "replace").splitlines():
        if text.startswith(nonce):
            with suppress(json.JSONDecodeError):
                messages.append(json.loads(text[len(nonce) :]))
    done = any("done" in own for own in messages)
    if not done and ended is None:
        too_long = process.returncode in (-signal.SIGKILL, -getattr(signal, "SIGXCPU", 24))
        ended = Trial(
            error=OutOfTimeError(f"it had not ended after {seconds} seconds")
            if too_long
            else EndedError("it ended Python before it was done")
        )
    return messages, None if done else ended


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _report(
    exercise: Exercise,
    seed: int,
    part: str,
    messages: Sequence[dict[str, Any]],
    ended: Trial | None,
) -> CheckReport:
    inputs = exercise.inputs(np.random.default_rng(seed))
    report = CheckReport(exercise.number, exercise.title, inputs=len(inputs), failing=len(inputs))
    report.hidden = part == "hidden"
    for own in messages:
        if "missing" in own:
            report.kind, report.finding = "not run", "no cell defines the answer"
            return report
        if "empty" in own:
            report.kind, report.finding = "empty", "no answer yet"
            return report
        if "not callable" in own:
            report.kind, report.finding = "not a function", str(own["not callable"])[:500]
            return report
    trials = []
    for own in messages:
        if own.get("part") == part:
            try:
                trials.append(decode_trial(own["trial"]))
            except (KeyError, TypeError, ValueError) as error:
                trials.append(Trial(error=EndedError(f"it sent what is no observation: {error}")))
    trials = trials[: len(inputs)]
    if len(trials) < len(inputs) and ended is not None:
        trials.append(ended)
    if not trials:
        report.kind, report.finding = "not run", "it was not tried"
        return report
    report = judge(exercise, inputs, trials)
    report.hidden = part == "hidden"
    if report.passed:
        report.finding = f"{part} checks passed"
    return report
