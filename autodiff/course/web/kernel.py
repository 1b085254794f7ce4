"""What a notebook in JupyterLite runs first: graphviz comes into the kernel, so pictures are drawn.

    %pip install -q autodiff-toolkit
    from autodiff.course.web import kernel
    await kernel.ready()

JupyterLite runs Python in a worker of its own, into which no page can load a script; the kernel
itself can.  Where graphviz is found stands in `place.json`, which the site's wheel has beside this.
"""

from __future__ import annotations

import json
from pathlib import Path

SETUP = """\
# Python runs in this browser: autodiff comes from this site, and graphviz for its pictures.
%pip install -q autodiff-toolkit
from autodiff.course.web import kernel
await kernel.ready()"""
"""The first code cell of a lesson in JupyterLite."""
PLACE = "place.json"


async def ready() -> None:
    """Load graphviz into the kernel's worker, if it is not there; elsewhere do nothing."""
    try:
        import js
        from pyodide.code import run_js
    except ImportError:
        return
    if hasattr(js, "autodiffGraphviz"):
        return
    js.importScripts(json.loads(Path(__file__).with_name(PLACE).read_text())["graphviz"])
    keep = "(viz) => { self.autodiffGraphviz = (dot) => viz.renderString(dot, { format: 'svg' }); }"
    run_js(keep)(await js.Viz.instance())
