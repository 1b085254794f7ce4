"""An interrupt at any moment leaves NumPy, the user's arrays and the tapes as they were.

Ctrl-C is played by a trace function that raises before the n-th line of what exchanges, locks and
opens, for every n; and for some n before any line of the engine.  Lines with `with` are left out:
Python looks for signals after calls and where it jumps, never between a lock and its block.
"""

import linecache
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.reverse import locks
from autodiff.core.reverse.tensor import EAGER

X = np.array([0.5, 1.5, -0.7])
LARGE = np.linspace(-1, 1, 600_000).reshape(3, -1).copy()
"""More than 1 MB: it is locked while a derivative of what reads it is taken."""
CORE = Path(ad.__file__).parent / "core"
STATE = {
    str(CORE / file)
    for file in (
        "inside/exchange.py",
        "inside/opened.py",
        "reverse/locks.py",
        "reverse/recorders.py",
        "reverse/safekeeping.py",
        "reverse/tape.py",
        "transforms/record.py",
    )
}
ENGINE = {str(path) for path in CORE.rglob("*.py")}
POINTS = 60


def f(x):
    y = np.zeros(3)
    y[0] = x[0] * x[1]
    y[1:] = np.sin(x[1:])
    return np.sum(y**2) + np.sum(x @ LARGE) * 1e-6


def taped():
    with ad.Tape():
        f(ad.Tensor(X)).backward()


def named():
    with ad.Tape() as tape:
        f(ad.Tensor(X)).backward()
    return tape


RUNS = {
    "grad": lambda: ad.grad(f)(X),
    "jvp": lambda: ad.jvp(f, (X,), (X,)),
    "hvp": lambda: ad.hvp(f, X, X),
    "jacobian": lambda: ad.jacobian(lambda x: x * f(x))(X),
    "tape": taped,
    "named tape": named,
}


class Interrupts:
    """Counts the lines of some files, and raises before one of them."""

    def __init__(self, files, at):
        self.files, self.at, self.lines = files, at, 0

    def __call__(self, frame, event, _):
        if event == "call":
            return self if frame.f_code.co_filename in self.files else None
        code = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and not code.strip().startswith("with "):
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self


def run(what, files, at=0):
    """How many lines a run has; it is cut before one of them."""
    interrupts, before = Interrupts(files, at), sys.gettrace()
    sys.settrace(interrupts)
    try:
        what()
    except KeyboardInterrupt:
        assert at
    finally:
        sys.settrace(before)
    return interrupts.lines


def left():
    """What an interrupt has left behind."""
    found = []
    if type(np.zeros(3)) is not np.ndarray:
        found.append("exchanged names")
    if locks._locks or not LARGE.flags.writeable:
        found.append("a lock")
    if any(one() is not None for one in EAGER.recorders):
        found.append("an open tape")
    return found


@pytest.mark.parametrize("what", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("files", [STATE, ENGINE], ids=["state", "engine"])
def test_interrupts_leave_nothing_behind(what, files):
    what()
    lines = run(what, files)
    assert lines > POINTS
    assert not left()
    for at in range(1, lines + 1, 1 if files is STATE else lines // POINTS):
        run(what, files, at)
        assert not left(), f"before line {at} of {lines}"
    np.testing.assert_allclose(ad.grad(f)(X), [slope(i) for i in range(3)], rtol=1e-5)


def slope(i):
    step = 1e-6 * np.eye(3)[i]
    return (f(X + step) - f(X - step)) / 2e-6
