"""Graphviz's SVG made fit for pages: described, free of ids that collide, light or dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape, unescape

from autodiff.view.pictures.boxes.stops import whole_edges
from autodiff.view.words.widths import width

_TITLE = re.compile(r"<title>[^<]*</title>\n?")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_TEXT = re.compile(r"<text([^>]*)>([^<@][^<]*)</text>")
_SIZE = re.compile(r'font-size="([\d.]+)"')
_LINK = re.compile(r'<g id="[^"]*"><a xlink:title="[^"]*">\n?|</a>\n</g>\n?')


def dress(svg: str, alt: str, titles: Mapping[str, str], prefix: str = "") -> str:
    """Clean an SVG: one title for the whole and one a node, ids prefixed, no hidden anchors."""
    svg = svg[svg.index("<svg") :]
    svg = whole_edges(_LINK.sub("", _TITLE.sub("", _COMMENT.sub("", svg))))
    for key, words in titles.items():
        mark = f'<g id="{key}"'
        start = svg.find(mark)
        if start >= 0:
            end = svg.index(">", start) + 1
            svg = f"{svg[:end]}<title>{escape(words)}</title>{svg[end:]}"
    svg = _TEXT.sub(_as_wide_as_told, svg)
    font = re.search(r' font-family="[^"]*"', svg)
    svg = re.sub(r' font-family="[^"]*"', "", svg)
    if prefix:
        svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    head = svg.index(">") + 1
    label = f'{font[0] if font else ""} role="img" aria-label="{escape(alt, quote=True)}"'
    style = "" if prefix else _night()
    return f"{svg[: head - 1]}{label}>\n<title>{escape(alt)}</title>{style}{svg[head:]}"


def _as_wide_as_told(match: re.Match[str]) -> str:
    """A text that is drawn as wide as it was laid out, whatever font a reader has."""
    look, words = match[1], unescape(match[2])
    size = float(_SIZE.search(look)[1]) if _SIZE.search(look) else 14.0
    told = width(words, size, 'font-weight="bold"' in look)
    exact = f' textLength="{told:.1f}" lengthAdjust="spacingAndGlyphs"' if words.strip() else ""
    return f"<text{look}{exact}>{match[2]}</text>"


def follow_page(svg: str) -> str:
    """The SVG with the page's own text colour and no background, for light and dark pages."""
    svg = re.sub(r'<polygon fill="white" stroke="(none|transparent)"[^>]*/>\n?', "", svg, count=1)
    for colour, (name, _) in VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"var(--ad-{name})"')
    return svg.replace('stroke="black"', 'stroke="currentColor"')


VARIABLES = {
    "#1f2328": ("ink", "#e6edf3"),
    "#59636e": ("faint", "#a5b0bb"),
    "#0b4a8f": ("value", "#8cc4ff"),
    "#9a3412": ("back", "#ffab70"),
    "#6b21a8": ("tangent", "#d8b4fe"),
    "#ffffff": ("paper", "#161b22"),
    "#e6f0fb": ("input", "#12283f"),
    "#fdf3d8": ("parameter", "#3a2f0b"),
    "#f0f1f3": ("constant", "#22272e"),
    "#f3eefb": ("group", "#2b2140"),
}
"""The colours of a drawing: the name of the page's CSS variable for each, and what it is at night.

The tiles of arrays keep theirs, and their numbers, on any page.
"""
NIGHT = {"white": "#161b22", "black": "#e6edf3", "#dcf3e3": "#12381f", "#fdeee6": "#3d2014"}
"""Other colours of a drawing that change at night."""


def _night() -> str:
    """The style by which a picture of its own follows a dark page (or a dark system)."""
    pairs = {old: new for old, (_, new) in VARIABLES.items()} | NIGHT
    rules = "".join(
        f'[{kind}="{old}"]{{{kind}:{new}}}'
        for old, new in pairs.items()
        for kind in ("fill", "stroke")
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"


def as_image(svg: str, alt: str) -> str:
    """An `<img>` that holds the whole picture: it survives untrusted notebooks.

    On a narrow page it stays large enough to be read, and scrolls.
    """
    data = base64.b64encode(svg.encode()).decode()
    wide = re.search(r'<svg[^>]*\bwidth="(\d+)', svg)
    least = f"min-width:{round(LEAST * int(wide[1]) * 4 / 3)}px;" if wide else ""
    return (
        f'<div style="overflow-x:auto"><img alt="{escape(alt, quote=True)}" '
        f'style="max-width:100%;{least}" src="data:image/svg+xml;base64,{data}"></div>'
    )


LEAST = 0.6
"""A picture is never drawn smaller than this share of its own size."""
