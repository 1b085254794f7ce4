"""A program for any size of an axis: `ad.source(ad.grad(loss), w, x, y, free=("x", "y"))`.

The function is recorded at several sizes, and the programs are laid upon each other: a number that
follows the size is written by it, `1 / n`.  Where something else differs, such as the number of
lines, since a loop goes over the axis, the size stays part of the program, and that is said.  What
is found is run at other sizes than those it was found at, and has to give each bit there too.
Decisions by a size, `if len(x) > 100`, are looked at again by the program.
"""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, paths, unflatten
from autodiff.core.arguments.variables import argument_names
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.reverse.shares import one_by_one
from autodiff.source.loops.folding import folded
from autodiff.source.program.preparing import STEPS, Captured, Prepared, fresh, prepared
from autodiff.source.program.source import Source, identical
from autodiff.source.program.titles import title_of
from autodiff.source.records.running import is_input
from autodiff.source.rewriting.simplify import simplified
from autodiff.source.text.module import Module
from autodiff.source.text.writer import Writer, quoted
from autodiff.source.words.names import line_of
from autodiff.source.words.sizes import DiffersError, unified
from autodiff.source.words.wrapping import wrapped

LEAST, MOST = 13, 200
"""Between these a size is looked for: above 12 arrays are not written out number by number."""
Free = str | Iterable[str] | Mapping[str, int]


def freed(f: Callable[..., Any], args: tuple[Any, ...], free: Free) -> Source:
    """The program of f for any size of the axes that are named."""
    axes = axes_of(f, args, free)
    given = size_of(f, args, axes)
    *sizes, another = itertools.islice(primes(min(max(given, LEAST), MOST)), 4)
    runs = [prepared(f, resized(f, args, axes, n), sized=True) for n in sizes]
    trials = [resized(f, args, axes, n) for n in (another, another + 1, 2, 1)]
    reason = ""
    for steps, folds in itertools.product(STEPS, (True, False)):
        texts = [Written(run, steps) for run in runs]
        try:
            source = laid_upon(texts, sizes, axes, folds)
        except DiffersError as error:
            reason = reason or error.reason
            continue
        known = (*[run.args for run in runs], *trials[:2], args)
        if not all(agrees(source, f, own) for own in known):
            continue
        if not agrees(source, f, trials[2], refused=True):
            continue
        if agrees(source, f, trials[3], refused=True):
            return source
        return laid_upon([Written(run, steps) for run in runs], sizes, axes, folds, least=2)
    named = ", ".join(f"{name} ({axis})" for name, axis in axes.items())
    raise UnsupportedError(
        f"the size of the axis of {named} is part of this program, and can't be left free: with "
        f"another size {reason or 'it gives other results'}. Write a program for each size, or "
        f"take ad.compile.{here()}"
    )


def primes(start: int) -> Iterator[int]:
    """The primes from some number on, no neighbours of 16, 32, ...: by chance nothing follows them.

    >>> list(itertools.islice(primes(13), 4))
    [13, 19, 23, 29]
    """
    for n in itertools.count(start):
        alone = all(n & (n + k) for k in (1, -1)) and (n - 1) & (n - 2)
        if alone and all(n % k for k in range(2, int(n**0.5) + 1)):
            yield n


