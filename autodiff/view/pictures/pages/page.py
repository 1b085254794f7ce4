"""Self-contained pieces of a page: a picture that needs no script, and a script that does more.

Their order is: a root with a still picture and one sentence, and one script that holds the data
and builds the rest; where scripts are stripped (an untrusted notebook) the picture stays.
"""

from __future__ import annotations

import json
from html import escape
from importlib import resources
from string import Template
from typing import Any


def asset(room: str, name: str) -> str:
    """The text of a file that lies beside the modules of a room."""
    return resources.files(f"autodiff.view.{room}").joinpath(name).read_text(encoding="utf-8")


def style(room: str, name: str) -> str:
    """The common styles of all pages, and those of one."""
    return asset("pictures.pages", "common.css") + asset(room, name)


def piece(name: str, record: dict[str, Any], still: str, sentence: str, code: str) -> str:
    """A fragment of a page: `still` is HTML, `code` defines the function `name(data)`.

    `record` is the data, with `id` and the styles in `css`; it must be ready for strict JSON.
    """
    data = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")
    return (
        f'<div id="{record["id"]}" class="ad-player" data-lm-suppress-shortcuts="true">{still}'
        f"<p>{escape(sentence)}</p></div>\n"
        f"<script>(function () {{\n{asset('pictures.pages', 'common.js')}\n{code}\n"
        f"{name}({data});\n}})();</script>"
    )


def whole_page(title: str, body: str) -> str:
    """A page of its own around such a fragment."""
    return Template(asset("pictures.pages", "page.html")).substitute(
        title=escape(title), player=body
    )
