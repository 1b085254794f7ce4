"""The reference of all public names, made from their docstrings by pdoc: part of the site.

    python -m autodiff.course.web.reference build/site/api

The examples in it are executed when it is made: a page whose example shows something else than what
comes is not written.
"""

from __future__ import annotations

import doctest
import sys
from pathlib import Path

import autodiff
from autodiff.course.lessons.lesson import LessonError

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def write(out: Path) -> int:
    """Write the pages into a folder, and return how many examples were executed."""
    try:
        import pdoc
    except ImportError:
        raise LessonError(
            "the reference needs pdoc: pip install 'autodiff-toolkit[site]'"
        ) from None
    for name in autodiff.__all__:  # those that are imported when used, too
        vars(autodiff).setdefault(name, getattr(autodiff, name))
    count = executed({name: getattr(autodiff, name) for name in autodiff.__all__})
    pdoc.render.configure(docformat="markdown", math=False, show_source=False)
    pdoc.pdoc("autodiff", output_directory=out)
    return count


def executed(things: dict[str, object]) -> int:
    """Run the examples of public names, each as it stands; raises for one that is not so."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
    said: list[str] = []
    for name, thing in things.items():
        for test in finder.find(thing, name):
            runner.run(test, out=said.append)
    if runner.failures:
        raise LessonError(f"an example of the reference is not so:\n{''.join(said)[:2000]}")
    return int(runner.tries)


if __name__ == "__main__":
    print(f"executed {write(Path(sys.argv[1]))} examples")
