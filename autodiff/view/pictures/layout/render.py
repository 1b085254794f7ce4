"""Pictures from DOT on any machine: the program `dot`, else pygraphviz in a child, else text.

Graphviz runs in a process of its own with a time limit, so that a crash or a hang of the layout
never takes the notebook's kernel down.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autodiff.view.pictures.layout.layout_child import FORMATS
from autodiff.view.records.subject import ViewError

LIMIT = 15.0
"""Seconds that one layout may take."""


class RenderError(ViewError):
    """No renderer is installed, or the one that is there failed."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """What makes the pictures: "dot", "pygraphviz" or "text"; where it is; why it was chosen."""

    name: str
    path: str
    why: str


def find_renderer() -> Renderer:
    """The renderer that will be used on this machine."""
    wanted = os.environ.get("AUTODIFF_DOT")
    if wanted:
        if shutil.which(wanted):
            return Renderer("dot", str(shutil.which(wanted)), "AUTODIFF_DOT names it")
        missing = f"AUTODIFF_DOT={wanted} is no program; "
    else:
        missing = ""
        found = shutil.which("dot")
        if found:
            return Renderer("dot", found, "the program dot is on PATH")
    if sys.platform == "emscripten":
        why = "this is a browser"
        if page_graphviz() is None:
            return Renderer("text", "", f"{why}, and its page brings no graphviz")
        return Renderer("browser", "", f"{why}, and its page brings graphviz")
    spec = importlib.util.find_spec("pygraphviz")
    if spec is not None and spec.origin:
        folder = str(Path(spec.origin).parent.parent)
        why = f"{missing}no dot on PATH, but pygraphviz is installed"
        return Renderer("pygraphviz", folder, why)
    return Renderer("text", "", f"{missing}neither dot nor pygraphviz is installed")


def fix() -> str:
    """The one line that makes pictures possible here."""
    system, machine = platform.system(), platform.machine().lower()
    wheels = {
        ("Linux", "x86_64"),
        ("Linux", "aarch64"),
        ("Windows", "amd64"),
        ("Darwin", "arm64"),
        ("Darwin", "x86_64"),
    }
    if (system, machine) in wheels and "musl" not in str(platform.libc_ver()[0] or "glibc"):
        return f"{Path(sys.executable).name} -m pip install pygraphviz"
    commands = {"Darwin": "brew install graphviz", "Windows": "winget install graphviz"}
    return commands.get(system, "apt-get install graphviz   (or: apk add graphviz)")


def page_graphviz() -> Any:
    """The function of the page that lays a graph out, where Python runs in a browser; else None."""
    try:
        import js
    except ImportError:
        return None
    return getattr(js, "autodiffGraphviz", None)


WIDER = 1.17
"""Graphviz in a page has no fonts to measure, and takes texts for narrower than they are."""


def in_page(source: str) -> bytes:
    """The picture by the page's graphviz: laid out with larger letters than are written."""

    def sized(factor: float) -> Any:
        return lambda found: f"{found[1]}{float(found[2]) * factor:.4g}{found[3]}"

    larger = re.sub(r'((?:fontsize=|point-size=)"?)([\d.]+)("?)', sized(WIDER), source, flags=re.I)
    svg = str(page_graphviz()(larger))
    return re.sub(r'(font-size=")([\d.]+)(")', sized(1 / WIDER), svg).encode()


def doctor() -> str:
    """Which renderer draws pictures on this machine, why, and what to do if none does.

    >>> doctor().split()[0]
    'renderer'
    """
    found = find_renderer()
    lines = [f"renderer   {found.name}: {found.why}"]
    if found.name == "text":
        return "\n".join([*lines, f"fix        {fix()}"])
    lines.append(f"where      {found.path}")
    try:
        picture = render("digraph { a -> b }", ("svg",))["svg"]
        lines.append(f"trial      a picture of two nodes came out, {len(picture)} bytes")
    except RenderError as error:
        lines.append(f"trial      failed: {error}")
    return "\n".join(lines)


def render(source: str, formats: tuple[str, ...] = ("svg",)) -> dict[str, bytes]:
    """The picture of DOT source in each format; `RenderError` says what is missing or wrong.

    Graphviz's first way of ranking fails on some graphs whose scopes are opened several times
    ("trouble in init_rank"); its second way, `newrank`, takes them.
    """
    try:
        return _render(source, formats)
    except RenderError as error:
        if "init_rank" not in str(error):
            raise
    return _render(source.replace("{", "{ newrank=true", 1), formats)


def _render(source: str, formats: tuple[str, ...]) -> dict[str, bytes]:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise RenderError(f"a picture can be {', '.join(FORMATS)}, but {unknown[0]!r} was asked.")
    renderer = find_renderer()
    if renderer.name == "text":
        raise RenderError(f"no picture can be made: {renderer.why}. To mend it: {fix()}")
    if renderer.name == "browser":
        return {f: in_page(source) for f in formats if f == "svg"}
    if renderer.name == "dot":
        return {f: _run([renderer.path, f"-T{f}"], source) for f in formats}
    child = Path(__file__).with_name("layout_child.py")
    command = [sys.executable, "-I", str(child), renderer.path, *formats]
    return _split(_run(command, source), formats)


def _run(command: list[str], source: str) -> bytes:
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"the layout took more than {LIMIT:g} s and was stopped. Draw less of the graph: "
            "depth=1, collapse=..., or between=(a, b)."
        ) from None
    except OSError as error:
        raise RenderError(f"{command[0]} could not be started: {error}.") from None
    words = done.stderr.decode(errors="replace")
    wrong = [line for line in words.splitlines() if line.startswith("Error")]
    if done.returncode or wrong or not done.stdout:
        last = wrong[0] if wrong else (words.strip().splitlines() or ["no message"])[-1]
        how = f"crashed (signal {-done.returncode})" if done.returncode < 0 else "failed"
        raise RenderError(f"the renderer {how}: {last}")
    return done.stdout


def _split(data: bytes, formats: tuple[str, ...]) -> dict[str, bytes]:
    pictures = {}
    for name in formats:
        length, _, rest = data.partition(b"\n")
        pictures[name], data = rest[: int(length)], rest[int(length) :]
    return pictures
