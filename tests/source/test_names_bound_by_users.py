"""`from numpy import zeros`, `act = {"lse": logsumexp}`: a program is written whatever the name.

Each function that a recording exchanges is called by its module and by a name of the user's own;
both must be written, and written the same.
"""

import ast
import linecache
import math
import re
import types

import numpy as np
import pytest
from scipy import linalg, special, stats

import autodiff as ad
from autodiff.source.records.exchange import names_exchanged

ARGUMENTS = ["x[0]", "x", "x, x", "[x[0], 2.0, x[1]]", "([x[0], x[1]], [x, x])", "x, 0, x[0]",
             "x[:, None] * x", "x[:, None] * x + 3 * np.eye(2), x", "3, x", "x[0], 2", "2",
             "x, 0.5", "0, x[0], 3", "(2, 2), x[0]"]  # fmt: skip
POINT = np.array([0.3, 0.6])


class Quoted(ast.NodeTransformer):
    """Leaves out texts: docstrings, and the user's lines in messages."""

    def visit_Constant(self, node):
        return ast.Constant("") if isinstance(node.value, str) else node


def module_of(source):
    """A module of the user's with this source, which messages can quote."""
    made = types.ModuleType("users_module")
    made.__file__ = f"/users/{abs(hash(source))}.py"
    linecache.cache[made.__file__] = (len(source), None, source.splitlines(True), made.__file__)
    exec(compile(source, made.__file__, "exec"), vars(made))
    return made


def written(source):
    """The program's statements, and its result; the kind of error where there is none."""
    f = module_of(source).f
    try:
        program = ad.source(f, POINT)
        text = ast.unparse(Quoted().visit(ast.parse(str(program))))
        return text, repr(program(POINT))
    except Exception as error:
        return type(error), None


MODULES = {"math": 25, "numpy": 60, "numpy.linalg": 5, "scipy.linalg": 15, "scipy.special": 15}
"""Modules, and of how many functions in each a program can be written at least."""

NO_SAME_RESULT = ("empty", "empty_like")


@pytest.mark.parametrize(("module", "least"), MODULES.items())
def test_a_function_is_written_by_any_name(module, least):
    names = sorted(
        name
        for owner, name, new in names_exchanged()
        if owner.__name__ == module and new.__name__ == name and name not in NO_SAME_RESULT
    )
    assert sum(map(same_by_any_name, [module] * len(names), names)) >= least


def same_by_any_name(module, name):
    """Whether a program of the function can be written; if so, it must be the same by any name."""
    for arguments in ARGUMENTS:
        body = f"import numpy as np\n{{}}\ndef f(x):\n    return x[0] * {{}}({arguments})\n"
        found = written(body.format(f"import {module}", f"{module}.{name}"))
        if found[1] is not None:
            assert written(body.format(f"from {module} import {name}", name)) == found
            return True
    return False


HELD = """
from scipy.special import logsumexp, softmax
from scipy.linalg import expm
from scipy.stats import norm
from math import sin
class Layer:
    act = staticmethod(softmax)
    def __init__(self):
        self.mix = expm
    def __call__(self, x):
        return self.act(x) @ self.mix(x[:, None] * x)[0]
layer, table, log_density = Layer(), {"lse": logsumexp}, norm.logpdf
"""


@pytest.mark.parametrize("body", [
    "layer(x)", "table['lse'](x)", "sum(map(sin, x))", "log_density(x[0])",
    "(lambda x, act=logsumexp: act(x))(x)", "max(expm(x[:, None] * x).ravel())",
])  # fmt: skip
def test_what_an_object_or_a_table_holds_is_written(body):
    f = module_of(f"{HELD}\ndef f(x):\n    return {body}\n").f
    for function in (f, ad.grad(f)):
        program = ad.source(function, POINT)
        np.testing.assert_allclose(program(POINT), function(POINT), rtol=1e-12)
    compiled = ad.compile(ad.grad(f))
    compiled(POINT)
    np.testing.assert_allclose(compiled(POINT / 2), ad.grad(f)(POINT / 2), rtol=1e-10)


@pytest.mark.parametrize(
    "function", [linalg.logm, linalg.expm, linalg.det, special.logsumexp, special.softmax]
)
def test_a_function_of_a_package_is_written_itself(function):
    A = np.array([[2.0, 0.3], [0.1, 1.5]])
    np.testing.assert_allclose(ad.source(function, A)(A), function(A), rtol=1e-12)
    np.testing.assert_allclose(ad.source(stats.norm.logpdf, A)(A), stats.norm.logpdf(A))


@pytest.mark.parametrize("constant", ["zeros(2)[0]", "np.float64(2)", "ones(3)[1]", "np.int64(3)"])
@pytest.mark.parametrize("sign", "+-*/")
def test_a_number_of_numpys_beside_one_of_pythons_makes_one_of_numpys(constant, sign):
    head = "import numpy as np\nfrom numpy import ones, zeros\nfrom math import exp\n"
    for body in (f"exp(x[0]) {sign} {constant}", f"{constant} {sign} exp(x[1])"):
        if (sign, constant) != ("/", "zeros(2)[0]"):
            f = module_of(f"{head}def f(x):\n    return {body}\n").f
            found = ad.source(f, POINT)(POINT)
            assert (type(found), found) == (np.float64, f(POINT))


def test_names_are_the_users_own_again():
    module = module_of(
        "from numpy import zeros\nfrom math import sin\ndef f(x):\n    return sin(x[0]) + zeros(2)[0]\n"
    )
    ad.source(module.f, POINT)
    assert module.zeros is np.zeros
    assert module.sin is math.sin
    with pytest.raises(ZeroDivisionError):
        ad.source(lambda x: 1 // 0, POINT)
    assert module.zeros is np.zeros


@pytest.mark.parametrize(
    "asks", ["hasattr(x, 'shape')", "isinstance(x, np.ndarray)", "np.isscalar(x)"]
)
def test_what_a_value_is_asked_is_no_decision(asks):
    body = f"import numpy as np\ndef f(x):\n    return np.sum(x * x) if {asks} else np.sum(x)\n"
    f = module_of(body).f
    for function in (f, ad.grad(f)):
        program = ad.source(function, POINT)
        assert asks not in re.sub("#.*", "", program.body)
        np.testing.assert_array_equal(program(POINT), function(POINT))
