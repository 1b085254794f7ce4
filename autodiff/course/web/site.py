"""Build the site: a page per lesson, the package as one archive, Pyodide's files or its CDN.

Pages are made from the same sources as the notebooks; formulas become MathML here, so that no page
needs a script of somebody else's.  With a local runtime everything that the pages load stands in
the folder, so the site runs from any web server, and without a network after the first visit.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from autodiff.course.lessons import forms
from autodiff.course.lessons.forms import role
from autodiff.course.lessons.lesson import PACKAGE, Lesson, LessonError
from autodiff.course.web import lite
from autodiff.course.web.archive import ASKED, archives
from autodiff.course.web.offline import FILES, keep_pages, under
from autodiff.course.web.runtime import CDN, CORE, PACKAGES, VIZ_CDN, needed
from autodiff.course.web.runtime import copy as copy_runtime

SCRIPTS = ("page.js", "worker.js", "style.css")
REFERENCE = (
    '<p>All names of the library: <a href="api/autodiff.html">the reference</a>, whose examples '
    "were run when it was made.</p>"
)
_FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$"
    r"|(?<![\w$\\])\$(?P<line>[^$\n]+?)\$(?![\w$])",
    re.DOTALL,
)
_ROW = re.compile(r'notebooks/(\w+)\.ipynb.*?<img src="(figures/[\w-]+\.svg)".*?alt="([^"]*)"')


def build(
    lessons: Sequence[Lesson],
    out: Path,
    runtime: Path | None,
    say: Callable[[str], None] = print,
    *,
    whole: bool = True,
) -> list[Path]:
    """Write the site into `out`; Pyodide is copied from the folder `runtime`, or None: its CDN.

    The `whole` site has the lessons in JupyterLite, where that is installed, and the reference too.
    """
    out.mkdir(parents=True, exist_ok=True)
    index, viz = (CDN, VIZ_CDN) if runtime is None else ("pyodide/", "pyodide/viz-global.js")
    if runtime is not None:
        copy_runtime(runtime, out / "pyodide")
    for name in SCRIPTS:
        shutil.copyfile(FILES / name, out / name)
    zips = archives(runtime)
    for name, data in zips.items():
        (out / f"{name}.zip").write_bytes(data)
    made = []
    for own in lessons:
        made.append(out / f"{own.name}.html")
        made[-1].write_text(lesson_page(own, index, viz, tuple(zips)), encoding="utf-8")
    for notes in sorted(lessons[0].folder.glob("*.md")) if lessons else ():
        made.append(out / f"{notes.stem}.html")
        made[-1].write_text(notes_page(notes.read_text(encoding="utf-8")), encoding="utf-8")
    pictures = _pictures(lessons, out)
    notebooks = whole and lite.is_installed()
    made.append(out / "index.html")
    front = front_page(lessons, pictures, notebooks=notebooks, reference=whole)
    made[-1].write_text(front, encoding="utf-8")
    keep_pages(out, _kept(out, made, runtime))
    if notebooks:
        lite.build(lessons, out, local=runtime is not None)
    elif whole:
        say("without JupyterLite, which is not installed: pip install 'autodiff-toolkit[site]'")
    if whole:
        say(_reference(out / "api"))
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    say(f"wrote {out}: {len(lessons)} lessons, {size / 1e6:.1f} MB")
    return made


def _kept(out: Path, pages: Sequence[Path], runtime: Path | None) -> list[str]:
    """The pages and all that they load, by their names in the site's folder."""
    names = [*SCRIPTS, *under(out, "*.zip"), *(path.name for path in pages)]
    names += [f"figures/{name}" for name in under(out / "figures")]
    if runtime is not None:
        lock = json.loads((out / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
        wheels = [own["file_name"] for own in needed(lock, PACKAGES) if own["name"] != "numpy"]
        files = [*CORE, "viz-global.js", *wheels]
        names += [f"pyodide/{name}" for name in files]
    return names


# -- pages -----------------------------------------------------------------------------------------


def lesson_page(lesson: Lesson, index: str, viz: str, zips: Sequence[str]) -> str:
    """A lesson as a page whose cells can be edited and run; `zips` are the site's archives."""
    made = forms.student(lesson)
    parts = []
    for cell in made.cells:
        if "install" in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            parts.append(markdown(cell.source))
        else:
            own = role(cell)
            exercise = cell.metadata.get("autodiff", {}).get("exercise", "")
            end = "failed" if "raises-exception" in cell.metadata.get("tags", ()) else "done"
            parts.append(
                f'<div class="cell" data-role="{own}" data-exercise="{exercise}" data-end="{end}">'
                f'<textarea spellcheck="false" autocapitalize="off" aria-label="code">'
                f"{escape(cell.source)}</textarea>"
                '<button title="Shift+Enter">Run</button><div class="out"></div></div>'
            )
    settings = {
        "lesson": lesson.number,
        "name": lesson.name,
        "exercises": lesson.exercises,
        "index": index,
        "viz": viz,
        "archives": zips,
        "asked": ASKED,
    }
    data = json.dumps(settings).replace("<", "\\u003c")
    return _page(
        f"{int(lesson.number)} · {lesson.title}",
        '<header><a href="index.html">All lessons</a><span id="passed"></span>'
        '<span class="grow"></span><span id="status" role="status"></span>'
        '<button id="all">Run all</button><button id="stop">Stop</button>'
        '<button id="reset">Start again</button></header>'
        f"<main>{''.join(parts)}</main>"
        f'<script type="application/json" id="settings">{data}</script>'
        '<script src="page.js"></script>',
    )


def notes_page(text: str) -> str:
    """A page that stands beside the lessons, the table of signs and words say, to read."""
    title = text.partition("\n")[0].lstrip("# ")
    home = '<header><a href="index.html">All lessons</a></header>'
    return _page(title, f"{home}<main>{markdown(text)}</main>")


def front_page(
    lessons: Sequence[Lesson], pictures: dict[str, str], *, notebooks: bool, reference: bool
) -> str:
    """The list of lessons, with what the reader has passed."""
    items = "".join(
        f'<li data-lesson="{own.number}" data-exercises="{" ".join(own.exercises)}">'
        f'<a href="{own.name}.html"><strong>{int(own.number)} · {escape(own.title)}</strong></a>'
        f"{pictures.get(own.name, '')}<div>{own.minutes} minutes, "
        f'<span class="done">{len(own.exercises)} exercises</span>'
        f"{_as_notebook(own) if notebooks else ''}</div></li>"
        for own in lessons
    )
    script = """
    for (const own of document.querySelectorAll(".lessons li")) {
      const kept = JSON.parse(localStorage.getItem("autodiff:" + own.dataset.lesson) || "{}");
      const all = own.dataset.exercises.split(" ").filter(Boolean);
      const done = all.filter((one) => (kept.passed || []).includes(one)).length;
      const told = own.querySelector(".done");
      told.textContent = `${done} of ${all.length} exercises passed`;
      if (done) told.dataset.passed = done;
    }
    """
    return _page(
        "autodiff: the lessons in your browser",
        "<main><h1>Derivatives of programs, in a browser tab</h1><p>Python and NumPy run in this "
        "page. Nothing is installed, and what you write stays in this browser. Begin with lesson "
        f'0.</p><ul class="lessons">{items}</ul>'
        f"{REFERENCE if reference else ''}</main><script>{script}</script>",
    )


def _reference(folder: Path) -> str:
    """The reference, made in a process of its own; what that said."""
    command = [sys.executable, "-W", "ignore", "-m", "autodiff.course.web.reference", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        raise LessonError(f"the reference was not made:\n{made.stderr[-1000:]}")
    return made.stdout.strip()


def _as_notebook(lesson: Lesson) -> str:
    address = f"lite/notebooks/index.html?path={lesson.student.name}"
    return f' · <a href="{address}">as a notebook</a>'


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css">'
        f'<link rel="icon" href="data:,"></head><body>{body}</body></html>\n'
    )


def markdown(text: str) -> str:
    """Markdown as HTML, its formulas as MathML.

    >>> print(markdown("**Hello**, `x`"))
    <p><strong>Hello</strong>, <code>x</code></p>
    >>> print(markdown("`$x$` and [lesson 4](04_reverse_mode.ipynb)"))
    <p><code>$x$</code> and <a href="04_reverse_mode.html">lesson 4</a></p>
    """
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise LessonError(
            "pages need markdown-it-py: pip install 'autodiff-toolkit[site]'"
        ) from None

    formulas: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        formulas.append(_formula(found["block"] or found["line"], block=bool(found["block"])))
        return f"FORMULA{len(formulas) - 1}END"

    text = _FORMULA.sub(taken, text)
    text = re.sub(r"\]\((\w+)\.(?:md|ipynb)\)", r"](\1.html)", text)
    html = MarkdownIt("commonmark").enable("table").render(text)
    return re.sub(r"FORMULA(\d+)END", lambda found: formulas[int(found[1])], html).strip()


def _formula(text: str, *, block: bool) -> str:
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise LessonError("pages need latex2mathml: pip install 'autodiff-toolkit[site]'") from None
    made: str = convert(text.strip(), display="block" if block else "inline")
    return made


def _pictures(lessons: Sequence[Lesson], out: Path) -> dict[str, str]:
    """The picture of each lesson, as the README has it, copied beside the pages."""
    readme = PACKAGE.parent / "README.md"
    found: dict[str, str] = {}
    if not readme.is_file():
        return found
    for line in readme.read_text(encoding="utf-8").splitlines():
        picture = _ROW.search(line)
        if picture and any(own.name == picture[1] for own in lessons):
            source = PACKAGE.parent / picture[2]
            (out / "figures").mkdir(exist_ok=True)
            shutil.copyfile(source, out / picture[2])
            style = "max-width:100%;max-height:9rem"
            found[picture[1]] = (
                f'<p><img src="{picture[2]}" alt="{picture[3]}" style="{style}"></p>'
            )
    return found