def agrees(source: Source, f: Any, args: tuple[Any, ...], refused: bool = False) -> bool:
    """Whether a program gives each bit of what f gives, or refuses where it may."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            want = flatten(one_by_one(f, *fresh(args)))
        except Exception:  # there is nothing to agree with
            return refused
        try:
            got = flatten(source(*fresh(args)))
        except ValueError:
            return refused
        except Exception:
            return False
    return got[1] == want[1] and all(map(identical, got[0], want[0]))


def axes_of(f: Callable[..., Any], args: tuple[Any, ...], free: Free) -> dict[str, int]:
    """Which axis of which argument is free."""
    if isinstance(free, str):
        free = (free,)
    axes = dict(free) if isinstance(free, Mapping) else dict.fromkeys(free, 0)
    names = argument_names(f, len(args))
    for name in axes:
        if name not in names:
            raise ValueError(
                f"free={name!r} is no argument of the function: choose from "
                f"{', '.join(names)}.{here()}"
            )
    return axes


def arrays_of(f: Callable[..., Any], args: tuple[Any, ...], axes: dict[str, int]) -> Any:
    """Each array with a free axis: its path, itself, and the axis."""
    for name, arg in zip(argument_names(f, len(args)), args):
        if name in axes:
            leaves, structure = flatten(arg)
            for leaf, path in zip(leaves, paths(structure, name)):
                if is_input(leaf) and isinstance(leaf, np.ndarray):
                    yield path, leaf, axes[name]


def size_of(f: Callable[..., Any], args: tuple[Any, ...], axes: dict[str, int]) -> int:
    """The size that the free axes have, which is one and the same."""
    sizes = {}
    for path, array, axis in arrays_of(f, args, axes):
        if not -array.ndim <= axis < array.ndim:
            raise ValueError(f"{path} has no axis {axis}: its shape is {array.shape}.{here()}")
        sizes[path] = array.shape[axis]
    if len(set(sizes.values())) != 1 or 0 in sizes.values():
        said = ", ".join(f"{path}: {n}" for path, n in sizes.items()) or "no arrays"
        raise ValueError(f"the free axes need one size of at least 1; they have {said}.{here()}")
    return next(iter(sizes.values()))


def resized(
    f: Callable[..., Any], args: tuple[Any, ...], axes: dict[str, int], n: int
) -> tuple[Any, ...]:
    """The arguments with another size: rows that are missing are others again, nearly."""
    made = []
    for name, arg in zip(argument_names(f, len(args)), args):
        leaves, structure = flatten(arg)
        if name in axes:
            leaves = [other(leaf, axes[name], n) for leaf in leaves]
        made.append(unflatten(structure, leaves))
    return tuple(made)


def other(leaf: Any, axis: int, n: int) -> Any:
    """An array with n rows; numbers with a fraction are changed a little, so that none is twice."""
    if not (is_input(leaf) and isinstance(leaf, np.ndarray)):
        return leaf
    places = np.arange(n) % leaf.shape[axis]
    found = np.take(leaf, places, axis)
    if leaf.dtype.kind not in "fc":
        return found
    shape = [-1 if k == axis % leaf.ndim else 1 for k in range(leaf.ndim)]
    turn = (1 + (np.arange(n) // leaf.shape[axis]) / 1024).reshape(shape)
    return np.where(found == np.round(found), found, found * turn).astype(leaf.dtype)


class Written:
    """A program for one size, as lines."""

    def __init__(self, run: Prepared, steps: int) -> None:
        name, doc = title_of(run.f)
        self.run, self.known = run, Captured(run.places, run.recording.copies)
        body = simplified(run.recording, steps)
        self.writer = Writer(run.recording, body, name, run.want, self.known.name_of, doc, True)
        self.module = self.writer.module

    def first_of(self, axes: dict[str, int]) -> tuple[str, int]:
        """The text of the first array with a free axis, and the axis."""
        given = zip(self.run.recording.names, self.run.recording.arguments)
        return next(
            (self.writer.texts[self.writer.new[one.node]].text, axes[name])
            for name, own in given
            for one in own
            if name in axes and one.node is not None and isinstance(one.value, np.ndarray)
        )

    def decisions(self) -> list[str]:
        """The lines that look at the decisions by sizes again."""
        found = []
        for size, sign, other_size, outcome, place in self.run.recording.sizes:
            test = f"{size} {sign} {other_size}"
            said = quoted(f"{line_of(*place):.50} (came out {outcome})")
            found.append(f"expect({test if outcome else f'not {test}'}, {said})")
        return found


def laid_upon(
    texts: list[Written], sizes: Sequence[int], axes: dict[str, int], folds: bool, least: int = 1
) -> Source:
    """The programs as one, with the size's name."""
    first, module = texts[0], texts[0].module
    heads, bodies = [t.module.heading for t in texts], [t.module.logical for t in texts]
    words = set(re.findall(r"[A-Za-z_]\w*", "\n".join([*heads[0], *bodies[0]])))
    name = next(
        one for one in ("n", "size", "rows", *map("n_{}".format, range(99))) if one not in words
    )
    for one in texts[1:]:
        if one.module.functions != module.functions or not same_arrays(module, one.module):
            raise DiffersError("", "it computes with other constants")
    head, body = unified(heads, sizes, name), unified(bodies, sizes, name)
    path, axis = first.first_of(axes)
    size = [f"{name} = np.shape({path})[{axis}]"]
    if least > 1:
        size.append(f'expect({name} >= {least}, "there are at least {least} rows")')
    rows = [one.decisions() for one in texts]
    kept = [line for line in unified(rows, sizes, name) if line not in rows[0]]
    size += [line for line in dict.fromkeys(kept) if not re.search(r"\((.*) == \1, ", line)]
    if any(line.startswith("expect(") for line in size):
        module.helpers["expect"] = None
    at = next(place for place, line in enumerate(head) if line.startswith("check("))
    known = {text.text for text in first.writer.texts.values()}
    lines = folded(body, known | {name}) if folds else [(0, line) for line in body]
    heading = [row for line in (*head[:at], *size, *head[at:]) for row in wrapped(line, 1)]
    module.start = len(heading)
    module.lines = heading + [row for depth, line in lines for row in wrapped(line, depth + 1)]
    return first.run.source_of(module, first.known)


def same_arrays(one: Module, other_one: Module) -> bool:
    """Whether two programs take the same arrays besides their arguments."""
    a, b = one.captured, other_one.captured
    return list(a) == list(b) and all(identical(a[name], b[name]) for name in a)
