"""No solution passes with one operator exchanged, one operand dropped or one transpose forgotten.

The mutants are made of the lessons' own solutions, so that an exercise whose inputs let a wrong
answer through is found when it is written, and not when a student hands it in.
"""

import ast
import contextlib
import copy
import io
import warnings

import pytest

from autodiff.course import check
from autodiff.course.grading.sources import answer_source
from autodiff.course.lessons.forms import worked
from autodiff.course.lessons.lesson import all_lessons, checked_exercise

pytest.importorskip("jupytext", reason="jupytext is not installed")

OTHERS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
}
FREE = {
    "2.4": "many step sizes are right",
    "9.3": "the task is to be right about ten rules, and many checkers are",
    "10.3": "the result does not depend on the baseline: that is the theorem",
}


def answers():
    for lesson in all_lessons():
        cells = [own.source for own in worked(lesson).cells if own.cell_type == "code"]
        for cell in cells:
            found = checked_exercise(cell)
            if found and found[0] not in FREE:
                yield pytest.param(found[0], found[1], cells, id=found[0])


def mutants(node):
    """Copies of a definition with one thing changed, and what it is."""
    for place, own in enumerate(ast.walk(node)):
        if isinstance(own, (ast.BinOp, ast.AugAssign)) and type(own.op) in OTHERS:
            yield changed(node, place, lambda n: setattr(n, "op", OTHERS[type(n.op)]()))
        if isinstance(own, ast.BinOp):
            yield replaced(node, place, lambda n: n.left)
            yield replaced(node, place, lambda n: n.right)
        if isinstance(own, ast.AugAssign):
            yield replaced(node, place, lambda n: ast.Assign([n.target], n.value))
        if isinstance(own, ast.Attribute) and own.attr == "T":
            yield replaced(node, place, lambda n: n.value)
        if isinstance(own, ast.UnaryOp) and isinstance(own.op, ast.USub):
            yield replaced(node, place, lambda n: n.operand)
        if isinstance(own, ast.Call) and any(k.arg in ("axis", "keepdims") for k in own.keywords):
            yield changed(node, place, lambda n: n.keywords.clear())


def changed(node, place, change):
    made = copy.deepcopy(node)
    change(list(ast.walk(made))[place])
    return ast.fix_missing_locations(made)


def replaced(node, place, other):
    made = copy.deepcopy(node)
    own = list(ast.walk(made))[place]
    for parent in ast.walk(made):
        for name, value in ast.iter_fields(parent):
            if value is own:
                setattr(parent, name, other(own))
            elif isinstance(value, list) and any(item is own for item in value):
                setattr(parent, name, [other(own) if item is own else item for item in value])
    return ast.fix_missing_locations(made)


@pytest.mark.parametrize(("number", "name", "cells"), list(answers()))
def test_no_mutant_of_the_solution_passes(number, name, cells, monkeypatch):
    monkeypatch.setattr("autodiff.course.judging.trial.SECONDS", 2.0)
    tree = ast.parse(answer_source(cells, name))
    place = next(k for k, own in enumerate(tree.body) if getattr(own, "name", "") == name)
    passed = []
    for mutant in mutants(tree.body[place]):
        whole = copy.deepcopy(tree)
        whole.body[place] = mutant
        space = {"__name__": "student"}
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            exec(compile(ast.fix_missing_locations(whole), "<a mutant>", "exec"), space)
            if check(number, space[name]).passed:
                passed.append(ast.unparse(mutant))
    assert passed == []
