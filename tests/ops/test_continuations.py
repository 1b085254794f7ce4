"""What comes after an operation means what it means in NumPy: changes of its result in place.

After each call of the recipes the result is changed in one of several ways; the result, its parts
and the arguments are then read.  Value against NumPy, both modes against numeric differences.
"""

import itertools

import numpy as np
import pytest
from recipes import FAMILIES, WRITING
from test_results import MAKES, NAMES, leaves

import autodiff as ad
from autodiff.core.ground.errors import AutodiffError


def scaled(r, ys):
    r *= 3
    return r


def cleared(r, ys):
    r[...] = ys[0].reshape(-1)[0] ** 2
    return r


def first_by_ravel(r, ys):
    r.ravel()[0] = 1.5
    return r


def row_of_the_transpose(r, ys):
    r.T[0] = 2 * r.T[-1]
    return r


def both_halves(r, ys):
    a, b = r[:1], r[1:]
    a += 2 * b[:1]
    b *= a[:1]
    return r


def every_second_by_reshape(r, ys):
    r.reshape(-1)[::2] *= ys[0].reshape(-1)[-1]
    return r


def argument_afterwards(r, ys):
    ys[0].reshape(-1)[:1] -= 0.25
    ys[-1][...] *= 2.0
    return r


def added_to_itself(r, ys):
    total = r
    total += r
    total -= 0.5
    return total


def backwards_in_memory_order(r, ys):
    flat = np.ravel(r, order="A")[::-1]
    flat[:2] += flat[-1]
    return r


CHANGES = (
    scaled, cleared, first_by_ravel, row_of_the_transpose, both_halves, every_second_by_reshape,
    argument_afterwards, added_to_itself, backwards_in_memory_order,
)  # fmt: skip


def weighted(parts):
    """One number that depends on every element of all parts."""
    total = 0.0
    for k, part in enumerate(parts):
        if np.ndim(part) or np.size(part):
            weights = np.cos(1.7 * np.arange(np.size(part)) + k).reshape(np.shape(part))
            total = total + np.sum(np.real(part) * weights)
            if np.iscomplexobj(part):
                total = total + np.sum(np.imag(part) * weights[..., ::-1])
    return total


def program(f, change, inside):
    def run(*xs):
        ys = [inside(x) for x in xs]
        parts = leaves(f(*ys))
        parts[0] = change(parts[0], ys)
        return weighted([*parts, *ys])

    return run


GIVEN = ("as given", "one element", "an array without axes")
KINKS = {"histogram_bin_edges"}
"""Of a single number the range is 0, and NumPy takes another."""
READ_ONLY = {"imag"}
"""Of real numbers NumPy answers zeros that can't be written to; here they are as good as new."""
CONSTANT = {"copysign", "divmod", "slogdet", "polydiv"}
"""They may answer a plain array in forward mode, which takes no traced value."""
WRITES = {*WRITING, "dot", "polyint"}
"""Calls that NumPy does not hand over where their first argument is plain."""
REFUSED = {"broadcast_arrays"}
"""NumPy warns that writing to these views will be an error."""


def refuses(call, *args):
    try:
        call(*args)
    except (TypeError, ValueError, IndexError, AttributeError, RuntimeError):
        return True
    return False


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("family", "name"), NAMES)
def test_changes_after_an_operation(family, name):
    draw = np.random.default_rng(7)
    for (f, *arrays), make in itertools.product(FAMILIES[family][name], GIVEN):
        given, inside = MAKES[make]
        xs = tuple(np.asarray(given(a), float)[()] for a in arrays)
        ts = tuple(draw.normal(size=np.shape(x)) for x in xs)
        for change in CHANGES:
            run = program(f, change, inside)
            if refuses(run, *xs):
                if make == "as given" and name not in READ_ONLY:
                    assert refuses(ad.vjp, run, *xs)
                    assert refuses(ad.jvp, run, xs, ts)
                continue
            try:
                ahead, slope = ad.jvp(run, xs, ts)
                back, pullback = ad.vjp(run, *xs)
            except AutodiffError:
                assert name in CONSTANT | REFUSED or make != "as given"
                continue
            if np.isnan(back) or (make != "as given" and name in KINKS):
                continue
            step = 1e-6
            above, below = (
                run(*(x + sign * step * t for x, t in zip(xs, ts, strict=True))) for sign in (1, -1)
            )
            pulled = sum(np.sum(c * t) for c, t in zip(pullback(1.0), ts, strict=True))
            np.testing.assert_allclose([ahead, back], run(*xs), rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(pulled, slope, rtol=1e-8, atol=1e-8)


def with_a_changing_constant(f, constants, place):
    """f of one variable among constants, all of which are overwritten as soon as f has run."""

    def run(x):
        own = [np.array(c) for c in constants]
        views = [c.reshape(-1) for c in own]
        parts = leaves(f(*own[:place], x * 1.0, *own[place:]))
        for k, (c, view) in enumerate(zip(own, views, strict=True)):
            view[::2] = 7.0 + k
            c *= -1.5
        return weighted([part * part for part in parts])

    return run


SEVERAL = [
    (family, name)
    for family, name in NAMES
    if any(len(call) > 2 for call in FAMILIES[family][name])
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("family", "name"), SEVERAL)
def test_constants_changed_after_an_operation(family, name):
    draw = np.random.default_rng(8)
    for f, *arrays in FAMILIES[family][name]:
        for place, x in enumerate(arrays if len(arrays) > 1 else ()):
            x = np.asarray(x, float)[()]
            run = with_a_changing_constant(f, arrays[:place] + arrays[place + 1 :], place)
            t = draw.normal(size=np.shape(x))
            try:
                ahead, slope = ad.jvp(run, (x,), (t,))
                back, pullback = ad.vjp(run, x)
            except ad.DetachError:
                assert name in WRITES
                continue
            step = 1e-6
            difference = (run(x + step * t) - run(x - step * t)) / (2 * step)
            np.testing.assert_allclose([ahead, back], run(x), rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(slope, difference, rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(np.sum(pullback(1.0)[0] * t), slope, rtol=1e-8, atol=1e-8)
