"""Shortens a program as long as its verdict stays.

Statements go, many at a time, then one by one; inputs take the place of names, which frees the
statements that made these; what no statement mentions goes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fuzz.generate import Written, rewritten
from fuzz.judge import Verdict, judge
from fuzz.lockstep import NotSmoothError
from fuzz.program import Program, Statement, bound


def shrink(written: Written, verdict: Verdict) -> tuple[Written, Verdict]:
    """The shortest program found with the same verdict in the same mode, and its own verdict."""
    size = max(1, len(written.program.statements) // 2)
    while True:
        for program in _candidates(written.program, size):
            found = attempt(program, written, verdict)
            if found is not None:
                written, verdict = found
                break
        else:
            if size == 1:
                return written, verdict
            size //= 2


def attempt(program: Program, like: Written, verdict: Verdict) -> tuple[Written, Verdict] | None:
    """The program measured and judged anew in the same mode; None if the verdict is another."""
    directions = [{name: one[name] for name in program.inputs} for one in like.directions]
    try:
        written = rewritten(program, directions)
    except NotSmoothError:
        return None
    again = judge(written, (verdict.mode,))
    return (written, again) if again.key == verdict.key else None


def _candidates(program: Program, size: int) -> Iterator[Program]:
    """Programs that are simpler by one step."""
    statements = program.statements
    for start in range(len(statements) - size, -1, -1):
        yield program.with_statements(statements[:start] + statements[start + size :])
    if size == 1:
        yield from _with_inputs_for_names(program)
        yield from _without_unused(program)


def _with_inputs_for_names(program: Program) -> Iterator[Program]:
    statements, made = program.statements, set[str]()
    for place, statement in enumerate(statements):
        for name in sorted(made & _words(statement)):
            for given in program.inputs:
                simpler = statement.renamed(name, given)
                yield program.with_statements(
                    (*statements[:place], simpler, *statements[place + 1 :])
                )
        made.update(bound(statement.text))


def _without_unused(program: Program) -> Iterator[Program]:
    used = set().union(*map(_words, program.statements))
    inputs = {name: value for name, value in program.inputs.items() if name in used}
    constants = {name: value for name, value in program.constants.items() if name in used}
    if inputs and len(inputs) + len(constants) < len(program.inputs) + len(program.constants):
        yield replace(program, inputs=inputs, constants=constants)


def _words(statement: Statement) -> set[str]:
    return set(re.findall(r"[A-Za-z]\w*", statement.text))
