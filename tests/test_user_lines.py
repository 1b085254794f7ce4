"""Warnings of NumPy and tracebacks of any error point at the user's lines, and at nothing else."""

import os
import re
import subprocess
import sys
import traceback
import warnings
import zipfile

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


def test_a_warning_is_shown_once_a_line_and_again_at_another():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            ad.vjp(lambda x: np.exp(x), np.array(1000.0))
        ad.vjp(lambda x: np.exp(x), np.array(1000.0))
    assert len({one.lineno for one in seen}) == len(seen) == 2


def test_filters_act_as_if_the_users_line_had_called_numpy():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="overflow"):
            ad.grad(overflow)(X)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", module=re.escape(__name__))
        ad.vjp(overflow, X)
        with np.errstate(all="ignore"):
            ad.vjp(divide, X)
    assert seen == []


def test_warnings_of_plain_numpy_stay_as_they_are():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        np.exp(np.array(1000.0))
    assert [(one.filename, str(one.message)) for one in seen] == [
        (__file__, "overflow encountered in exp")
    ]


# -- tracebacks -----------------------------------------------------------------------------------


def shapes(x):
    return np.sum(x @ np.ones((4, 3)))


def singular(x):
    return np.sum(np.linalg.inv(x[0] * np.zeros((2, 2))))


def own_error(x):
    raise KeyError("mine")


def detached(x):
    return float(x[0])


def index(x):
    return x[7]


def in_place(x):
    x[0] = 1.0
    return np.sum(x)


def unsupported(x):
    return np.packbits(x)


def not_scalar(x):
    return x * 2


def disconnected(x):
    return 3.0


def _raise(*args):
    raise ZeroDivisionError("in the rule")


short = ad.custom_op(lambda x: x * 2.0, vjp=lambda ct, ans, x: (), jvp=_raise)
raising = ad.custom_op(lambda x: x * 2.0, vjp=_raise, jvp=_raise)


def wrong_length_in_the_sweep(x):
    return np.sum(short(x))


def users_rule_in_the_sweep(x):
    return np.sum(raising(x))


FAILING = [
    shapes, singular, own_error, detached, index, in_place, unsupported, not_scalar, disconnected,
    wrong_length_in_the_sweep, users_rule_in_the_sweep,
]  # fmt: skip
CALLS = {
    "grad": lambda f: ad.grad(f)(X),
    "value_and_grad": lambda f: ad.value_and_grad(f)(X),
    "jvp": lambda f: ad.jvp(f, (X,), (X,)),
    "vjp": lambda f: ad.vjp(f, X)[1](np.array(1.0)),
    "jacobian": lambda f: ad.jacobian(f)(X),
    "jacobian forward": lambda f: ad.jacobian(f, mode="forward")(X),
    "hessian": lambda f: ad.hessian(f)(X),
    "hvp": lambda f: ad.hvp(f, X, X),
    "derivative": lambda f: ad.derivative(lambda t: f(t * X))(1.0),
    "eager": lambda f: f(ad.Tensor(X)).backward(),
    "grad of grad": lambda f: ad.grad(lambda x: np.sum(ad.grad(f)(x)))(X),
    "checkpoint": lambda f: ad.grad(ad.checkpoint(f))(X),
}


def caught(call, f):
    try:
        CALLS[call](f)
    except Exception as error:
        return error
    return None


def frames(error):
    return {entry.filename for entry in traceback.extract_tb(error.__traceback__)}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("f", FAILING)
def test_no_frame_of_the_library_stands_before_the_message(f, call, monkeypatch):
    error = caught(call, f)
    if error is None:
        pytest.skip("nothing is wrong with this function here")
    assert frames(error) == {__file__}
    if call != "eager":
        monkeypatch.setenv("AUTODIFF_FRAMES", "1")
        assert any("/core/" in file for file in frames(caught(call, f)))


def test_most_of_these_calls_fail():
    failing = [f for f in FAILING for call in CALLS if caught(call, f) is not None]
    assert len(failing) > 0.8 * len(FAILING) * len(CALLS)


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


def test_a_standard_library_in_a_zip_is_nobodys_own_program(tmp_path):
    """As Pyodide has it, and Python embedded on Windows: else each of its modules is looked through."""
    name = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        file.writestr("of_the_library.py", "from numpy import sin\n")
    (tmp_path / "of_the_user.py").write_text("from numpy import sin\n")
    program = (
        "import of_the_library, of_the_user, numpy as np, autodiff as ad\n"
        "from autodiff.core.ground.locations import is_installed\n"
        "print(is_installed(of_the_library.__file__), is_installed(of_the_user.__file__))"
    )
    path = os.pathsep.join([str(tmp_path / name), str(tmp_path), *sys.path])
    made = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout.split() == ["True", "False"]
