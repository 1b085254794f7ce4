"""Graphviz's SVG made fit for pages: described, free of ids that collide, light or dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape, unescape

from autodiff.view.words.widths import width

_TITLE = re.compile(r"<title>[^<]*</title>\n?")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_TEXT = re.compile(r"<text([^>]*)>([^<@][^<]*)</text>")
_SIZE = re.compile(r'font-size="([\d.]+)"')
_LINK = re.compile(r'<g id="[^"]*"><a xlink:title="[^"]*">\n?|</a>\n</g>\n?')


def dress(svg: str, alt: str, titles: Mapping[str, str], prefix: str = "") -> str:
    """Clean an SVG: one title for the whole and one a node, ids prefixed, no hidden anchors."""
    svg = svg[svg.index("<svg") :]
    svg = _LINK.sub("", _TITLE.sub("", _COMMENT.sub("", svg)))
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
    return f"{svg[: head - 1]}{label}>\n<title>{escape(alt)}</title>{svg[head:]}"


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
    for colour, name in VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"var(--ad-{name})"')
    return svg.replace('stroke="black"', 'stroke="currentColor"')


VARIABLES = {
    "#1f2328": "ink",
    "#59636e": "faint",
    "#0b4a8f": "value",
    "#9a3412": "back",
    "#6b21a8": "tangent",
    "#ffffff": "paper",
    "#e6f0fb": "input",
    "#fdf3d8": "parameter",
    "#f0f1f3": "constant",
    "#f3eefb": "group",
}
"""The colours of a drawing, by the name of the page's CSS variable that replaces each."""


def as_image(svg: str, alt: str) -> str:
    """An `<img>` that holds the whole picture: it survives untrusted notebooks."""
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(alt, quote=True)}" style="max-width:100%;background:#fff" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
