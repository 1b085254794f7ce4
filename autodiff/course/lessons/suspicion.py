"""What in a submission reaches for the checker: marks for a reader, no wall.

In one process nothing keeps Python from Python, and the solutions are in the package that every
student has.  So a line that looks for them is named, with its cell; whether it was meant is for a
person to say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from autodiff.course.lessons import forms
from autodiff.course.lessons.lesson import Lesson, checks_in, is_check_call

ALLOWED = ("autodiff.course.helpers",)
"""Modules of the course that the lessons themselves use."""
NAMES = {
    "_getframe": "looks into the frames that call it",
    "currentframe": "looks into the frames that call it",
    "get_referrers": "looks for objects that it was not given",
    "get_objects": "looks for objects that it was not given",
    "f_back": "looks into the frames that call it",
    "f_locals": "looks into the frames that call it",
    "tb_frame": "looks into the frames that call it",
    "misconceptions": "asks an exercise for its known mistakes",
    "register": "leaves something to run at the end",
    "modules": "reaches for a module that is loaded",
    "import_module": "imports what a text names",
    "fork": "starts another process",
    "kill": "ends a process",
    "getppid": "looks for the process of the grader",
}
CALLED = {
    "__import__": "imports what a text names",
    "eval": "runs a text as code",
    "exec": "runs a text as code",
    "setattr": "replaces what a text names",
}
OUTSIDE = ("subprocess", "ctypes", "multiprocessing", "gc", "inspect")
"""Modules that no exercise needs, and by which one gets past what it is given."""
TEXTS = {
    "AUTODIFF_": "reads the settings of the grader",
    "course/exercises": "opens the solutions",
    "/proc/": "looks at processes",
}
FRONT_ENDS = "autodiff.frontends"


def suspicions(source: str, forbids: Sequence[str] = ()) -> Iterator[str]:
    """What is to be looked at in a cell's source, in words; `forbids` are names of `ad`.

    >>> list(suspicions("from autodiff.course.exercises.lesson_05.matrix_products import MATMUL"))
    ['imports autodiff.course.exercises.lesson_05.matrix_products, where the solutions are']
    >>> list(suspicions("ad.course.check = lambda *a: 'passed'"))
    ['replaces ad.course.check']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    found = [words for node in ast.walk(tree) for words in _of_node(node, forbids)]
    yield from dict.fromkeys(found)


def _of_node(node: ast.AST, forbids: Sequence[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"imports {n.name}{_why(n.name)}" for n in names if _closed(n.name))
            yield from (f"imports {n.name}" for n in names if _outside(n.name))
        case ast.ImportFrom(module=str(module), names=names):
            if _closed(module):
                yield f"imports {module}{_why(module)}"
            elif _outside(module):
                yield f"imports {module}"
            for own in names:
                whole = f"{module}.{own.name}"
                if _closed(whole) and not _closed(module):
                    yield f"imports {whole}{_why(whole)}"
                if module == "autodiff" and own.name in forbids:
                    yield f"uses ad.{own.name}, which the task forbids"
        case ast.Attribute(value=owner, attr=name, ctx=context):
            whole = ast.unparse(node)
            if not isinstance(context, ast.Load) and whole.split(".")[0] in ("ad", "autodiff"):
                yield f"replaces {whole}"
            elif name in NAMES and not (name == "register" and "atexit" not in whole):
                yield f"{whole}: {NAMES[name]}"
            elif name == "solution" and not isinstance(owner, ast.Name):
                yield f"{whole}: asks an exercise for its solution"
            elif whole.startswith(("ad.course.", "autodiff.course.")) and name != "check":
                if not whole.startswith(ALLOWED):
                    yield f"uses {whole}"
            elif isinstance(owner, ast.Name) and owner.id in ("ad", "autodiff") and name in forbids:
                yield f"uses ad.{name}, which the task forbids"
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            yield f"{name}(...): {CALLED[name]}"
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="ad" | "autodiff"), *_]):
            yield f"{ast.unparse(node)}: asks autodiff for what a text names"
        case ast.Constant(value=str(text)):
            yield from (f"{words}: {text[:40]!r}" for mark, words in TEXTS.items() if mark in text)


def _closed(module: str) -> bool:
    return module.startswith("autodiff.course") and not module.startswith(ALLOWED)


def front_ends(source: str) -> Iterator[str]:
    """The front ends that a cell imports: each differentiates as `ad.grad` does.

    >>> list(front_ends("from autodiff.frontends import theano"))
    ['imports autodiff.frontends.theano, which differentiates, as a task forbids']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        names = [own.name for own in getattr(node, "names", ()) if isinstance(own, ast.alias)]
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            if name.startswith(FRONT_ENDS):
                yield f"imports {name}, which differentiates, as a task forbids"


def _outside(module: str) -> bool:
    return module.split(".")[0] in OUTSIDE


def _why(module: str) -> str:
    return ", where the solutions are" if "exercises" in module else ""


def marks(made: Any, lesson: Lesson | None) -> Iterator[tuple[int, str]]:
    """The suspicions of a notebook that was handed in, with cells; the lesson's own are none."""
    from autodiff.course.exercises import exercises

    given = {cell.source for cell in forms.student(lesson).cells} if lesson else set()
    wanted = {number: name for cell in made.cells for number, name in checks_in(cell.source)}
    known = {own.number: own for own in exercises if own.number in wanted}
    by_hand = any(own.forbids for own in known.values())
    by_hand = by_hand and not any(FRONT_ENDS in text for text in given)
    for place, cell in enumerate(made.cells, 1):
        if cell.cell_type != "code" or cell.source in given or is_check_call(cell.source):
            continue
        forbids: list[str] = []
        for number, own in known.items():
            if f"def {wanted[number]}(" in cell.source:
                forbids += own.forbids
        yield from ((place, words) for words in suspicions(cell.source, forbids))
        yield from ((place, words) for words in front_ends(cell.source) if by_hand)
