"""What a browser keeps of the site, so that it opens again without a network.

The pages have a service worker of their own.  JupyterLite brings one, which lends its kernel files;
ours stands before it and hands it all that is not a file of the site.  In each, the list of the
files and a name that changes with any of them are filled in here, so that a new site replaces what
was kept of the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

FILES = Path(__file__).parent / "files"
THEIRS = "service-worker-jupyterlite.js"


def keep_pages(out: Path, pages: Iterable[str]) -> None:
    """Write `offline.js`: the pages, and what they load, by their names in the site's folder."""
    names = ["./", *sorted(pages)]
    _fill("offline.js", out / "offline.js", names, _digest(out, names))


def keep_lite(out: Path, local: bool) -> None:
    """Write JupyterLite's service worker, and the script that its pages have besides."""
    lite = out / "lite"
    own = lite / "service-worker.js"
    if not (lite / THEIRS).exists() or THEIRS not in own.read_text(encoding="utf-8"):
        own.replace(lite / THEIRS)
    names = [f"lite/{name}" for name in under(lite) if not name.startswith("service-worker")]
    names += [f"pyodide/{name}" for name in under(out / "pyodide")] if local else []
    digest = _digest(out, names)
    _fill("lite-worker.js", own, names, digest)
    _fill("lite-page.js", out / "lite-page.js", names, digest)


def under(folder: Path, pattern: str = "**/*") -> list[str]:
    """The files in a folder, by their names in it."""
    files = (own for own in folder.glob(pattern) if own.is_file())
    return sorted(own.relative_to(folder).as_posix() for own in files)


def _digest(out: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        if not name.endswith("/"):
            digest.update(name.encode() + (out / name).read_bytes())
    return digest.hexdigest()[:12]


def _fill(template: str, target: Path, names: Iterable[str], digest: str) -> None:
    text = (FILES / template).read_text(encoding="utf-8").replace("VERSION", digest)
    target.write_text(text.replace("/* FILES */", ", ".join(map(json.dumps, names))))
