"""What pages made by nbconvert need besides themselves, brought along: no page asks a network.

nbconvert's pages load reveal.js, MathJax, require.js and jQuery from public addresses; in a lecture
hall without a network they stay empty.  Here reveal.js comes along for slides, and KaTeX writes the
formulas as MathML, which browsers draw with their own fonts (`vendor`, 0.2 MB compressed).
"""

from __future__ import annotations

import gzip
import re
from importlib import resources

FORMULAS = r"""
<script>{katex}</script><script>{auto}</script>
<script>addEventListener("DOMContentLoaded", () => renderMathInElement(document.body, {{
  output: "mathml", throwOnError: false,
  ignoredTags: ["script", "noscript", "style", "textarea", "pre", "code", "option", "table"],
  delimiters: [
    {{ left: "$$", right: "$$", display: true }}, {{ left: "$", right: "$", display: false }}
  ] }}));</script>
"""
SLIDES = """
<script>{reveal}</script><script>{notes}</script>
<script>Reveal.initialize({{
  controls: true, progress: true, hash: true, center: false, width: 1120, height: 700,
  margin: 0.03, transition: "none", slideNumber: "c/t", plugins: [RevealNotes] }});</script>
"""
STYLE = """
<style>{reveal}</style><style id="theme">{white}</style>
<style>.reveal .slides section {{ max-height: 700px; overflow: hidden auto; text-align: left; }}
.reveal h1, .reveal h2, .reveal h3 {{ text-transform: none; }}</style>
"""
TEMPLATE = """{{%- extends "index.html.j2" -%}}
{{%- block html_head_js -%}}{{%- endblock -%}}
{{%- block html_head_js_mathjax -%}}{{{{ resources.brought.formulas }}}}{{%- endblock -%}}
{more}
"""
MORE = """
{%- block html_head_css -%}{{ resources.brought.style }}{%- endblock -%}
{%- block footer_js -%}{{ resources.brought.slides }}{%- endblock -%}
"""
_ELSEWHERE = re.compile(r'<link\b[^>]*\bhref="https?:[^>]*>\n?')


def vendored(name: str) -> str:
    """A file of another project that lies packed in `vendor`."""
    packed = resources.files("autodiff.course.pages").joinpath("vendor", f"{name}.gz").read_bytes()
    return gzip.decompress(packed).decode().replace("</script", "<\\/script")


def template(form: str) -> str:
    """The template of nbconvert's "slides" or "html" without what it loads from elsewhere."""
    return TEMPLATE.format(more=MORE if form == "slides" else "")


def brought(form: str) -> dict[str, str]:
    """What such a page brings along, by where it stands in the template."""
    katex, auto = vendored("katex.js"), vendored("katex-auto-render.js")
    found = {"formulas": FORMULAS.format(katex=katex, auto=auto)}
    if form == "slides":
        white = re.sub(r"@import[^;]*;", "", vendored("reveal-white.css"))
        found["style"] = STYLE.format(reveal=vendored("reveal.css"), white=white)
        parts = {"reveal": vendored("reveal.js"), "notes": vendored("reveal-notes.js")}
        found["slides"] = SLIDES.format(**parts)
    return found


def alone(text: str) -> str:
    """A page without style sheets from elsewhere, which it brings along itself."""
    return _ELSEWHERE.sub("", text)
