"""The reference of all public names, made from their docstrings by pdoc: part of the site.

    python -m autodiff.course.web.reference build/site/api

The examples in it are the doctests, which the tests run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import autodiff
from autodiff.course.lessons import LessonError


def write(out: Path) -> None:
    """Write the pages into a folder; names that are imported when used are imported first."""
    try:
        import pdoc
    except ImportError:
        raise LessonError(
            "the reference needs pdoc: pip install 'autodiff-toolkit[site]'"
        ) from None
    for name in autodiff.__all__:
        vars(autodiff).setdefault(name, getattr(autodiff, name))
    pdoc.render.configure(docformat="markdown", math=False, show_source=False)
    pdoc.pdoc("autodiff", output_directory=out)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
