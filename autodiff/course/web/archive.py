"""The package for a browser: archives that a page unpacks, and wheels that JupyterLite installs.

The idea: what runs in a tab is this very package, without notebooks.  What it needs beside NumPy is
pure Python and taken from the installation that builds the site, so nothing is fetched for it, and
the same files make the same archive.

>>> sorted(zipfile.ZipFile(io.BytesIO(archives(None)["later"])).namelist())[0]
'autodiff/frontends/README.md'
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from autodiff import __version__
from autodiff.course.lessons.lesson import PACKAGE, LessonError

BESIDE = ("tqdm", "graphviz")
"""What `import autodiff` needs beside NumPy; pure Python, so it comes along as it is."""
ASKED = {"protobuf": r"caffe|one_network"}
"""What comes only where a cell has these words; pure Python, once its C code is left out."""
LISTED = "autodiff/course/exercises/lesson_"
"""Modules that are listed by the names of their files."""
LATER = "frontends"
"""The part of the package that most lessons do without."""
_LATER = f"autodiff/{LATER}/"
UNUSED = (
    "autodiff/cli/",
    "autodiff/course/graders/",
    *(f"autodiff/course/grading/{name}.py" for name in (
        "apart", "class_report", "grade", "player", "secrecy", "wire",
    )),
    "autodiff/course/pages/",
    *(f"autodiff/course/lessons/{name}.py" for name in (
        "build", "execute", "lab", "lint", "outputs", "suspicion",
    )),
    *(f"autodiff/course/web/{name}" for name in (
        "archive.py", "files/", "lite.py", "offline.py", "reference.py", "runtime.py", "site.py",
    )),
)  # fmt: skip
"""What a page does not run; each visitor would wait for it."""
_DATE = (1980, 1, 1, 0, 0, 0)
Files = dict[str, bytes]


def _in_pages(name: str) -> bool:
    """Whether a file is of use in a page: not what builds and grades a course, nor a manual."""
    return not name.startswith((_LATER, *UNUSED)) and "/contrib/" not in name


def _whole() -> Files:
    """The package, what it needs beside NumPy, and the digits."""
    files = dict(_of_package(""))
    for name in BESIDE:
        files |= installed(name)
    return files | {"autodiff/examples/digits.npz": _digits()}


def archives(runtime: Path | None) -> dict[str, bytes]:
    """The zips of a page by name: "autodiff" to begin with, "later" for the rest of the package.

    The packages of `ASKED` have one each: "protobuf" is what Caffe's files need.

    With Pyodide's files at hand "autodiff" holds just the modules of the start, compiled, and
    "numpy" NumPy's wheel in the same way: a tab without a cache would compile them each time, and a
    reader waits for every byte and every file.  All sources come later.
    """
    start = {name: own for name, own in _whole().items() if _in_pages(name)}
    later = dict(_of_package(LATER))
    zips = {"autodiff": start, "later": later, **{name: installed(name) for name in ASKED}}
    if runtime is not None:
        numpy = _numpy(runtime)
        made = _compiled(packed(start | numpy), runtime)
        later |= {name: start.pop(name) for name in list(start) if not _at_once(name, made)}
        for name, data in made.items():
            home, source = (numpy, numpy) if name.startswith("numpy/") else (start, later)
            later[name.removesuffix("c")] = source[name.removesuffix("c")]
            numpy.pop(name.removesuffix("c"), None)
            home[name] = data
        zips["numpy"] = numpy
    return {name: packed(files) for name, files in zips.items()}


def _at_once(name: str, compiled: Files) -> bool:
    """Whether a file beside the compiled modules comes with them.

    Data without its package would make Python take the folder for a package; and the lessons'
    exercises are listed before one of them is imported.
    """
    folder, _, file = name.rpartition("/")
    return name.startswith(LISTED) or (
        not file.endswith(".py") and f"{folder}/__init__.pyc" in compiled
    )


def _numpy(runtime: Path) -> Files:
    """NumPy's wheel for Pyodide, without what only a compiler, a type checker or its tests read."""
    (path,) = runtime.glob("numpy-*.whl")
    with zipfile.ZipFile(path) as file:
        return {
            name: file.read(name)
            for name in file.namelist()
            if name.endswith((".py", ".so", "METADATA", "LICENSE.txt"))
            and not name.startswith(("numpy/f2py/", "numpy/distutils/"))
            and "/tests/" not in name
        }


def _compiled(made: bytes, runtime: Path) -> Files:
    """What Pyodide's own Python, run in node, compiles the modules of the start to."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "archive.zip"), Path(folder, "bytecode.zip")
        before.write_bytes(made)
        script = Path(__file__).parent / "files" / "bytecode.cjs"
        command = ["node", script, runtime, before, after]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise LessonError("node is not installed; it compiles the modules") from None
        except subprocess.CalledProcessError as error:
            raise LessonError(f"Pyodide did not run in node:\n{error.stderr[-800:]}") from None
        with zipfile.ZipFile(after) as file:
            return {name: file.read(name) for name in file.namelist()}


def wheel(extra: Files) -> tuple[str, bytes]:
    """The whole package as a wheel, its name and its data; its notebooks need more than NumPy.

    `extra` are files of the site, by their place in the wheel.
    """
    facts = (
        f"Metadata-Version: 2.1\nName: autodiff-toolkit\nVersion: {__version__}\n"
        "Requires-Dist: numpy\nRequires-Dist: matplotlib\n"
    )
    home = f"autodiff_toolkit-{__version__}.dist-info"
    files = {name: own for name, own in _whole().items() if ".dist-info/" not in name}
    return _wheel(
        "autodiff_toolkit", __version__, files | extra | {f"{home}/METADATA": facts.encode()}
    )


def wheel_of(name: str) -> tuple[str, bytes]:
    """A wheel again from an installed package of pure Python."""
    version = importlib.metadata.version(name)
    return _wheel(name.replace("-", "_"), version, installed(name))


def installed(name: str) -> Files:
    """The modules of an installed package and its metadata, as it was installed."""
    own = importlib.metadata.distribution(name)
    files = {}
    for path in own.files or ():
        keep = path.suffix in (".py", ".pyi", ".json", ".typed") or path.name == "METADATA"
        if keep and ".." not in path.parts and "tests" not in path.parts:
            data = Path(str(own.locate_file(path))).read_bytes()
            head, _, _ = data.partition(b"\n\n")  # of the metadata: what follows is its README
            files[path.as_posix()] = head + b"\n" if path.name == "METADATA" else data
    if not files:
        raise LessonError(f"{name} is installed without a list of its files: install it by pip")
    return files


def _of_package(part: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((PACKAGE / part).rglob("*")):
        inside = path.relative_to(PACKAGE.parent)
        if path.suffix in (".py", ".js", ".css", ".html", ".json", ".md") and not (
            {"notebooks", "__pycache__"} & set(inside.parts)
        ):
            yield inside.as_posix(), path.read_bytes()


def _digits() -> bytes:
    """scikit-learn's digits, which a browser would need 10 MB of packages for."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=images.astype(np.uint8), labels=labels.astype(np.uint8))
    return buffer.getvalue()


def _wheel(name: str, version: str, files: Files) -> tuple[str, bytes]:
    home = f"{name}-{version}.dist-info"
    files = {path: data for path, data in files.items() if path != f"{home}/RECORD"}
    files[f"{home}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    lines = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}\n")
    files[f"{home}/RECORD"] = "".join([*lines, f"{home}/RECORD,,\n"]).encode()
    return f"{name}-{version}-py3-none-any.whl", packed(files)


def packed(files: Files) -> bytes:
    """A zip whose entries have no date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
