"""Warnings of NumPy and tracebacks of any error point at the user's lines, and at nothing else."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import autodiff as ad

X = np.array([1.0, 0.0, 1000.0])


def overflow(x):
    return np.sum(np.exp(x))


def divide(x):
    return np.sum(1.0 / x)


def logarithm(x):
    return np.sum(np.log(x))


def invalid(x):
    return np.sum(np.sqrt(x - 5.0))


def power(x):
    return np.sum(x**-1.0)


def empty(x):
    return np.sum(x) + np.mean(x[:0])


WARNING = {
    overflow: "overflow encountered in exp",
    divide: "divide by zero encountered in divide",
    logarithm: "divide by zero encountered in log",
    invalid: "invalid value encountered in sqrt",
    power: "divide by zero encountered in power",
    empty: "Mean of empty slice",
}
TRANSFORMS = {
    "vjp": lambda f: ad.vjp(f, X),
    "grad": lambda f: ad.grad(f)(X),
    "jvp": lambda f: ad.jvp(f, (X,), (np.ones(3),)),
    "hvp": lambda f: ad.hvp(f, X, np.ones(3)),
    "eager": lambda f: f(ad.Tensor(X)).backward(),
}


@pytest.mark.parametrize("action", ["always", "default", "once", "module"])
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("f", WARNING)
def test_numpys_warnings_point_at_the_users_line(f, transform, action):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter(action)
        TRANSFORMS[transform](f)
    assert any(WARNING[f] in str(one.message) for one in seen)
    for one in seen:
        if issubclass(one.category, RuntimeWarning):
            assert one.filename == __file__
            assert one.lineno == f.__code__.co_firstlineno + 1


def test_in_ipython_too():
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("colors", "NoColor")
shell.run_cell("import numpy as np, autodiff as ad", store_history=True)
shell.run_cell("def f(x):\\n    return np.sum(x @ np.ones((4, 3)))", store_history=True)
shell.run_cell("ad.grad(f)(np.ones(3))", store_history=True)
shell.run_cell("ad.Tensor([1.0]) @ np.ones((4, 3))", store_history=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ShapeError" in done.stdout
    assert "Cell In[3], line 1" in done.stdout
    assert "Cell In[2], line 2" in done.stdout
    assert "/core/" not in done.stdout
    assert "tracebacks.py" not in done.stdout
