"""The program of the child process that lays a drawing out with pygraphviz.

It imports nothing of this library, so that it can run isolated: a renderer that crashes or hangs
takes only this process with it.  Standard input is DOT; standard output is, for every format
asked for, its length in bytes on one line and then the bytes.
"""

from __future__ import annotations

import sys

FORMATS = ("svg", "png", "pdf")


def main(folder: str, *formats: str) -> int:
    """Render what stands on standard input; `folder` is where pygraphviz is installed."""
    sys.path.append(folder)
    import pygraphviz

    source = sys.stdin.buffer.read().decode()
    for name in formats:
        if name not in FORMATS:
            print(f"Error: the format {name!r} is not one of {FORMATS}", file=sys.stderr)
            return 2
        data = pygraphviz.AGraph(string=source).draw(format=name, prog="dot")
        sys.stdout.buffer.write(b"%d\n" % len(data) + data)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
