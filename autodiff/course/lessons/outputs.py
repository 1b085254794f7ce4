"""What is kept of a cell's outputs, and when two outputs say the same.

Kept outputs hold nothing that changes from run to run or from machine to machine: no addresses,
paths of temporary files, progress bars.  A picture is kept as a PNG with words beside it, which
shows on every code-hosting site, and as HTML with the same picture and words, so that the words are
the alternative text wherever the notebook is shown; a player keeps its own HTML.
"""

from __future__ import annotations

import base64
import io
import os
import re
import tempfile
from collections.abc import Iterator
from html import escape, unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any

from autodiff.course.lessons.forms import Notebook, role
from autodiff.course.lessons.lesson import PACKAGE

RELATIVE = 0.05
"""Two numbers in outputs are the same within this, or within ABSOLUTE: BLAS differs by machine."""
ABSOLUTE = 1e-6
VOLATILE = "volatile"
"""The tag of a cell whose outputs are not kept."""

_ALT = re.compile(r'<img[^>]*\balt="([^"]*)"')
_NUMBER = re.compile(r"[-−+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?")
_PROGRESS = re.compile(r"\d+%\|.*\||\d+it \[|it/s|s/it")
_HTML_NOISE = re.compile(r'data:[^"\s]*|<script>.*?</script>|\bid="[^"]*"', re.DOTALL)
_REPLACED = (
    ("ipykernel_", re.compile(r"/[\w./-]{0,200}?ipykernel_\d+/\d+\.py"), "cell"),
    ("0x", re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x..."),
    ("\x1b", re.compile(r"\x1b\[[0-9;]*m"), ""),
)


def normalise(made: Notebook) -> None:
    """Leave in an executed notebook what may be kept."""
    count = 0
    for cell in made.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        if VOLATILE in cell.metadata.get("tags", ()):
            cell.outputs = []
            continue
        cell.outputs = list(_merged(_plain(out, cell.metadata.get("alt")) for out in cell.outputs))
        for out in cell.outputs:
            if out.output_type == "execute_result":
                out.execution_count = count


def _plain(out: Any, alt: str | None) -> Any:
    if out.output_type == "stream":
        lines = clean(out.text).splitlines(keepends=True)
        out.text = "".join(line for line in lines if not _PROGRESS.search(line))
        return out
    if out.output_type == "error":
        out.evalue = clean(out.evalue)
        out.traceback = [clean(line) for line in out.traceback]
        return out
    data = out.data
    for kind in data:
        if not kind.startswith("image/"):
            data[kind] = clean(data[kind])
    html = data.get("text/html", "")
    in_html = _ALT.search(html)
    words = in_html[1] if in_html else alt
    if "image/png" in data:
        data["image/png"] = smaller(data["image/png"])
        if "<script" not in html:
            data.pop("text/html", None)
            if words:
                data["text/html"] = shown(data["image/png"], unescape(words))
        if alt and data.get("text/plain", "").startswith("<Figure"):
            data["text/plain"] = alt
    pictures = [kind for kind in data if kind.startswith("image/")]
    out.metadata = {kind: {"alt": unescape(words)} for kind in pictures} if words else {}
    return out


COLOURS = 128
"""So many colours are enough for a drawing or a chart; the picture is then a third of its size."""


def smaller(png: str) -> str:
    """A PNG (in base64) with a palette, where that is smaller; as it is where it can't be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(base64.b64decode(png)))
    except UnidentifiedImageError:
        return png
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    buffer = io.BytesIO()
    flat.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    made = base64.b64encode(buffer.getvalue()).decode()
    return made if len(made) < len(png) else png


def shown(png: str, words: str) -> str:
    """The picture as HTML with its words: the only form whose alternative text every page keeps.

    nbconvert's default template takes none from the metadata of an output.
    """
    return f'<img alt="{escape(words)}" src="data:image/png;base64,{png}">'


def clean(text: str) -> str:
    """A text without addresses, colours and this machine's paths.

    >>> clean("<f at 0x7f12ab34cd56> in /tmp/ipykernel_12/345.py, line 2")
    '<f at 0x...> in cell, line 2'
    """
    for hint, pattern, word in _REPLACED:
        if hint in text:  # a search for this alone is fast, in pictures of a megabyte too
            text = pattern.sub(word, text)
    for place, word in (
        (str(PACKAGE), "autodiff"),
        (tempfile.gettempdir(), "tmp"),
        (os.path.realpath(tempfile.gettempdir()), "tmp"),
        (str(Path.home()), "~"),
    ):
        if len(place) > 1:
            text = re.sub(rf"(?<![\w/]){re.escape(place)}(?=/)", word, text)
    return text


def _merged(outputs: Iterator[Any]) -> Iterator[Any]:
    """Neighbouring pieces of one stream as one: where they are cut hangs on time."""
    last = None
    for out in outputs:
        if out.output_type != "stream":
            last = None
            yield out
        elif last is not None and last.name == out.name:
            last.text += out.text
        elif out.text:
            last = out
            yield out


def without_answers(made: Notebook, student: Notebook) -> Notebook:
    """The student's form with the outputs of the worked one, but for the exercises' own cells."""
    for cell, own in zip(student.cells, made.cells, strict=True):
        if cell.cell_type == "code" and not role(cell):
            cell.outputs, cell.execution_count = own.outputs, own.execution_count
    return student


def differences(old: Notebook, new: Notebook, *, ignore: frozenset[str] = frozenset()) -> list[str]:
    """What differs between two notebooks: cells exactly, outputs by kind, words and rough numbers.

    `ignore` names roles of cells whose outputs are not compared.
    """
    if [cell.id for cell in old.cells] != [cell.id for cell in new.cells]:
        known = {cell.id for cell in old.cells}
        fresh = next((k for k, cell in enumerate(new.cells, 1) if cell.id not in known), None)
        return [f"cell {fresh} is new or changed" if fresh else "cells were removed or moved"]
    found = []
    for place, (one, two) in enumerate(zip(old.cells, new.cells, strict=True), 1):
        if (one.source, one.cell_type, one.metadata) != (two.source, two.cell_type, two.metadata):
            found.append(f"cell {place}: its text differs")
        elif one.cell_type == "code" and role(one) not in ignore:
            found += [f"cell {place}: {what}" for what in _of_outputs(one.outputs, two.outputs)]
    return found


def _of_outputs(old: list[Any], new: list[Any]) -> Iterator[str]:
    kinds = [[_kind(out) for out in outputs] for outputs in (old, new)]
    if kinds[0] != kinds[1]:
        yield f"its outputs are {kinds[1]}, kept are {kinds[0]}"
        return
    for one, two in zip(old, new, strict=True):
        for (name, a), (_, b) in zip(_texts(one), _texts(two), strict=True):
            where = first_difference(a, b)
            if where:
                yield f"its {name} differs: {where}"


def _kind(out: Any) -> str:
    data = sorted(out.get("data", {}))
    return f"{out.output_type}{' of ' + ', '.join(data) if data else ''}"


def _texts(out: Any) -> Iterator[tuple[str, str]]:
    if out.output_type == "stream":
        yield out.name, out.text
    elif out.output_type == "error":
        yield "error", f"{out.ename}: {out.evalue}"
    else:
        for kind in sorted(out.data):
            if kind.startswith("image/"):
                yield f"{kind} alt text", out.metadata.get(kind, {}).get("alt", "")
            else:
                text = out.data[kind]
                yield kind, _HTML_NOISE.sub("", text) if kind == "text/html" else str(text)


def first_difference(old: str, new: str) -> str:
    """Where two texts differ, "" if only in the last digits of numbers or in spaces and rules.

    >>> first_difference("loss 0.2501  ok", "loss 0.25 ok")
    ''
    >>> first_difference("loss 0.25", "loss 0.35")
    '0.25 is now 0.35'
    """
    if _words(old) != _words(new):
        lines = zip_longest(old.splitlines(), new.splitlines(), fillvalue="")
        differing = ((a, b) for a, b in lines if _words(a) != _words(b))
        one, two = next(differing, (old, new))
        return f"{_short(one)} is now {_short(two)}"
    for one, two in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True):
        a, b = (float(text.replace("−", "-")) for text in (one, two))
        if abs(a - b) > max(RELATIVE * max(abs(a), abs(b)), ABSOLUTE):
            return f"{one} is now {two}"
    return ""


def _words(text: str) -> str:
    """A text without its numbers, and with spaces and rules of any length as one space."""
    return re.sub(r"[\s─-]+", " ", _NUMBER.sub("#", text)).strip()


def _short(line: str) -> str:
    line = line.strip()
    return repr(line if len(line) <= 80 else f"{line[:77]}...")
