"""Traps of calls: arguments, conversions, shapes, dtypes, nesting and conventions."""

import math

import numpy as np

from autodiff.check.traps.trap import Says, Trap

CALLS = (
    Trap(
        "np.array of traced numbers", 4,
        "ad.grad(lambda x: np.sum(np.array([x, x**2])))(3.0)",
        7.0,
        "an array of objects (autograd), or a derivative lost (MyGrad)",
        "while a derivative is taken, np.array of traced numbers is a traced array",
    ),
    Trap(
        "an argument passed by its name", 5,
        "ad.grad(lambda x: np.sum(np.clip(a_max=2.0, a_min=0.0, a=x)))(np.array([1.0, 3.0]))",
        [1.0, 0.0],
        "the derivative of a keyword argument is lost, or an error, by luck",
        "arguments are bound to the function's signature first, then traced",
    ),
    Trap(
        "sum with where=", 6,
        "ad.grad(lambda x: np.sum(x, where=np.array([True, False])))(np.ones(2))",
        [1.0, 0.0],
        "[1, 1]: a keyword that the rule never looked at",
        "a rule says which keywords it understands; others are refused by construction",
    ),
    Trap(
        "a keyword that no rule knows", 6,
        "ad.grad(lambda x: np.sum(np.add(x, 1.0, where=np.array([True, False]))))(np.ones(2))",
        Says("AutodiffError", "where"),
        "[1, 1], although the second element is not even computed",
        "np.add(..., where=mask) leaves elements uninitialized: refused, with the fix",
    ),
    Trap(
        "an integer as the variable", 7,
        "ad.grad(lambda x: x**2)(3)",
        Says("PromotionNote", "float64", 6.0),
        "None (MyGrad), or by the ops used (autograd)",
        "the derivative is taken at the same value as float64, with one note",
        lambda xp, x: x**2, 3,
    ),
    Trap(
        "a container with constants in it", 8,
        "ad.grad(lambda p: p['w'] ** p['n'])({'w': 2.0, 'n': 3, 'name': 'cube', 'mask': None})",
        {"w": 12.0, "n": None, "name": None, "mask": None},
        "a TypeError for the whole container",
        "ints, strings and None in a container are constants",
    ),
    Trap(
        "a result that does not depend on x", 17,
        "ad.grad(lambda x: np.sum(np.zeros(3)))(1.0)",
        Says("DisconnectedError", "does not depend on x"),
        "0 without a word (JAX)",
        "no dependence is not a slope of zero: often it is a mistake",
        lambda xp, x: xp.sum(xp.ones(3)), 1.0,
    ),
    Trap(
        "math.sin of a traced value", 18,
        "ad.grad(lambda x: math.sin(x) * x)(1.0)",
        1.3817732906760363,
        "sin(1): the derivative of one factor is lost (MyGrad, PyTorch)",
        "while a derivative is taken, math.sin of a traced number is np.sin of it",
        lambda xp, x: math.sin(x) * x, 1.0,
        {"math": math},
    ),
    Trap(
        "float() and int()", 18,
        "def refused(f):\n"
        "    try:\n"
        "        return f(2.5)\n"
        "    except ad.DetachError:\n"
        "        return 'refused'\n"
        "[refused(ad.grad(f)) for f in (lambda x: float(x) * x, lambda x: int(x) * x)]",
        ["refused", 2.0],
        "half of the derivative, without a word",
        "what would drop the derivative refuses; the whole number below has the derivative 0",
        lambda xp, x: float(x) * x, 2.5,
    ),
    Trap(
        "floor inside of f", 18,
        "f = lambda x: x * np.floor(x)\n"
        "ad.grad(f)(2.5), [(r.what, r.op) for r in smoothness(f, 2.5)]",
        (2.0, [("cut", "floor")]),
        "2, without a word about the cut",
        "floor is flat between its jumps; the report lists it as a cut",
        lambda xp, x: x * xp.floor(x), 2.5,
    ),
    Trap(
        "a custom rule that forgets broadcasting", 19,
        "times = ad.custom_op(lambda a, b: a * b, vjp=lambda ct, ans, a, b: (ct * b, ct * a))\n"
        "ad.grad(lambda a: np.sum(times(a, np.ones((4, 3)))))(np.ones(3))",
        [4.0, 4.0, 4.0],
        "a gradient of shape (4, 3) for an argument of shape (3,)",
        "the engine undoes broadcasting of every rule, in one place",
    ),
    Trap(
        "a custom rule of the wrong shape", 20,
        "op = ad.custom_op(lambda x: np.sum(x), vjp=lambda ct, ans, x: (ct * np.ones(7),))\n"
        "ad.grad(op)(np.ones(3))",
        Says("RuleError", "(7,)"),
        "a gradient of shape (7,)",
        "a rule's shape is checked; the error names rule, argument, expected and got",
    ),
    Trap(
        "perturbation confusion", 21,
        "ad.derivative(lambda x: x * ad.derivative(lambda y: x + y)(1.0))(1.0)",
        1.0,
        "2: the inner and the outer perturbation are taken for one",
        "each differentiation has a level that is never used again",
    ),
    Trap(
        "the same index twice", 24,
        "ad.grad(lambda x: np.sum(x[[0, 0]]))(np.ones(2))",
        [2.0, 0.0],
        "[1, 0], where the transpose assigns instead of adding",
        "reading twice means adding twice on the way back",
        lambda xp, x: x[np.array([0, 0])].sum(), [1.0, 1.0],
    ),
    Trap(
        "an index out of range", 25,
        "ad.grad(lambda x: x[5])(np.ones(3))",
        Says("IndexError", "out of bounds"),
        "[0, 0, 1] in JAX, which clamps the index",
        "NumPy's own error",
        lambda xp, x: x[5], [1.0, 1.0, 1.0],
    ),
    Trap(
        "finite differences that cancel", 26,
        "ad.check(np.exp, 10.0).kind, ad.check(lambda x: np.abs(x) * 1e6, -1e-6).kind",
        ("right", "right"),
        "an error of 2 at a step of 1e-11; a right rule fails in float32",
        "a sweep of steps, the complex step where it applies, judged against estimated noise",
    ),
    Trap(
        "a check at a kink", 27,
        "[ad.check(f, 0.0).kind for f in (np.abs, lambda x: np.maximum(x, 0))]",
        ["not differentiable"] * 2,
        "passes: the central difference averages both sides, as the convention does",
        "both one-sided slopes are compared",
    ),
    Trap(
        "a random function in a check", 28,
        "rng = np.random.default_rng(0)\n"
        "ad.check(lambda x: x * rng.random(), 1.0).kind",
        "not deterministic",
        "numbers like 3e5 (PyTorch), or a plain mismatch",
        "f is run twice at one point first",
    ),
    Trap(
        "a rule that is off by 1e-5", 29,
        "bad = ad.custom_op(lambda x: x**2, partials=lambda ans, x: 2.00002 * x, name='square')\n"
        "report = ad.check(lambda x: np.sum(np.sin(bad(x))), np.array([0.3, 2.0]))\n"
        "report.kind, report.rules[0].equation.op.name",
        ("wrong", "square"),
        "passes, where float32 sets the tolerance",
        "float64 always; each recorded rule is tried by itself, and the wrong one named",
    ),
    Trap(
        "complex numbers: which way is up", 31,
        "ad.grad(lambda z: np.abs(z) ** 2)(1 + 2j)",
        2 + 4j,
        "2-4j in autograd and JAX",
        "the gradient of a real function is the direction of steepest ascent",
        lambda xp, x: xp.abs(x) ** 2, 1 + 2j,
    ),
    Trap(
        "backward() of a vector", 34,
        "y = ad.Tensor(np.ones(3)) ** 2\n"
        "y.backward()\n"
        "y",
        Says("NonScalarError", "ad.jacobian"),
        "the gradient of the sum (MyGrad)",
        "a gradient is of one number; the error names jacobian and vjp",
    ),
    Trap(
        "a chain of 20,000 operations", 35,
        "def f(x):\n"
        "    for _ in range(20_000):\n"
        "        x = x * 1.0001\n"
        "    return x\n"
        "ad.grad(f)(1.0)",
        1.0001**20_000,
        "RecursionError (micrograd)",
        "the sweep runs along a list",
    ),
    Trap(
        "the dtype of a gradient", 36,
        "str(ad.grad(lambda x: np.sum(x * np.ones(2)))(np.ones(2, np.float32)).dtype)",
        "float32",
        "float64 (autograd)",
        "a gradient has its argument's shape and dtype",
    ),
)  # fmt: skip
