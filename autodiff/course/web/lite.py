"""The lessons in JupyterLite: the whole of JupyterLab in a tab, beside the pages of `site`.

The idea: JupyterLite's own build makes it, and is told three things: which notebooks, where Pyodide
is (the site's own folder, or the CDN), and wheels for what Pyodide has not, this package first.
Nothing but the loopback is asked where the runtime is local, so other hosts may be blocked.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autodiff.course.lessons import forms
from autodiff.course.lessons.forms import Notebook
from autodiff.course.lessons.lesson import Lesson, LessonError
from autodiff.course.web import kernel
from autodiff.course.web.archive import ASKED, wheel, wheel_of
from autodiff.course.web.offline import keep_lite
from autodiff.course.web.runtime import CDN, VIZ_CDN

NEEDS = ("jupyterlite_core", "jupyterlite_pyodide_kernel")
OURS = "autodiff-toolkit"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
FROM_WORKER = "../../../../../pyodide/viz-global.js"
"""Graphviz in the site, seen from the script of the kernel's worker."""
FIRST = ("micropip", "numpy", "matplotlib", "ipython", "ssl", "sqlite3")
"""What the kernel loads before the first cell, from Pyodide's own packages."""
SCRIPT = '<script src="../../lite-page.js"></script>'


def is_installed() -> bool:
    """Whether JupyterLite and its kernel are here to build it."""
    return all(find_spec(name) for name in NEEDS)


def build(lessons: Sequence[Lesson], out: Path, *, local: bool) -> Path:
    """Write JupyterLite into `out/lite`, with Pyodide from `out/pyodide` or from its CDN."""
    made = out / "lite"
    with tempfile.TemporaryDirectory(prefix="lite-") as name:
        folder = Path(name)
        _contents(lessons, folder / "contents")
        _wheels(folder / "pypi", local)
        settings = json.dumps(_settings(local), indent=1)
        (folder / "jupyter-lite.json").write_text(settings, encoding="utf-8")
        _run(folder, made)
    for page in made.glob("*/index.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("</body>", f"{SCRIPT}</body>"), encoding="utf-8")
    keep_lite(out, local)
    return made


def notebook(lesson: Lesson) -> Notebook:
    """A lesson as JupyterLite opens it: the student's, its first cell brings what it needs."""
    made = forms.student(lesson)
    more = [name for name, words in ASKED.items() if re.search(words, lesson.text)]
    for cell in made.cells:
        if "install" in cell.metadata.get("tags", ()):
            cell.source = kernel.SETUP.replace(OURS, " ".join([OURS, *more]))
    return made


def _contents(lessons: Sequence[Lesson], folder: Path) -> None:
    import nbformat

    folder.mkdir()
    for own in lessons:
        text = nbformat.writes(notebook(own))
        (folder / own.student.name).write_text(text, encoding="utf-8")
    for notes in lessons[0].folder.glob("*.md") if lessons else ():
        (folder / notes.name).write_bytes(notes.read_bytes())


def _wheels(folder: Path, local: bool) -> None:
    """The wheels that JupyterLite's build puts into the index of its `%pip`."""
    folder.mkdir()
    place = {"graphviz": FROM_WORKER if local else VIZ_CDN}
    extra = {f"autodiff/course/web/{kernel.PLACE}": json.dumps(place).encode()}
    for name, data in (wheel(extra), *map(wheel_of, ("comm", *ASKED))):
        (folder / name).write_bytes(data)


def _settings(local: bool) -> dict[str, Any]:
    own = {
        "pyodideUrl": "./../pyodide/pyodide.js" if local else f"{CDN}pyodide.js",
        "disablePyPIFallback": local,
        "loadPyodideOptions": {"packages": list(FIRST)},
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "autodiff: the lessons",
            "exposeAppInBrowser": True,
            "litePluginSettings": {f"{KERNEL}:kernel": own},
        },
    }


def _run(folder: Path, out: Path) -> None:
    """JupyterLite's build, with its kernel and none of the extensions that are installed here."""
    kernels = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / KERNEL
    options = {
        "contents": [str(folder / "contents")],
        "output_dir": str(out.resolve()),
        "apps": ["lab", "notebooks", "tree"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "no_libarchive": True,
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(kernels)],
    }
    config = folder / "jupyter_lite_config.json"
    config.write_text(json.dumps({"LiteBuildConfig": options}), encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build", "--force"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=dict(_environment(folder)),
    )
    if made.returncode or not (out / "lab" / "index.html").is_file():
        raise LessonError(f"JupyterLite was not built:\n{(made.stdout + made.stderr)[-1500:]}")


def _environment(folder: Path) -> Iterator[tuple[str, str]]:
    """The environment, without the user's own settings of Jupyter."""
    yield from os.environ.items()
    yield "JUPYTER_CONFIG_DIR", str(folder / "config")
    yield "JUPYTER_PLATFORM_DIRS", "1"
