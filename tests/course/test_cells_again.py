"""A student runs cells in any order: after the whole lesson each one runs again, last to first.

A name that a later cell binds to something else would break an earlier one: numbers that the text
speaks of would come out differently.
"""

import ast
import linecache

import pytest

from autodiff.course.lessons import forms
from autodiff.course.lessons.lesson import all_lessons

pytest.importorskip("jupytext", reason="jupytext is not installed")

ONCE = {"c = tf.get_variable("}
"""What can be run once only, and says so: a variable of that name exists already."""
LONG = {"08", "10", "12"}
"""Lessons that train for long: their cells were seen to run again, and would take a minute here."""
LESSONS = {own.name: own for own in all_lessons() if own.number not in LONG}


def cells_of(lesson):
    for number, cell in enumerate(forms.worked(lesson).cells):
        tags = cell.metadata.get("tags", ())
        if (
            cell.cell_type == "code"
            and "raises-exception" not in tags
            and "%pip" not in cell.source
        ):
            yield f"{lesson.name} cell {number}", cell.source


def run(name, source, space):
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), space)
    if last is not None:
        eval(compile(ast.Expression(last.value), name, "eval"), space)


def patiently(name, source, space):
    """Run a cell; one that measures time has five tries, since other tests run beside it."""
    for chances in reversed(range(5)):
        try:
            return run(name, source, space)
        except AssertionError:
            if not chances or "timeit" not in source:
                raise


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_cells_run_again_last_to_first(lesson, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells, space = list(cells_of(lesson)), {"__name__": "__main__"}
    for name, source in cells:
        patiently(name, source, space)
    for name, source in reversed(cells):
        if not any(own in source for own in ONCE):
            patiently(name, source, space)
