"""Traps at kinks, ties and the edges of domains."""

from autodiff.check.traps.trap import Says, Trap

KINKS = (
    Trap(
        "abs at 0", 9,
        "ad.grad(np.abs)(0.0)",
        0.0,
        "1 in JAX, 0 elsewhere",
        "|x| has no slope at 0; the convention is 0, the mean of the slopes -1 and 1",
        lambda xp, x: xp.abs(x), 0.0,
    ),
    Trap(
        "one kink, five spellings", 10,
        "spellings = [lambda x: np.maximum(x, 0), lambda x: np.fmax(0.0, x), lambda x: x.clip(0),\n"
        "             lambda x: -np.minimum(-x, 0), lambda x: (x + np.abs(x)) / 2]\n"
        "[ad.grad(f)(0.0) for f in spellings]",
        [0.5] * 5,
        "0.5, 0, 0 and 1, by the spelling, within one library",
        "all spellings of max(x, 0) follow one rule: the mean of the slopes on both sides",
        lambda xp, x: xp.clip(x, 0.0, 9.0), 0.0,
    ),
    Trap(
        "the stable logistic loss at 0", 10,
        "loss = lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))  # log(1 + exp(x))\n"
        "ad.grad(loss)(0.0), ad.derivative(loss)(0.0)",
        (0.5, 0.5),
        "0 in JAX, 1 in PyTorch by clamp: with zero weights the first step goes astray",
        "a smooth function of two kinks at one place: only the mean of the slopes gets it right",
        lambda xp, x: xp.clip(x, 0.0, 9.0) + xp.log1p(xp.exp(-xp.abs(x))), 0.0,
    ),
    Trap(
        "max over ties", 11,
        "ad.grad(np.max)(np.array([1.0, 3.0, 3.0]))",
        [0.0, 0.5, 0.5],
        "[0, 1, 0] where the first one wins",
        "elements that tie share equally, which no order of the elements can change",
        lambda xp, x: xp.max(x), [1.0, 3.0, 3.0],
    ),
    Trap(
        "sort with ties", 11,
        "ad.grad(lambda x: np.sort(x)[0])(np.array([1.0, 2.0, 1.0]))",
        [0.5, 0.0, 0.5],
        "[1, 0, 0] where the first one wins",
        "sort agrees with max and min: equal elements share equally",
        None, None,
    ),
    Trap(
        "norm at 0", 12,
        "ad.grad(np.linalg.norm)(np.zeros(2))",
        [0.0, 0.0],
        "[nan, nan] in autograd, MyGrad and JAX",
        "the length has a rule of its own, with 0 at the tip of the cone, instead of 0/0",
        lambda xp, x: xp.linalg.norm(x), [0.0, 0.0],
    ),
    Trap(
        "std of a constant", 12,
        "ad.grad(np.std)(np.ones(3))",
        [0.0, 0.0, 0.0],
        "[nan, nan, nan] in autograd, MyGrad and JAX",
        "the standard deviation is a length too: its slope at 0 is taken as 0",
        lambda xp, x: xp.std(x), [1.0, 1.0, 1.0],
    ),
    Trap(
        "a norm squared at 0, second order", 12,
        "ad.hessian(lambda x: np.linalg.norm(x) ** 2)(np.zeros(2))",
        [[2.0, 0.0], [0.0, 2.0]],
        "zeros, or nan: the slope at the tip of the cone counts as constant",
        "a second derivative at a kink is that of both sides, where they agree",
    ),
    Trap(
        "a squared hinge at its kink, second order", 10,
        "ad.derivative(ad.grad(lambda x: np.maximum(x, 0) ** 2))(0.0)",
        Says("KinkWarning", "differ, and the answer is their mean", 1.0),
        "0 or 2, by the spelling, without a word",
        "on the left it is 0 and on the right 2: a warning names the line",
    ),
    Trap(
        "sqrt at 0", 12,
        "ad.grad(np.sqrt)(0.0)",
        float("inf"),
        "inf, or a ZeroDivisionError from a Python float",
        "the slope is infinite; ad.smoothness records it, with the hint to use norm",
        lambda xp, x: xp.sqrt(x), 0.0,
    ),
    Trap(
        "sqrt at 0, reported", 12,
        "[r.why for r in smoothness(np.sqrt, 0.0)]",
        ["the square root at 0"],
        "no word",
        "an infinite slope is a fact about the point, which the report states with the line",
    ),
    Trap(
        "the unused branch of where", 13,
        "ad.grad(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)))(np.array([4.0, 0.0, -1.0]))",
        [0.25, 0.0, 0.0],
        "[0.25, nan, nan] in all of them",
        "both branches are computed; a cotangent of exactly 0 stops at an infinite slope",
        lambda xp, x: xp.sum(xp.where(x > 0, xp.sqrt(x), x * 0)), [4.0, 0.0, -1.0],
    ),
    Trap(
        "the unused branch, reported", 13,
        "with detect_nan():\n"
        "    slope = ad.grad(lambda x: np.where(x > 0, np.sqrt(x), 0.0))(-1.0)\n"
        "slope",
        Says("NonFiniteWarning", "np.where(condition, np.sqrt(np.where(condition, x, 1.0)), other)",
             0.0),
        "no word",
        "the detective names the branch, and the rewrite that is safe in every library",
    ),
    Trap(
        "prod with a zero", 14,
        "ad.grad(np.prod)(np.array([0.0, 2.0, 3.0]))",
        [6.0, 0.0, 0.0],
        "[nan, 0, 0] in autograd: the product divided by each element, 0/0",
        "the product of the others is formed without a division",
        lambda xp, x: xp.prod(x), [0.0, 2.0, 3.0],
    ),
    Trap(
        "prod with a zero, second order", 14,
        "ad.hessian(np.prod)(np.array([0.0, 2.0, 3.0]))[0]",
        [0.0, 3.0, 2.0],
        "nan, or zeros",
        "the same rule is differentiated again, and still divides by nothing",
    ),
    Trap(
        "x**0 at 0", 15,
        "ad.grad(lambda x: x**0.0)(0.0)",
        0.0,
        "nan in JAX: 0 * 0**-1",
        "x**0 is the constant 1, also at 0",
        lambda xp, x: x**0.0, 0.0,
    ),
    Trap(
        "0**y, in y", 15,
        "ad.grad(lambda y: 0.0**y)(2.0)",
        0.0,
        "nan by the plain rule: 0 * log 0",
        "0**y stays 0 for y > 0",
        lambda xp, x: 0.0**x, 2.0,
    ),
    Trap(
        "a negative number to a whole power", 15,
        "ad.grad(lambda x: x**3)(-2.0), ad.grad(lambda x: x**3.0)(-2.0)",
        (12.0, 12.0),
        "nan, where the exponent's derivative log(-2) is computed unasked",
        "a derivative that is not needed is not computed",
        lambda xp, x: x**3, -2.0,
    ),
    Trap(
        "a single-point branch", 16,
        "def f(x):\n"
        "    if x == 1:\n"
        "        return 1.0 * x\n"
        "    return x**2\n"
        "ad.check(f, 1.0).kind, [r.what for r in smoothness(f, 1.0)]",
        ("single point", ["single point"]),
        "1 instead of 2, without a word",
        "a branch that counts at one point has a slope of its own; == that was true is reported",
        lambda xp, x: 1.0 * x if x == 1 else x**2, 1.0,
    ),
    Trap(
        "where(x == 0, ...)", 16,
        "sinc = lambda x: np.where(x == 0, 1.0 + 0 * x, np.sin(3 * x) / np.where(x == 0, 1, x))\n"
        "[r.what for r in smoothness(lambda x: x * sinc(x), np.array([0.0, 1.0]))]",
        ["single point", "single point"],
        "no word",
        "np.where(x == 0, ...) chooses a branch for one point, as `if x == 0` does",
    ),
    Trap(
        "equal eigenvalues", 32,
        "ad.grad(lambda a: np.sum(np.linalg.eigh(a)[1][0]))(np.eye(2))",
        Says("AutodiffError", "equal"),
        "a matrix of nan",
        "vectors of equal eigenvalues are not determined, so they have no derivative",
    ),
    Trap(
        "equal eigenvalues, only values used", 32,
        "ad.grad(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2))(np.eye(2))",
        [[2.0, 0.0], [0.0, 2.0]],
        "a matrix of nan, from the part of the rule that is not needed",
        "the term of the vectors is left out where nothing depends on them",
    ),
    Trap(
        "a naive sigmoid", 33,
        "ad.grad(lambda x: 1 / (1 + np.exp(-x)))(-1000.0), "
        "ad.grad(ad.ops.nn.sigmoid)(-1000.0)",
        (0.0, 0.0),
        "nan: 0 * infinity",
        "the overflow stops at a zero; the stable op never overflows",
        lambda xp, x: 1 / (1 + xp.exp(-x)), -1000.0,
    ),
    Trap(
        "log(softmax)", 33,
        "def f(x):\n"
        "    e = np.exp(x)\n"
        "    return np.log(e / np.sum(e))[0]\n"
        "with detect_nan():\n"
        "    slope = ad.grad(f)(np.array([1000.0, 0.0]))\n"
        "slope",
        Says("NonFiniteError", "ad.ops.nn.softmax"),
        "nan",
        "the detective recognizes the naive formula, and names the op that does not overflow",
    ),
)  # fmt: skip
