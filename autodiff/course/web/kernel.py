"""What a notebook in JupyterLite runs first: pictures can be drawn, and errors can be meant.

    %pip install -q autodiff-toolkit
    from autodiff.course.web import kernel
    await kernel.ready()

JupyterLite runs Python in a worker of its own, into which no page can load a script; the kernel
itself can.  Where graphviz is found stands in `place.json`, which the site's wheel has beside this.
And JupyterLite drops all cells that wait when one fails, also where the failing is the lesson: it
does not look at the tag "raises-exception" (its server's `stop_on_error`), so the kernel does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SETUP = """\
# Python runs in this browser: autodiff comes from this site, and graphviz for its pictures.
%pip install -q autodiff-toolkit
from autodiff.course.web import kernel
await kernel.ready()"""
"""The first code cell of a lesson in JupyterLite."""
PLACE = "place.json"


async def ready() -> None:
    """Prepare the kernel in this worker, if that was not done; outside of one do nothing."""
    try:
        import js
        from pyodide.code import run_js
    except ImportError:
        return
    if hasattr(js, "autodiffGraphviz"):
        return
    go_on_after_errors_that_are_meant(sys.modules["IPython"].get_ipython().kernel)
    js.importScripts(json.loads(Path(__file__).with_name(PLACE).read_text())["graphviz"])
    keep = "(viz) => { self.autodiffGraphviz = (dot) => viz.renderString(dot, { format: 'svg' }); }"
    run_js(keep)(await js.Viz.instance())


def go_on_after_errors_that_are_meant(kernel: Any) -> None:
    """Have cells tagged "raises-exception" print their error, and the cells after them run."""
    run = kernel.run

    async def run_on(code: str) -> dict[str, Any]:
        result: dict[str, Any] = await run(code)
        if result["status"] == "ok" or kernel.get_parent()["content"].get("stop_on_error", True):
            return result
        print("\n".join(result["traceback"]), file=sys.stderr)
        return {"status": "ok", "payload": result.get("payload", [])}

    kernel.run = run_on
