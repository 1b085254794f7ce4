"""Commands to trust: check, ops, traps."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import autodiff as ad
from autodiff.cli.common import Commands, UsageError, call_of, columns, command, takes_function
from autodiff.cli.mistakes import wrapped


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(commands, "check", check, "compare forward, reverse and numeric derivatives")
    takes_function(one)
    one.add_argument(
        "--order", type=int, choices=(1, 2), default=1, help="2: the second derivatives too"
    )
    one = command(commands, "ops", ops, "the operations, their derivatives and conventions")
    one.add_argument("name", nargs="?", help="one operation, tanh say; all by default")
    one.add_argument("--out", type=Path, help="write the reference page: .html or .md")
    one.add_argument("--missing", action="store_true", help="NumPy's functions without an entry")
    one = command(
        commands,
        "traps",
        traps,
        "where autodiff libraries go wrong, and what this one answers",
    )
    one.add_argument("name", nargs="?", help='one trap, or a part of its name: "abs at 0"')


def check(options: argparse.Namespace) -> int:
    """Check a function's derivatives; exit code 1 if one is wrong."""
    f, args = call_of(options.target, options.at)
    report = ad.check(f, *args, order=options.order)
    print(wrapped(report.text(columns()), columns()))
    return 0 if report.passed else 1


def ops(options: argparse.Namespace) -> int:
    """The registry as a table or a page, one op of it, or what of NumPy has no entry."""
    name, out = options.name, options.out
    if out is not None:
        if out.suffix not in (".html", ".md"):
            raise UsageError(f"--out {out}: the reference's name ends in .html or .md.")
        page = ad.ops.html() if out.suffix == ".html" else ad.ops.markdown()
        out.write_text(page, encoding="utf-8")
        print(f"wrote {out}")
    elif options.missing:
        print(ad.ops.missing_table(columns()))
    elif name is None or name in ad.ops:
        print(ad.ops.table(name, columns()))
    else:
        raise UsageError(_key_error(ad.ops, name))
    return 0


def _key_error(names: Any, name: str) -> str:
    """What a lookup says of a name that it does not know."""
    try:
        names[name]
    except KeyError as error:
        return str(error.args[0])
    return ""


def traps(options: argparse.Namespace) -> int:
    """The trap cases as a table or one of them; exit code 1 if one is not answered."""
    from autodiff.check.traps.gallery import tell
    from autodiff.check.traps.gallery import traps as cases

    unknown = _key_error(cases, options.name) if options.name is not None else ""
    if unknown:
        raise UsageError(f"{unknown} `autodiff traps` lists all.")
    print(wrapped(tell(options.name, peers=True, width=columns()), columns()))
    return 1 if cases.failures() else 0
