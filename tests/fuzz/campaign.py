"""A program from its number to its verdict; what is refused is taken out, so that the rest is tried."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from fuzz.generate import Written, measured, write_program
from fuzz.judge import EVERY_MODE, FAILURES, REFUSED, Verdict, judge
from fuzz.lockstep import Lockstep, NotSmoothError
from fuzz.modes import MODES
from fuzz.program import Statement
from fuzz.report import runnable
from fuzz.shrink import shrink


@dataclass
class Outcome:
    """Of one program: the verdict, the statements that were refused, a failure's text."""

    number: int
    verdict: Verdict
    refused: list[tuple[str, str]] = field(default_factory=list)
    statements: int = 0
    failure: str = ""


def try_program(seed: int, number: int, families: dict[str, float] | None = None) -> Outcome:
    """Write the program of this number, judge it, and shorten it if it fails."""
    written = write_program(seed, number, families)
    modes = EVERY_MODE if number % 3 == 0 else tuple(MODES)
    outcome = Outcome(number, judge(written, modes))
    while outcome.verdict.kind == REFUSED:
        statement = written.program.at(outcome.verdict.line)
        if statement is None:
            break
        outcome.refused.append((statement.template, outcome.verdict.text))
        written = without(written, statement)
        outcome.verdict = judge(written, modes)
    outcome.statements = len(written.program.statements)
    if outcome.verdict.kind in FAILURES:
        outcome.failure = runnable(*shrink(written, outcome.verdict))
    return outcome


def without(written: Written, statement: Statement) -> Written:
    """The program without a statement, and without those that can't do without it."""
    lockstep = Lockstep(written.program, written.directions)
    for other in written.program.statements:
        if other is not statement:
            with suppress(NotSmoothError):
                lockstep.run(other)
    return measured(lockstep, written.directions)
